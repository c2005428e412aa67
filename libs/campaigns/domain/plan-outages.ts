import type { PlanPool, Reason } from '@springtide/contracts';
import { capacityOf, type PlanContent } from './plan-content.js';

type Outage = Readonly<{
  kind: 'zone' | 'account' | 'spot';
  name: string;
  hits: (pool: PlanPool) => boolean;
}>;
type Rest = Readonly<{ service: string; phase: string; share: number }>;

/**
 * What would still be served if one thing failed that the plan buys from: for each kind of outage the worst one, in
 * the service and phase that it hits hardest. Standing machines are taken as unharmed.
 */
export function outageReasons(content: PlanContent): readonly Reason[] {
  return [...Map.groupBy(outagesOf(content), (outage) => outage.kind).values()].flatMap((outages) => {
    const worst = outages
      .map((outage) => ({ outage, rest: worstRest(content, outage) }))
      .toSorted((a, b) => a.rest.share - b.rest.share)[0];
    return worst === undefined ? [] : [reasonOf(worst.outage, worst.rest)];
  });
}

function outagesOf({ pools, allocations }: PlanContent): readonly Outage[] {
  const usedIds = new Set(allocations.map((row) => row.poolId));
  const used = pools.filter((pool) => usedIds.has(pool.id));
  const places = new Set(used.map(placeOf));
  const accounts = new Set(used.map((pool) => pool.accountName));
  const spot = used.some((pool) => pool.purchaseOption === 'spot');
  return [
    ...[...places].map((name): Outage => ({ kind: 'zone', name, hits: (pool) => placeOf(pool) === name })),
    ...[...accounts].map((name): Outage => ({
      kind: 'account',
      name,
      hits: (pool) => pool.accountName === name,
    })),
    ...(spot ? [{ kind: 'spot' as const, name: 'spot', hits: isSpot }] : []),
  ];
}

function placeOf(pool: PlanPool): string {
  return `${pool.accountName}/${pool.zone}`;
}

function isSpot(pool: PlanPool): boolean {
  return pool.purchaseOption === 'spot';
}

function worstRest(content: PlanContent, outage: Outage): Rest {
  const lost = new Set(content.pools.filter(outage.hits).map((pool) => pool.id));
  const rests = content.capacity
    .filter((row) => row.demand > 0)
    .map(({ service, phase, demand, planned }): Rest => {
      const gone = content.allocations
        .filter((row) => row.service === service && row.phase === phase && lost.has(row.poolId))
        .reduce((sum, row) => sum + row.machines * capacityOf(content, service, row.poolId), 0);
      return { service, phase, share: Math.min(1, Math.max(0, planned - gone) / demand) };
    });
  return rests.toSorted((a, b) => a.share - b.share)[0] ?? { service: '', phase: '', share: 1 };
}

function reasonOf({ kind, name }: Outage, { service, phase, share }: Rest): Reason {
  const percent = (Math.floor(share * 1000) / 10).toString();
  const rest =
    share >= 1
      ? 'everything would still be served'
      : `${percent} % of the demand for ${service} would still be served in ${phase}, the hardest hit`;
  const text = {
    zone: `If zone ${name} failed, ${rest}.`,
    account: `If the whole account ${name} failed, ${rest}.`,
    spot: `If all spot machines were taken back at once, ${rest}.`,
  }[kind];
  return { code: `outage-${kind}`, params: { name, service, phase, percent }, text };
}
