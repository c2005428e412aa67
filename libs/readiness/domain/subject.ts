import type { PlanPool } from '@springtide/contracts';
import type { Instant, Money } from '@springtide/kernel';

/** An address that a service calls wherever it runs: a private database, a message broker. */
export type Reach = Readonly<{ name: string; host: string; port: number }>;

/** Configuration or a secret that machines fetch where they run. */
export type Setting = Readonly<{ name: string; kind: 'configuration' | 'secret'; keptIn: string }>;

export type PlannedService = Readonly<{
  name: string;
  route: string;
  reaches: readonly Reach[];
  settings: readonly Setting[];
}>;

/** How machines of one pool are made for one service. */
export type PlannedLaunchSheet = Readonly<{
  service: string;
  poolId: string;
  image: string;
  subnet: string | null;
  securityGroups: readonly string[];
  userData: string | null;
  minimumBillingSeconds: number;
}>;

/** What the clouds' own call limits cost in the worst phase of one account and region. */
export type PlannedApiTime = Readonly<{
  account: string;
  region: string;
  phase: string;
  machines: number;
  calls: number;
  seconds: number;
}>;

/** The line between home and one place of the plan, as its owner declared it; null where nobody did. */
export type PlannedLink = Readonly<{
  /** `account/region`. */
  place: string;
  declared: Readonly<{ name: string; freeMbps: number; evidence: string }> | null;
  /** What the plan moves over it in its busiest phase; null where no service says what it moves. */
  neededMbps: number | null;
}>;

/** What a plan needs of the world: everything that readiness is judged against. */
export type ReadinessSubject = Readonly<{
  campaignId: string;
  planId: string;
  planHash: string;
  startsAt: Instant;
  endsAt: Instant;
  /** Trials have no days before their start: what is due is due at the start. */
  isTrial: boolean;
  /** Pools that the plan uses, each with the most machines that run on it at once. */
  pools: readonly (PlanPool & Readonly<{ most: number }>)[];
  /** Machines per pool and phase, over all services. */
  use: readonly Readonly<{ phase: string; poolId: string; machines: number; hours: number }>[];
  sheets: readonly PlannedLaunchSheet[];
  services: readonly PlannedService[];
  apiTimes: readonly PlannedApiTime[];
  /** One for each place outside of home. */
  links: readonly PlannedLink[];
  /** Time that buying begins earlier than boot, warm-up and shifting need. */
  slackSeconds: number;
  /** Share by which prices may have risen since the plan, 0.1 for ten percent. */
  priceDriftLimit: number;
  /** What the plan's machine-hours cost when it was approved; null: at the plan's own prices. */
  priceBasis: Money | null;
  currency: string;
}>;
