import { reasonSentence, type PlanPool, type Reason } from '@springtide/contracts';
import {
  MINUTE,
  SECOND,
  addMoney,
  decimal,
  multiplyMoney,
  sumMoney,
  zero,
  type Money,
} from '@springtide/kernel';
import { capacityOf, type PlanContent } from './plan-content.js';
import { machinesIn } from './promises.js';

type Kind = 'zone' | 'account' | 'spot';
type Outage = Readonly<{ kind: Kind; name: string; hits: (pool: PlanPool) => boolean }>;
type Phase = PlanContent['capacity'][number]['phase'];

/** What one outage in one phase does to the service that it hits hardest. */
type Damage = Readonly<{
  outage: Outage;
  phase: Phase;
  service: string;
  /** Of that service's demand, what would still be served. */
  share: number;
  /** Machines of the plan in that phase, and how many of them would be gone. */
  machines: number;
  lost: number;
}>;

/**
 * What would still be served if one thing failed that the plan buys from, and what standing in for it would take: for each
 * kind of outage the one, and the phase, that leaves most requests unanswered. Standing machines are taken as unharmed.
 */
export function outageReasons(content: PlanContent): readonly Reason[] {
  return [...Map.groupBy(outagesOf(content), (outage) => outage.kind).values()].flatMap((outages) => {
    const [worst] = outages
      .flatMap((outage) => damagesOf(content, outage))
      .map((damage) => ({ damage, unserved: unservedIn(content, damage) }))
      .toSorted(
        (a, b) => b.unserved - a.unserved || a.damage.share - b.damage.share || b.damage.lost - a.damage.lost,
      );
    return worst === undefined ? [] : [reasonOf(content, worst.damage)];
  });
}

function outagesOf({ pools, allocations }: PlanContent): readonly Outage[] {
  const usedIds = new Set(allocations.map((row) => row.poolId));
  const used = pools.filter((pool) => usedIds.has(pool.id));
  const places = new Set(used.map(placeOf));
  const accounts = new Set(used.map((pool) => pool.accountName));
  return [
    ...[...places].map((name): Outage => ({ kind: 'zone', name, hits: (pool) => placeOf(pool) === name })),
    ...[...accounts].map((name): Outage => ({
      kind: 'account',
      name,
      hits: (pool) => pool.accountName === name,
    })),
    ...(used.some(isSpot) ? [{ kind: 'spot' as const, name: 'spot', hits: isSpot }] : []),
  ];
}

function placeOf(pool: PlanPool): string {
  return `${pool.accountName}/${pool.zone}`;
}

function isSpot(pool: PlanPool): boolean {
  return pool.purchaseOption === 'spot';
}

function damagesOf(content: PlanContent, outage: Outage): readonly Damage[] {
  const gone = new Set(content.pools.filter(outage.hits).map((pool) => pool.id));
  return content.capacity
    .filter((row) => row.demand > 0)
    .map(({ service, phase, demand, planned }): Damage => {
      const inPhase = content.allocations.filter((row) => row.phase === phase);
      const left = planned - carried(content, inPhase, service, gone);
      return {
        ...{ outage, phase, service, share: Math.min(1, Math.max(0, left) / demand) },
        machines: counted(inPhase),
        lost: counted(inPhase.filter((row) => gone.has(row.poolId))),
      };
    });
}

type Rows = PlanContent['allocations'];

function counted(rows: Rows): number {
  return rows.reduce((sum, row) => sum + row.machines, 0);
}

/** Requests per second that machines of these pools carry for a service. */
function carried(content: PlanContent, rows: Rows, service: string, pools: ReadonlySet<string>): number {
  return rows
    .filter((row) => row.service === service && pools.has(row.poolId))
    .reduce((sum, row) => sum + row.machines * capacityOf(content, service, row.poolId), 0);
}

