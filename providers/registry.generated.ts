// Written by scripts/generate-registry.mjs from the folders here; do not edit.
import type { ProviderManifest } from '@springtide/provider-kit';

/** A provider is loaded, with its SDK, only when an account of it is used. */
export const providers: Readonly<Record<string, () => Promise<Readonly<{ manifest: ProviderManifest }>>>> = {
  alibaba: async () => import('./alibaba/index.js'),
  aws: async () => import('./aws/index.js'),
  haproxy: async () => import('./haproxy/index.js'),
  kubernetes: async () => import('./kubernetes/index.js'),
  openstack: async () => import('./openstack/index.js'),
  powerdns: async () => import('./powerdns/index.js'),
  'rfc2136': async () => import('./rfc2136/index.js'),
  simulated: async () => import('./simulated/index.js'),
  tencent: async () => import('./tencent/index.js'),
  traefik: async () => import('./traefik/index.js'),
  vsphere: async () => import('./vsphere/index.js'),
};
