export { driftOf } from './drift.js';
export type {
  DriftEvent,
  DriftKind,
  InventoryFreshness,
  InventoryRow,
  Observed,
  ObservedByType,
  ObservedImage,
  ObservedMachine,
  ObservedMachineState,
  ObservedNetwork,
  ObservedOwnership,
  ResourceType,
} from './observed.js';
export {
  RECONCILIATION_POLICY,
  changesBetween,
  reconcile,
  type Change,
  type FieldChange,
  type Known,
  type Listed,
  type Listing,
  type Reconciliation,
  type ReconciliationPolicy,
} from './reconciliation.js';