function reasonOf(content: PlanContent, damage: Damage): Reason {
  const { outage, phase, service, share, machines, lost } = damage;
  const place = { name: outage.name, service, phase, percent: percentText(share), machines, lost };
  const code = `outage-${outage.kind}`;
  if (share >= 1) return inEnglish(`${code}-survived`, place);
  const standIn = standInFor(content, damage);
  const closes = standIn.missing === 0 ? 1 : standIn.closed / standIn.missing;
  return inEnglish(code, {
    ...place,
    unserved: Math.round((unservedIn(content, damage) * MINUTE) / SECOND),
    replacing: standIn.machines === 0 ? 'none' : closes < 1 ? 'part' : 'all',
    closes: percentText(closes),
    standIns: standIn.machines,
    standInPerHour: standIn.perHour.amount,
    lostPerHour: lostPerHour(content, damage).amount,
    currency: content.cost.currency,
  });
}

function inEnglish(code: string, params: Reason['params']): Reason {
  return { code, params, text: reasonSentence({ code, params, text: code }, { language: 'en-US' }) };
}

/** Rounded down: a shortage never reads as nothing. */
function percentText(share: number): string {
  return (Math.floor(share * 1000 + 1e-9) / 10).toString();
}

/** Requests per second of all services in the phase that would find no capacity. */
function unservedIn(content: PlanContent, { outage, phase }: Damage): number {
  return damagesOf(content, outage)
    .filter((row) => row.phase === phase)
    .reduce((sum, { service, share }) => sum + (1 - share) * demandOf(content, service, phase), 0);
}

function demandOf(content: PlanContent, service: string, phase: Phase): number {
  return content.capacity.find((row) => row.service === service && row.phase === phase)?.demand ?? 0;
}

function lostPerHour(content: PlanContent, { outage, phase }: Damage): Money {
  const inPhase = machinesIn(content.allocations, phase);
  return sumMoney(
    content.cost.currency,
    content.pools
      .filter(outage.hits)
      .map((pool) => multiplyMoney(pool.pricePerHour, inPhase.get(pool.id) ?? 0)),
  );
}

type StandIn = Readonly<{ machines: number; perHour: Money; closed: number; missing: number }>;

/** Machines that could stand in where the plan may buy and the outage does not reach, the cheapest per request first. */
function standInFor(content: PlanContent, { outage, phase }: Damage): StandIn {
  const used = machinesIn(content.allocations, phase);
  const room = new Map(content.pools.map((pool) => [pool.id, pool.cap - (used.get(pool.id) ?? 0)]));
  const missing = damagesOf(content, outage).filter((row) => row.phase === phase && row.share < 1);
  let sum: StandIn = { machines: 0, perHour: zero(content.cost.currency), closed: 0, missing: 0 };
  for (const { service, share } of missing) {
    let open = (1 - share) * demandOf(content, service, phase);
    sum = { ...sum, missing: sum.missing + open };
    for (const { pool, capacity } of standIns(content, outage, service)) {
      const count = Math.min(Math.ceil(open / capacity - 1e-9), room.get(pool.id) ?? 0);
      if (count <= 0) continue;
      room.set(pool.id, (room.get(pool.id) ?? 0) - count);
      const closed = Math.min(open, count * capacity);
      open -= closed;
      sum = {
        ...sum,
        machines: sum.machines + count,
        perHour: addMoney(sum.perHour, multiplyMoney(pool.pricePerHour, count)),
        closed: sum.closed + closed,
      };
    }
  }
  return sum;
}

function standIns(content: PlanContent, outage: Outage, service: string) {
  return content.pools
    .filter((pool) => !outage.hits(pool))
    .map((pool) => ({ pool, capacity: capacityOf(content, service, pool.id) }))
    .filter(({ capacity }) => capacity > 0)
    .toSorted((a, b) =>
      decimal(a.pool.pricePerHour.amount)
        .div(a.capacity)
        .comparedTo(decimal(b.pool.pricePerHour.amount).div(b.capacity)),
    );
}
