import type { PhaseName } from '@springtide/contracts';
import type { PlanContent } from './plan-content.js';
import type { RunTargets } from './run-targets.js';
import { poolsByPrice, type SurgeRoom } from './surge.js';

/** How many machines a scaling group wants of a service, in the phases that are not over. */
type FollowQuestion = Readonly<{
  service: string;
  /** In time order; the first one runs. */
  phases: readonly PhaseName[];
  machines: number;
  /** What the approval leaves beside everything else that the run wants. */
  room: SurgeRoom;
}>;

export type Followed = Readonly<{
  targets: RunTargets;
  /** Machines that find no room in what was approved. */
  missing: number;
}>;

/**
 * New targets with so many machines of a service. Those that are wanted already stay on their pools; more come from the
 * cheapest capacity that still has room, fewer go from the dearest.
 */
export function followTargets(
  targets: RunTargets,
  content: PlanContent,
  { service, phases, machines, room }: FollowQuestion,
): Followed {
  const [current] = phases;
  const before = new Map(
    targets
      .filter((row) => row.service === service && row.phase === current)
      .map((row) => [row.poolId, row.machines]),
  );
  const pools = poolsByPrice(content, service);
  const known = [...before.keys()].filter((id) => !pools.some(({ poolId }) => poolId === id));
  const after = new Map(before);
  const count = () => [...after.values()].reduce((sum, own) => sum + own, 0);
  for (const poolId of [...pools.toReversed().map((pool) => pool.poolId), ...known]) {
    const own = after.get(poolId);
    if (own === undefined) continue;
    after.set(poolId, own - Math.min(own, Math.max(0, count() - machines)));
  }
  let { machines: free, perHour } = roomBeside(room, after, pools);
  for (const { poolId, cap, price } of pools) {
    const own = after.get(poolId) ?? 0;
    const affordable = price > 0 ? Math.floor(perHour / price) : Infinity;
    const more = Math.max(0, Math.min(machines - count(), cap - own, free, affordable));
    after.set(poolId, own + more);
    free -= more;
    perHour -= more * price;
  }
  const others = targets.filter((row) => row.service !== service || !phases.includes(row.phase));
  const rows = phases.flatMap((phase) =>
    [...after].map(([poolId, own]) => ({ service, phase, poolId, machines: own })),
  );
  return {
    targets: [...others, ...rows.filter((row) => row.machines > 0)],
    missing: Math.max(0, machines - count()),
  };
}

function roomBeside(
  room: SurgeRoom,
  own: ReadonlyMap<string, number>,
  pools: ReturnType<typeof poolsByPrice>,
): SurgeRoom {
  let { machines, perHour } = room;
  for (const [poolId, count] of own) {
    machines -= count;
    perHour -= count * (pools.find((pool) => pool.poolId === poolId)?.price ?? 0);
  }
  return { machines, perHour };
}
