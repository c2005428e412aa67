import type { Deficit, GrowOrder, PhaseOrders, ShrinkOrder } from '@springtide/contracts';

/** A machine that counts as delivered: alive, or asked for with the answer still out. */
export type Delivered = Readonly<{
  service: string;
  poolId: string;
  intentId: string;
  machineId: string | null;
  accountId: string;
  region: string;
  acceptedAt: string | null;
}>;

export type Target = Readonly<{ service: string; poolId: string; machines: number }>;

/**
 * The difference between what a phase needs and what is there. Missing machines are bought; machines too many go,
 * youngest first, because the oldest are the proven ones. A pool that stands in for another is not shrunk for it.
 */
export function ordersFor(
  targets: readonly Target[],
  delivered: readonly Delivered[],
  capacityOf: (service: string, poolId: string) => number,
  batchSizeOf: (poolId: string) => number,
): PhaseOrders {
  const grow: GrowOrder[] = [];
  const shrink: ShrinkOrder[] = [];
  for (const service of new Set([...targets, ...delivered].map((row) => row.service))) {
    const wanted = targets.filter((target) => target.service === service);
    const have = delivered.filter((machine) => machine.service === service);
    const gap = serviceGap(wanted, have, (poolId) => capacityOf(service, poolId));
    grow.push(...gap.missing.map((row) => ({ service, ...row, batchSize: batchSizeOf(row.poolId) })));
    if (gap.surplus.length > 0) shrink.push({ service, targets: gap.surplus });
  }
  return { grow, shrink };
}

function serviceGap(
  wanted: readonly Target[],
  have: readonly Delivered[],
  capacityOf: (poolId: string) => number,
): { missing: { poolId: string; count: number }[]; surplus: ShrinkOrder['targets'] } {
  const wantedOf = new Map(wanted.map((target) => [target.poolId, target.machines]));
  const extra = new Map<string, Delivered[]>();
  const missing: { poolId: string; count: number }[] = [];
  let extraCapacity = 0;
  for (const poolId of new Set([...wantedOf.keys(), ...have.map((machine) => machine.poolId)])) {
    const machines = have.filter((machine) => machine.poolId === poolId);
    const difference = (wantedOf.get(poolId) ?? 0) - machines.length;
    if (difference > 0) missing.push({ poolId, count: difference });
    if (difference < 0) {
      extra.set(poolId, youngestFirst(machines).slice(0, -difference));
      extraCapacity += -difference * capacityOf(poolId);
    }
  }
  // Capacity bought elsewhere after a shortage covers the hole it was bought for.
  let standIn = 0;
  for (const row of missing) {
    const perMachine = capacityOf(row.poolId);
    const free = extraCapacity - standIn;
    const covered = perMachine > 0 ? Math.min(row.count, Math.floor(free / perMachine)) : 0;
    row.count -= covered;
    standIn += covered * perMachine;
  }
  keepStandIns(extra, standIn, capacityOf);
  return {
    missing: missing.filter((row) => row.count > 0),
    surplus: [...extra.values()].flat().flatMap(asTarget),
  };
}

/** Of what one phase would let go, only what none of the others needs. */
export function neededByNone(
  shrink: readonly ShrinkOrder[],
  others: readonly (readonly ShrinkOrder[])[],
): readonly ShrinkOrder[] {
  const spare = others.map(
    (orders) => new Set(orders.flatMap(({ targets }) => targets.map((t) => t.machineId))),
  );
  return shrink
    .map(({ service, targets }) => ({
      service,
      targets: targets.filter(({ machineId }) => spare.every((ids) => ids.has(machineId))),
    }))
    .filter(({ targets }) => targets.length > 0);
}

/** Takes the oldest out of the extra machines until those taken out stand in for so much capacity. */
function keepStandIns(
  extra: ReadonlyMap<string, Delivered[]>,
  capacity: number,
  capacityOf: (poolId: string) => number,
): void {
  let kept = 0;
  for (const [poolId, machines] of extra) {
    const perMachine = capacityOf(poolId);
    while (perMachine > 0 && machines.length > 0 && kept < capacity) {
      machines.pop();
      kept += perMachine;
    }
  }
}

function youngestFirst(machines: readonly Delivered[]): Delivered[] {
  return machines.toSorted((a, b) => (b.acceptedAt ?? '').localeCompare(a.acceptedAt ?? ''));
}

function asTarget(machine: Delivered): ShrinkOrder['targets'] {
  if (machine.machineId === null) return [];
  const { intentId, machineId, accountId, region } = machine;
  return [{ intentId, machineId, accountId, region }];
}

/**
 * Requests per second per service that refused orders leave missing: no more than the ground still lacks. A stand-in may be
 * larger than what it stood in for; when it is refused as well, what is missing has not grown.
 */
export function missingCapacity(
  refused: readonly Deficit[],
  lacking: readonly Pick<GrowOrder, 'service' | 'poolId' | 'count'>[],
  capacityOf: (service: string, poolId: string) => number,
): ReadonlyMap<string, number> {
  const capacity = (rows: typeof lacking, service: string) =>
    rows
      .filter((row) => row.service === service)
      .reduce((sum, row) => sum + row.count * capacityOf(service, row.poolId), 0);
  const services = new Set(refused.map((row) => row.service));
  return new Map(
    [...services].map((service) => [
      service,
      Math.min(capacity(refused, service), capacity(lacking, service)),
    ]),
  );
}

/** Batches of at most `size`, in order. */
export function batchesOf(count: number, size: number): readonly number[] {
  const full = Array.from({ length: Math.floor(count / size) }, () => size);
  return count % size === 0 ? full : [...full, count % size];
}
