import type { Money } from '@springtide/kernel';

/**
 * `optimal-bound`: the plan comes with a proven lower bound, so its distance from the best possible plan is known.
 * `greedy`: no useful bound was found in time; the plan obeys every rule, but how much dearer it is than the best
 * one is unknown. Show this to whoever approves it.
 */
export type PlanQuality = 'optimal-bound' | 'greedy';

/** Machines of one pool that run for one class, per phase in the problem's order (running, not added). */
export type PlanRow = Readonly<{ class: string; pool: string; counts: readonly number[] }>;

/** What keeps a shortage from being closed. */
export type ShortageCause =
  | 'budget'
  | 'quota'
  | 'stock'
  | 'zone-loss'
  | 'hourly-ceiling'
  | 'spot-limit'
  | 'no-pool'
  | 'subnet'
  | 'link'
  | 'launch-limit'
  | 'lead-time'
  | 'promised'
  | 'zone-share'
  | 'spot-pool-share';

/** Units of demand, headroom and zone-loss reserve included, that the plan cannot carry. */
export type PlanShortage = Readonly<{
  class: string;
  phase: string;
  units: number;
  causes: readonly ShortageCause[];
}>;

/** Exact sums; `running` + `starts` = `total`, and so are the parts by phase, by pool and by option. */
export type PlanCost = Readonly<{
  total: Money;
  running: Money;
  starts: Money;
  private: Money;
  public: Money;
  byPhase: readonly Readonly<{ phase: string; cost: Money }>[];
  byPool: readonly Readonly<{ pool: string; machineHours: string; starts: number; cost: Money }>[];
}>;

export type ReasonCode =
  | 'private-share'
  | 'private-full'
  | 'pool-chosen'
  | 'cheaper-pools-full'
  | 'quota-binding'
  | 'stock-binding'
  | 'zone-spread'
  | 'spot-limit'
  | 'hourly-ceiling-binding'
  | 'subnet-binding'
  | 'link-binding'
  | 'launch-limit-binding'
  | 'promised-binding'
  | 'zone-share-binding'
  | 'spot-pool-share-binding'
  | 'budget-binding'
  | 'budget-short'
  | 'shortage'
  | 'kept-with-class'
  | 'relief'
  | 'relief-rule'
  | 'no-relief'
  | 'alternatives'
  | 'proven-best'
  | 'proven-gap'
  | 'proven-gap-short'
  | 'proven-best-short'
  | 'solver-missing';

/** One sentence of the explanation, as data: `reasonText` turns it into words. Amounts are decimal strings. */
export type PlanReason = Readonly<{ code: ReasonCode; params: Readonly<Record<string, string | number>> }>;

/** Where to turn when a pool of this class and phase fails: allowed pools with room left, best first. */
export type PlanFallback = Readonly<{ class: string; phase: string; pools: readonly string[] }>;

/** The answer to one planning problem. JSON-safe. Shortage is part of an answer, never an error. */
export type CapacityPlan = Readonly<{
  schema: 'springtide-capacity-plan/1';
  quality: PlanQuality;
  solver: Readonly<{ name: string; version: string }>;
  phases: readonly string[];
  machines: readonly PlanRow[];
  shortage: readonly PlanShortage[];
  cost: PlanCost;
  /** Cost and the penalties of all shortage: what the plan is judged by. */
  objective: Money;
  /**
   * No plan for the same problem has a lower objective; null when nothing is proven. With `private-first`: no plan
   * whose private machines cost the same.
   */
  lowerBound: Money | null;
  /** (objective − lowerBound) / lowerBound; null without a bound. */
  gap: number | null;
  /**
   * With shortage for want of budget: the least budget found that ends it. Otherwise the cost of the plan that would
   * be made without a budget. Null when no budget stood in the way.
   */
  budgetNeeded: Money | null;
  reasons: readonly PlanReason[];
  fallbacks: readonly PlanFallback[];
}>;
