import type { Phase, Reason } from '@springtide/contracts';
import { addMs, type Instant } from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';
import { stockLimit, type PlanLimit } from './plan-limits.js';
import type { RunTargets } from './run-targets.js';

/** A campaign that was promised machines: its plan is approved, or its run is under way. */
export type Holder = Readonly<{
  campaignId: string;
  name: string;
  content: Pick<PlanContent, 'pools' | 'limits' | 'leadMs'>;
  phases: readonly Phase[];
  targets: RunTargets;
  /** From the end of a phase until its last machine is gone, about. */
  drainMs: number;
  /** Machines per pool that stood when the clouds were asked: what they say is used counts them already. */
  standing: ReadonlyMap<string, number>;
}>;

/** When machines of a phase exist: from their order until they are gone. */
export type Window = Readonly<{ from: Instant; until: Instant }>;

export function windowsOf(
  phases: readonly Phase[],
  { leadMs, drainMs }: Readonly<{ leadMs: number; drainMs: number }>,
): readonly Window[] {
  return phases.map(({ startsAt, endsAt }) => ({
    from: addMs(startsAt, -leadMs),
    until: addMs(endsAt, drainMs),
  }));
}

/** What one campaign holds of one limit, per window. */
export type Held = Readonly<{ campaignId: string; name: string; perWindow: readonly number[] }>;

/**
 * What campaigns hold of each limit while each of these windows is open, by the limit's id. Each counts with the most
 * that it has in the window, service by service, because machines of one do not become another's in an instant.
 */
export function heldBy(
  holders: readonly Holder[],
  windows: readonly Window[],
): ReadonlyMap<string, readonly Held[]> {
  const held = new Map<string, Held[]>();
  for (const holder of holders) {
    const machines = windows.map((window) => extraIn(holder, window));
    for (const { id, takes } of limitsKept(holder.content)) {
      const perWindow = machines.map((extra) => drawnOn({ takes }, extra));
      if (perWindow.every((amount) => amount === 0)) continue;
      const { campaignId, name } = holder;
      held.set(id, [...(held.get(id) ?? []), { campaignId, name, perWindow }]);
    }
  }
  return held;
}

/** A plan that was made before limits were kept draws on stock at least. */
function limitsKept({ limits, pools }: Holder['content']): readonly Pick<PlanLimit, 'id' | 'takes'>[] {
  return limits ?? pools.map(stockLimit);
}

type Machines = readonly Readonly<{ service: string; poolId: string; machines: number }>[];

/** What these machines take of the limit. */
export function drawnOn({ takes }: Pick<PlanLimit, 'takes'>, rows: Machines): number {
  return takes.reduce((sum, { poolId, service, each }) => {
    const own = rows.filter(
      (row) => row.poolId === poolId && (service === undefined || row.service === service),
    );
    return sum + each * own.reduce((all, { machines }) => all + machines, 0);
  }, 0);
}

/** Machines per pool and service beyond those that stood already. */
function extraIn({ content, phases, targets, drainMs, standing }: Holder, window: Window): Machines {
  const times = windowsOf(phases, { leadMs: content.leadMs, drainMs });
  const open = new Set(
    phases
      .filter((_, k) => (times[k]?.from ?? '') < window.until && (times[k]?.until ?? '') > window.from)
      .map(({ name }) => name),
  );
  const own = targets.filter((row) => open.has(row.phase));
  return [...Map.groupBy(own, (row) => row.poolId)].flatMap(([poolId, rows]) => {
    let stood = standing.get(poolId) ?? 0;
    return [...Map.groupBy(rows, (row) => row.service)].map(([service, of]) => {
      const most = Math.max(...of.map((row) => row.machines));
      const machines = Math.max(0, most - stood);
      stood -= most - machines;
      return { service, poolId, machines };
    });
  });
}

/** What all of them hold together, per window; undefined when it is nothing. */
export function sumHeld(held: readonly Held[] | undefined): readonly number[] | undefined {
  return held?.reduce<readonly number[]>(
    (sum, { perWindow }) => perWindow.map((amount, k) => amount + (sum[k] ?? 0)),
    [],
  );
}

