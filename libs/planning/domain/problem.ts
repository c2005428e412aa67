import type { Money } from '@springtide/kernel';

/** `private` is capacity the company owns; its price is its rate card. */
export type PoolOption = 'private' | 'reserved' | 'on-demand' | 'spot';

/**
 * A part of the campaign's time line, in time order. `startsInHours`: from now until it starts; without it, every
 * pool is in time.
 */
export type PlanningPhase = Readonly<{ id: string; hours: number; startsInHours?: number }>;

/**
 * A limit in vCPU over all classes, in every phase; what is free is `limitVcpu - usedVcpu - promisedVcpu[phase]`,
 * the last being what approved plans of other campaigns take then.
 */
export type PlanningQuotaGroup = Readonly<{
  id: string;
  limitVcpu: number;
  usedVcpu: number;
  promisedVcpu?: readonly number[];
}>;

/** A network that machines get their addresses from, one each; `promised` is what other campaigns take, per phase. */
export type PlanningSubnet = Readonly<{
  id: string;
  freeAddresses: number;
  promised?: readonly number[];
}>;

/** A line between sites; machines abroad use it to reach what stays at home. `promised` is what other campaigns send, per phase. */
export type PlanningLink = Readonly<{ id: string; freeMbps: number; promised?: readonly number[] }>;

/** Starts that an account's API takes at most before each phase: its burst, and what it refills in the window. */
export type PlanningLaunchLimit = Readonly<{ id: string; starts: readonly number[] }>;

/** An offering as the planner sees it. */
export type PlanningPool = Readonly<{
  id: string;
  account: string;
  region: string;
  /** Unique over regions: `region/zone` where a cloud repeats zone names. */
  zone: string;
  machineType: string;
  family: string;
  arch: string;
  option: PoolOption;
  /** Weight of one machine in its quota group. */
  vcpu: number;
  memoryGiB: number;
  /** Per machine and hour. */
  pricePerHour: Money;
  /** Per machine start: minimum billing, image pull. */
  startCost: Money;
  /** Machines at most, per phase, over all classes; the stock haircut is already in. */
  cap: number;
  quotaGroup: string | null;
  /** Expected interruptions per machine and hour; information, not part of the cost. */
  interruptionPerHour: number;
  /** From the order until a machine serves; no machine of the pool can serve a phase that starts sooner. */
  leadTimeHours?: number;
  /** Machines of `cap` that approved plans of other campaigns take, per phase. */
  promised?: readonly number[];
  subnet?: string;
  launchLimit?: string;
}>;

/** What one machine of a pool gives to a class, in the class's unit (requests per second, or vCPU). */
export type ClassPool = Readonly<{
  pool: string;
  units: number;
  /** What a machine at full load sends over a link. */
  traffic?: Readonly<{ link: string; mbps: number }>;
}>;

/** Machines that run already on a re-plan: they stay in every phase, and their start is paid. */
export type DeliveredMachines = Readonly<{ class: string; pool: string; machines: number }>;

/** What a class must carry in one phase, without headroom. `memoryGiB` 0: memory is no limit here. */
export type PhaseDemand = Readonly<{ units: number; memoryGiB: number }>;

/** Services that share allowed pools and tolerances, planned as one. */
export type PlanningClass = Readonly<{
  id: string;
  /** The word for one unit in explanations: `requests/s` or `vCPU`. */
  unit: string;
  /** Extra capacity on top of demand: 0.2 is 20 %. */
  headroom: number;
  /** Largest share of the class's capacity that may be spot, 0 … 1. */
  spotMax: number;
  /** Share of the demand that must survive the loss of any one zone, 0 … 1; 0 asks for nothing. */
  zoneLossFraction: number;
  /** Largest part of what the class needs that one zone may carry, 0 … 1; default 1. */
  zoneShareMax?: number;
  /** Largest part of what the class needs that one spot pool may carry, 0 … 1: a market fails as a whole. */
  spotPoolShareMax?: number;
  /** One entry per phase. */
  demand: readonly PhaseDemand[];
  /** Pools that residency, security zone, latency and architecture allow. */
  allowed: readonly ClassPool[];
  /** Price of one missing unit for one hour: far above any machine, so that shortage is the last resort. */
  shortagePenaltyPerUnitHour: Money;
}>;

/** Money per hour that running machines of one account may cost in any phase; account `null`: all together. */
export type HourlyCeiling = Readonly<{ account: string | null; perHour: Money }>;

/**
 * `cheapest`: least cost over all pools. `private-first`: private machines count at a hundredth of their price in
 * the objective (never in the cost shown), so that public capacity is bought only for what private cannot carry.
 */
export type PlanningObjective = 'cheapest' | 'private-first';

/** One planning question. JSON-safe; the same problem gives the same plan. */
export type PlanningProblem = Readonly<{
  currency: string;
  objective: PlanningObjective;
  phases: readonly PlanningPhase[];
  quotaGroups: readonly PlanningQuotaGroup[];
  pools: readonly PlanningPool[];
  classes: readonly PlanningClass[];
  /** Limit on the whole plan's cost, private machines at their rate card included. */
  budget?: Money;
  hourlyCeilings?: readonly HourlyCeiling[];
  subnets?: readonly PlanningSubnet[];
  links?: readonly PlanningLink[];
  launchLimits?: readonly PlanningLaunchLimit[];
  delivered?: readonly DeliveredMachines[];
}>;
