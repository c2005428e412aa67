import type { ReadinessProbe } from '@springtide/contracts';
import type { ErrorCode, Instant, Money } from '@springtide/kernel';

/** What a call said, or why nothing is known. A failure is a finding of its own, never an empty answer. */
export type Measured<T> =
  | Readonly<{ known: true; value: T; at: Instant }>
  | Readonly<{ known: false; code: ErrorCode; why: string; at: Instant }>;

/** What the market says now of one pool of the plan; null when it is no longer offered. */
export type PoolOffer = Readonly<{
  poolId: string;
  offer: Readonly<{
    vcpu: number;
    quotaGroup: string | null;
    price: Money | null;
    stock: Readonly<{
      level: 'enough' | 'normal' | 'low' | 'none' | 'unknown';
      machines: number | null;
    }>;
  }> | null;
}>;

export type MarketFacts = Readonly<{
  offers: readonly PoolOffer[];
  quotas: readonly Readonly<{ region: string; group: string; limitVcpu: number; usedVcpu: number }>[];
}>;

export type NetworkFact = Readonly<{
  id: string;
  name: string;
  region: string;
  zone: string | null;
  freeAddresses: number | null;
}>;

export type ImageFact = Readonly<{ id: string; name: string; region: string; digest: string | null }>;

/** Machines that the cloud keeps for the account, free for the launches of a plan. */
export type ReservationFact = Readonly<{
  region: string;
  zone: string;
  machineType: string;
  free: number;
  startsAt: Instant;
  endsAt: Instant | null;
}>;

export type AccountReportFacts = Readonly<{
  identity: string;
  missing: readonly Readonly<{ action: string; neededFor: string }>[];
  granted: number;
  clockSkewMs: number | null;
  balance: Money | null;
}>;

type Signal = Readonly<{ supported: true } | { supported: false; reason: string }>;

export type AccountFacts = Readonly<{
  id: string;
  name: string;
  isPrivate: boolean;
  credentialCreatedAt: Instant;
  stockSignal: Signal;
  quotaSignal: Signal;
  report: Measured<AccountReportFacts>;
  market: Measured<MarketFacts>;
  networks: Measured<readonly NetworkFact[]>;
  images: Measured<readonly ImageFact[]>;
  reservationSignal: Signal;
  reservations: Measured<readonly ReservationFact[]>;
  /** Launches that were tried without effect, by pool; empty where the cloud cannot try. */
  trials: readonly Readonly<{ poolId: string; machines: number; result: Measured<'would pass'> }>[];
}>;

export type CertificateFact = Readonly<{ subject: string; validTo: Instant; problem: string | null }>;

export type EntranceFacts = Readonly<{
  service: string;
  route: string;
  state: Measured<
    Readonly<{
      entrance: string | null;
      healthy: number;
      members: number;
      /** Undefined: the entrance does not speak TLS. */
      certificate?: Measured<CertificateFact>;
    }>
  >;
}>;

/** The last time that an entrance found a machine of ours healthy in an account's region. */
export type BurstReach = Readonly<{ accountId: string; region: string; lastHealthyAt: Instant | null }>;

/** Whether something answered where Springtide itself runs when a connection was opened to it. */
export type DialFact = Readonly<{ host: string; port: number; answered: Measured<true> }>;

/** What the newest probe of a place came to, and what its machine was. */
export type ProbeFact = Readonly<{
  id: string;
  /** As `probePlaces` makes it. */
  placeKey: string;
  outcome: ReadinessProbe['outcome'];
  problem: string | null;
  machineId: string | null;
  machineState: string | null;
  requestedAt: Instant;
  /** When it reported, or when it was given up. */
  at: Instant;
  answers: ReadinessProbe['answers'];
}>;

export type ReadinessFacts = Readonly<{
  at: Instant;
  accounts: readonly AccountFacts[];
  entrances: readonly EntranceFacts[];
  bursts: readonly BurstReach[];
  dials: readonly DialFact[];
  /** Whether the operator said at which address machines reach Springtide: without it there are no probes. */
  probing: boolean;
  /** At most one for each place of the plan: the newest that is not too old. */
  probes: readonly ProbeFact[];
}>;
