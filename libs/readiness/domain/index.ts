export type { ReadinessCheck, ReadinessOwner } from './check-rules.js';
export type {
  AccountFacts,
  AccountReportFacts,
  BurstReach,
  CertificateFact,
  DialFact,
  EntranceFacts,
  ImageFact,
  MarketFacts,
  Measured,
  NetworkFact,
  PoolOffer,
  ProbeFact,
  ReadinessFacts,
  ReservationFact,
} from './facts.js';
export { withAttestations, type StoredAttestation } from './attestation.js';
export { judgeReadiness } from './judge.js';
export { MOST_ENDPOINTS, probePlaces, type ProbePlace } from './probe-places.js';
export { priceDrift, type AccountMarket, type PriceDrift } from './price-drift.js';
export {
  countsOf,
  withOverrides,
  worstOf,
  type Findings,
  type FoundLine,
  type NotNeeded,
  type StoredOverride,
} from './readiness.js';
export type { PlannedApiTime, PlannedLink, PlannedService, Reach, ReadinessSubject } from './subject.js';
