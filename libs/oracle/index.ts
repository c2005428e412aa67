export {
  DEMO_ORACLE,
  INVARIANTS,
  NO_HISTORY,
  STANDARD_ORACLE,
  judge,
  observed,
  violationsOf,
  type Books,
  type CloudListing,
  type Entrance,
  type Evidence,
  type History,
  type Judgement,
  type OraclePolicy,
  type Verdict,
  type Violation,
} from './domain/index.js';
export { BookReader } from './data/book-reader.js';
export { CloudGround, type GroundAccount, type GroundDirectory } from './ground/cloud-ground.js';