type Planned = Pick<PlanContent, 'phases' | 'allocations'> & Readonly<{ limits: readonly PlanLimit[] }>;

/** A limit that cannot bear a plan beside what other campaigns hold of it. */
export type Overdraft = Readonly<{
  limit: PlanLimit;
  phase: string;
  own: number;
  held: number;
  by: readonly string[];
}>;

/** Where a plan and the campaigns beside it want more together than there was when it was made, worst phase of each limit. */
export function overdrafts(
  planned: Planned,
  held: ReadonlyMap<string, readonly Held[]>,
): readonly Overdraft[] {
  return planned.limits.flatMap((limit) => {
    const holders = held.get(limit.id);
    const sums = sumHeld(holders);
    if (holders === undefined || sums === undefined) return [];
    const worst = planned.phases
      .map((phase, k) => ({
        ...{
          limit,
          phase: phase.name,
          held: sums[k] ?? 0,
          own: drawnOn(limit, inPhase(planned.allocations, phase.name)),
        },
        by: holders.filter(({ perWindow }) => (perWindow[k] ?? 0) > 0).map(({ name }) => name),
      }))
      .filter(({ own, held: taken }) => own > 0 && own + taken > limit.free + TOLERANCE)
      .toSorted((a, b) => b.own + b.held - (a.own + a.held))[0];
    return worst === undefined ? [] : [worst];
  });
}

const TOLERANCE = 1e-6;

export function inPhase(targets: RunTargets, phase: string): RunTargets {
  return targets.filter((row) => row.phase === phase);
}

/** Machines per pool in one phase, over all services. */
export function machinesIn(targets: RunTargets, phase: string): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(inPhase(targets, phase), (row) => row.poolId)].map(([poolId, own]) => [
      poolId,
      own.reduce((sum, { machines }) => sum + machines, 0),
    ]),
  );
}

/** Things named in one sentence; the rest is counted. */
const MOST_NAMED = 4;

/** One sentence per campaign that holds what this plan could have used, those that leave it too little first. */
export function heldReasons(planned: Planned, held: ReadonlyMap<string, readonly Held[]>): readonly Reason[] {
  const rows = planned.limits.flatMap((limit) => {
    const holders = held.get(limit.id) ?? [];
    const full = isUsedUp(planned, limit, sumHeld(holders) ?? []);
    return holders.map(({ name, perWindow }) => ({ limit, name, full, most: Math.max(...perWindow) }));
  });
  return [...Map.groupBy(rows, ({ name }) => name)]
    .map(([campaign, own]) => {
      const full = own.filter((row) => row.full);
      const shown = full.length > 0 ? full : own;
      const more = shown.length > MOST_NAMED ? `, +${shown.length - MOST_NAMED}` : '';
      const what = shown
        .slice(0, MOST_NAMED)
        .map(({ limit, most }) => `${most} ${limit.unit} (${limit.name})`);
      const params = { campaign, what: what.join(', ') + more };
      const sentence = `Campaign "${campaign}" holds ${params.what} at the same time`;
      return full.length > 0
        ? { code: 'held-binding', params, text: `${sentence}; this plan uses up all that is left of it.` }
        : { code: 'held', params, text: `${sentence}; enough is left for this plan.` };
    })
    .toSorted((a, b) => b.code.localeCompare(a.code) || a.params.campaign.localeCompare(b.params.campaign));
}

/** Whether there is a phase in which not one machine more would fit. */
function isUsedUp(planned: Planned, limit: PlanLimit, held: readonly number[]): boolean {
  const least = Math.min(...limit.takes.map(({ each }) => each));
  return planned.phases.some((phase, k) => {
    const amount = held[k] ?? 0;
    return (
      amount > 0 &&
      drawnOn(limit, inPhase(planned.allocations, phase.name)) + amount + least > limit.free + TOLERANCE
    );
  });
}
