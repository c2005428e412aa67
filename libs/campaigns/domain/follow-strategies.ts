import type { Phase, PhaseName } from '@springtide/contracts';
import { addMs, type Instant } from '@springtide/kernel';
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

/** A run on the routes of another one. */
export type RouteHolder = Readonly<{
  name: string;
  /** It is a scaling group. */
  follows: boolean;
  phases: readonly Phase[];
  leadMs: number;
}>;

/** When a scaling group must begin its way back, so that it is over before a run on its routes is prepared. */
export function groupEndsBy(holders: readonly RouteHolder[], yieldMs: number): Instant | undefined {
  return holders
    .filter(({ follows }) => !follows)
    .flatMap(({ phases, leadMs }) =>
      phases.slice(0, 1).map((first) => addMs(first.startsAt, -leadMs - yieldMs)),
    )
    .toSorted()[0];
}

/** Phases that are over at an instant: what lies behind it is left out. The first one stays, so that there is an end. */
export function endedBy(phases: readonly Phase[], by: Instant): readonly Phase[] {
  return phases
    .filter(({ startsAt }, index) => index === 0 || startsAt < by)
    .map((phase) => (phase.endsAt > by ? { ...phase, endsAt: by } : phase));
}

/**
 * Why a run cannot share its routes with those that are open: a scaling group and another run never hold one entrance
 * at a time. Undefined when the group will be over in time.
 */
export function routeRefusal(
  own: RouteHolder,
  others: readonly RouteHolder[],
  yieldMs: number,
  now: Instant,
): string | undefined {
  for (const other of others) {
    if (!own.follows && !other.follows) continue;
    if (own.follows && other.follows) return `scaling group "${other.name}" has its route already`;
    const by = groupEndsBy(own.follows ? [other] : [own], yieldMs);
    if (by !== undefined && by <= now) {
      return own.follows
        ? `campaign "${other.name}" needs its route by now`
        : `scaling group "${other.name}" has its route, and needs about ${Math.ceil(yieldMs / 60_000)} minutes to give its machines back before this campaign is prepared`;
    }
  }
  return undefined;
}
