import { healthOf, type Target } from '../cloud/balancer.js';
import type { Cloud } from '../cloud/cloud.js';
import type { Region } from '../cloud/region.js';

export type YardTarget = Readonly<{
  machineId: string;
  ip: string;
  port: number;
  weight: number;
  healthy: boolean;
}>;

/** What a data plane needs to do as the load balancer says. */
export type YardBalancer = Readonly<{
  id: string;
  name: string;
  region: string;
  vip: string;
  /** Rises with each change that took effect. */
  revision: number;
  listeners: readonly Readonly<{
    id: string;
    protocol: string;
    port: number;
    /** Of listeners that look at no host and path. */
    targets: readonly YardTarget[];
    rules: readonly Readonly<{ id: string; domain: string; url: string; targets: readonly YardTarget[] }>[];
  }>[];
}>;

export type YardName = Readonly<{
  domain: string;
  name: string;
  type: string;
  line: string;
  value: string;
  ttl: number;
  weight: number | null;
  enabled: boolean;
}>;

export function balancerViews(cloud: Cloud): readonly YardBalancer[] {
  return [...cloud.regions.values()].flatMap((region) =>
    [...region.balancers.values()].map(({ id, name, vip, revision, listeners }) => ({
      id,
      name,
      region: region.name,
      vip,
      revision,
      listeners: listeners.map((listener) => ({
        id: listener.id,
        protocol: listener.protocol,
        port: listener.port,
        targets: targetViews(cloud, region, listener.targets),
        rules: listener.rules.map(({ id: ruleId, domain, url, targets }) => ({
          ...{ id: ruleId, domain, url },
          targets: targetViews(cloud, region, targets),
        })),
      })),
    })),
  );
}

export function nameViews(cloud: Cloud): readonly YardName[] {
  return [...cloud.names.domains.values()].flatMap((domain) =>
    [...domain.records.values()].map(({ name, type, line, value, ttl, weight, enabled }) => ({
      domain: domain.name,
      ...{ name, type, line, value, ttl, weight, enabled },
    })),
  );
}

function targetViews(cloud: Cloud, region: Region, targets: readonly Target[]): readonly YardTarget[] {
  return targets.map(({ machineId, ip, port, weight, ...rest }) => ({
    ...{ machineId, ip, port, weight },
    healthy: healthOf(cloud, region, { machineId, ip, port, weight, ...rest }) === 'Alive',
  }));
}
