import type { RuleAction, RuleCondition, ServerGroup } from './alb/balancing.js';
import type { AlibabaCloud } from './cloud.js';
import type { BackendServer } from './slb/classic-balancing.js';

type MemberTruth = Readonly<{ address: string; port: number; weight: number; healthy: boolean }>;

/** What is in effect, for somebody who carries real requests accordingly. `revision` grows with every change. */
export type TrafficTruth = Readonly<{
  revision: number;
  listeners: readonly Readonly<{
    id: string;
    port: number;
    defaultGroup: string;
    /** In the order in which they are tried. */
    rules: readonly Readonly<{
      id: string;
      priority: number;
      conditions: readonly RuleCondition[];
      actions: readonly RuleAction[];
    }>[];
  }>[];
  /** Members by group id: of application load balancers, and of classic ones. */
  groups: Readonly<Record<string, readonly MemberTruth[]>>;
  /** Enabled records by `name type`; `weighted` false: all alike. */
  names: Readonly<
    Record<
      string,
      Readonly<{ weighted: boolean; records: readonly Readonly<{ value: string; weight: number }>[] }>
    >
  >;
}>;

export function trafficTruth({ balancing, classic, names }: AlibabaCloud): TrafficTruth {
  const rules = [...balancing.rules.values()].toSorted((a, b) => a.priority - b.priority);
  const albMembers = ({ servers }: ServerGroup): readonly MemberTruth[] =>
    servers
      .filter(({ status }) => status !== 'Adding')
      .map((server) => ({
        address: server.serverIp,
        port: server.port,
        weight: server.weight,
        healthy: balancing.isHealthy(server),
      }));
  const classicMember = ({ serverIp, port, weight }: BackendServer): MemberTruth => ({
    address: serverIp,
    port,
    weight,
    healthy: balancing.isHealthy({ serverIp, port }),
  });
  return {
    revision: balancing.revision + classic.revision + names.revision,
    listeners: [...balancing.listeners.values()].map(({ id, port, defaultGroup }) => ({
      id,
      port,
      defaultGroup,
      rules: rules
        .filter(({ listenerId, status }) => listenerId === id && status !== 'Provisioning')
        .map((rule) => ({
          id: rule.id,
          priority: rule.priority,
          conditions: rule.conditions,
          actions: rule.actions,
        })),
    })),
    groups: Object.fromEntries([
      ...[...balancing.groups.values()].map((group) => [group.id, albMembers(group)] as const),
      ...[...classic.groups.values()].map(({ id, servers }) => [id, servers.map(classicMember)] as const),
    ]),
    names: nameTruth(names),
  };
}

function nameTruth(names: AlibabaCloud['names']): TrafficTruth['names'] {
  const found: Record<string, { weighted: boolean; records: { value: string; weight: number }[] }> = {};
  for (const record of names.records.values()) {
    if (!record.enabled) continue;
    const entry = (found[`${record.rr}.${record.domain} ${record.type}`] ??= {
      weighted: names.isWeighted(record),
      records: [],
    });
    entry.records.push({ value: record.value, weight: record.weight });
  }
  return found;
}
