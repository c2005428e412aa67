export {
  DEMO_ORACLE,
  STANDARD_ORACLE,
  type AcknowledgedWrite,
  type AlertRow,
  type ApprovalRow,
  type AuditChain,
  type AuditRow,
  type Books,
  type CloudListing,
  type Deletion,
  type Entrance,
  type Evidence,
  type GroundMachine,
  type GroundSatellite,
  type ListingRow,
  type Marks,
  type OraclePolicy,
  type OutboxRow,
  type RunRow,
  type StopRow,
} from './evidence.js';
export { NO_HISTORY, observed, type History } from './history.js';
export { judge, violationsOf, type Judgement } from './judge.js';
export { INVARIANTS, type InvariantId, type Suspicion, type Verdict, type Violation } from './judgement.js';
