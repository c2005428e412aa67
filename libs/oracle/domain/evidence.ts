import type { Intent, Mandate } from '@springtide/effects/domain';
import type { Instant, Money } from '@springtide/kernel';

/** Who made a resource and for what, as the cloud itself shows it. */
export type Marks = Readonly<{
  installation: string;
  tenant: string;
  intent: string;
  token: string | null;
  campaign: string | null;
}>;

/** `ending` machines were asked to go and cost no more than the seconds that it takes. */
export type GroundMachine = Readonly<{
  id: string;
  marks: Marks | null;
  state: 'alive' | 'ending';
  /** Null where the cloud does not tell: its age is then at least the time since it was first seen. */
  createdAt: Instant | null;
}>;

/** What outlives its machine and costs money: a disk, an address. `machineId` is null where nobody can say. */
export type GroundSatellite = Readonly<{ id: string; marks: Marks | null; machineId: string | null }>;

/** What one account holds in one region, as the cloud says, never as we remember. */
export type CloudListing = Readonly<{
  accountId: string;
  /** Null when it covers the account's every region. */
  region: string | null;
  /** Before the first call: everything that existed then, but for the lag, is in it. */
  askedAt: Instant;
  /** Why it is not complete; null when it is. What it shows exists all the same. */
  incomplete: string | null;
  /** How long the cloud may hide what is new; 0 for ground truth. */
  lagMs: number;
  machines: readonly GroundMachine[];
  /** Left out where satellites were not asked for. */
  satellites?: readonly GroundSatellite[];
}>;

export type EntranceGroup = Readonly<{ name: string; weight: number; members: number; healthy: number }>;

/** A traffic entrance as the product that carries the traffic applies it. */
export type Entrance = Readonly<{
  tenantId: string;
  accountId: string;
  route: string;
  /** Why it could not be read; null when it was. */
  unreadable: string | null;
  groups: readonly EntranceGroup[];
}>;

export type RunRow = Readonly<{
  id: string;
  tenantId: string;
  campaignId: string;
  state: string;
  startedAt: Instant;
  closedAt: Instant | null;
  /** The run of the same scaling group that gave way to a campaign; left out or null for one that was armed. */
  cameBackFrom?: string | null;
  /** Some workflow took the run: its fence exists. */
  taken: boolean;
}>;

export type ApprovalRow = Readonly<{
  id: string;
  tenantId: string;
  status: string;
  planHash: string;
  poolIds: readonly string[];
  maxMachines: number;
  budget: Money;
  maxPerHour: Money;
  latestStart: Instant;
  decidedAt: Instant | null;
  expiresAt: Instant;
}>;

export type StopRow = Readonly<{ tenantId: string; engaged: boolean; at: Instant }>;

/** What the reconciler remembers of a place: `takenAt` is that of its last trusted listing. */
export type ListingRow = Readonly<{
  tenantId: string;
  accountId: string;
  region: string;
  takenAt: Instant;
  trusted: boolean;
}>;

export type OutboxRow = Readonly<{ tenantId: string; workflowId: string; createdAt: Instant }>;

/** A decision that was recorded as carried out. */
export type AuditRow = Readonly<{ tenantId: string; action: string; targetId: string; at: Instant }>;

/** Of one tenant. `broken` says where the chain does not hold; `oldestUnsealedAt` what nobody has sealed yet. */
export type AuditChain = Readonly<{
  tenantId: string;
  records: number;
  broken: string | null;
  oldestUnsealedAt: Instant | null;
}>;

/** A write that was answered with success, and whether what it made is in the database now. */
export type AcknowledgedWrite = Readonly<{ what: string; id: string; at: Instant; found: boolean }>;

/** A command that the system gave itself a note about, so that people see it. */
export type AlertRow = Readonly<{ tenantId: string; runId: string; step: string; at: Instant }>;

/** All rows as of one instant, in one read-only transaction, read after every listing of the same evidence. */
export type Books = Readonly<{
  readAt: Instant;
  intents: readonly Intent[];
  /** Runs whose every purchase was over earlier are not among them, any other run is there whole; null: all are. */
  intentsSince: Instant | null;
  mandates: readonly Mandate[];
  stops: readonly StopRow[];
  listings: readonly ListingRow[];
  runs?: readonly RunRow[];
  approvals?: readonly ApprovalRow[];
  outbox?: readonly OutboxRow[];
  audit?: Readonly<{ records: readonly AuditRow[]; chains: readonly AuditChain[] }>;
  acknowledged?: readonly AcknowledgedWrite[];
  alerts?: readonly AlertRow[];
}>;

/** A deletion as the cloud's own trail knows it. */
export type Deletion = Readonly<{
  accountId: string;
  resourceId: string;
  at: Instant;
  by: 'springtide' | 'others' | 'timer';
  marks: Marks | null;
}>;

export type OraclePolicy = Readonly<{
  /** Longest that a machine of ours may exist without its row: the reconciler's grace and two of its passes. */
  graceMs: number;
  /** Longest until a machine that vanished is noticed: two passes of the reconciler. */
  noticeMs: number;
  /** Longest that an entrance may point at nothing healthy while something healthy is there. */
  reactMs: number;
  /** Longest that machines may stand after their run's lease lapsed while nobody brings them back. */
  lapseMs: number;
  /** From the stop switch to the last create. */
  haltMs: number;
  /** From an armed run to its first sign of life while nothing waits in the outbox. */
  startMs: number;
  /** Longest that an audit record may wait to be sealed. */
  sealMs: number;
  /** By how much the clocks of database, workers and clouds may differ. */
  skewMs: number;
}>;

const MINUTE = 60_000;

export const STANDARD_ORACLE: OraclePolicy = {
  graceMs: 26 * MINUTE,
  noticeMs: 11 * MINUTE,
  reactMs: 3 * MINUTE,
  lapseMs: 6 * 60 * MINUTE,
  haltMs: 5_000,
  startMs: 2 * MINUTE,
  sealMs: 10 * MINUTE,
  skewMs: 2_000,
};

/** For the compressed policies of demo and tests. */
export const DEMO_ORACLE: OraclePolicy = {
  ...STANDARD_ORACLE,
  graceMs: 60_000,
  noticeMs: 45_000,
  reactMs: 45_000,
  lapseMs: 3 * MINUTE,
  startMs: 45_000,
};

/** Everything that one judgement is made from. What is left out makes invariants "not judged", never passed. */
export type Evidence = Readonly<{
  /** Our creator mark. */
  installation: string;
  policy: OraclePolicy;
  listings: readonly CloudListing[];
  books: Books;
  entrances?: readonly Entrance[];
  deletions?: readonly Deletion[];
}>;
