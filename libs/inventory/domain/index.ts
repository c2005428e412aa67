export {
  doerOf,
  ledgerMachines,
  ownershipOf,
  type Doer,
  type LedgerMachine,
  type LedgerMachines,
} from './attribution.js';
export { driftOf, type Suspicion } from './drift.js';
export type {
  DriftEvent,
  DriftKind,
  InventoryFreshness,
  InventoryRow,
  Observed,
  ObservedByType,
  ObservedImage,
  ObservedMachine,
  ObservedNetwork,
  ObservedOwnership,
  ObservedRelation,
  ObservedResource,
  OtherType,
  RelationKind,
  ResourceType,
} from './observed.js';
export {
  RECONCILIATION_POLICY,
  changesBetween,
  judgeAbsence,
  takeOver,
  type Absence,
  type FieldChange,
  type Known,
  type ListingEnd,
  type ReconciliationPolicy,
  type Taken,
} from './reconciliation.js';
export { allRelations, relationNews, type RelationRow } from './relations.js';
export { WATCH_RHYTHM, listAgainAfterMs, type WatchRhythm } from './watch-rhythm.js';
