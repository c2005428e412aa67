import { X509Certificate, createHash } from 'node:crypto';
import { parse } from 'yaml';
import { z } from 'zod';
import type { KubernetesYard } from './kubernetes-yard.js';

/** What a machine finds at the address that it was given. */
export type JoinableCluster = Pick<KubernetesYard, 'url' | 'caPem' | 'admin'>;

const userDataSchema = z.object({
  write_files: z.array(z.object({ path: z.string(), content: z.string() })),
});
const joinSchema = z.object({
  kind: z.literal('JoinConfiguration'),
  discovery: z.object({
    bootstrapToken: z.object({
      token: z.string(),
      apiServerEndpoint: z.string(),
      caCertHashes: z.array(z.string()).min(1),
    }),
  }),
  nodeRegistration: z.object({
    kubeletExtraArgs: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
});

/** `sha256:…` of the authority's public key, as kubeadm computes it. */
export function authorityHash(caPem: string): string {
  const key = new X509Certificate(caPem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/**
 * What a machine with such user data would do: find the cluster at the endpoint, compare its authority's key with the
 * hash, and register as a node. @throws when one of it does not fit, as kubeadm would.
 */
export async function joinByUserData(
  yard: JoinableCluster,
  machine: string,
  userData: string,
): Promise<void> {
  const { write_files: files } = userDataSchema.parse(parse(userData));
  const config = files.find(({ path }) => path.endsWith('/kubeadm.yaml'))?.content ?? '';
  const { discovery, nodeRegistration } = joinSchema.parse(parse(config));
  const { apiServerEndpoint, caCertHashes } = discovery.bootstrapToken;
  if (`https://${apiServerEndpoint}` !== yard.url) throw new Error(`nobody answers at ${apiServerEndpoint}`);
  if (!caCertHashes.includes(authorityHash(yard.caPem))) {
    throw new Error('the cluster’s authority has another key than the user data says');
  }
  const labels = nodeRegistration.kubeletExtraArgs.find(({ name }) => name === 'node-labels')?.value ?? '';
  const pairs = labels.split(',').filter((label) => label !== '');
  await yard.admin.addNodes([
    { name: machine, labels: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])) },
  ]);
}
