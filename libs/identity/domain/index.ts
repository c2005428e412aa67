export {
  decide,
  grants,
  isExpired,
  type Approval,
  type ApprovalStatus,
  type Decision,
  type DecisionOutcome,
  type DecisionRefusal,
} from './approval.js';
export {
  auditVerifier,
  genesis,
  sealHash,
  verifyAudit,
  type AuditRecord,
  type AuditResult,
  type AuditVerdict,
  type SealedRecord,
} from './audit-chain.js';
export { maskForAudit } from './audit-mask.js';
export {
  BUILT_IN_ROLES,
  PERMISSIONS,
  beyondGrantor,
  effectivePermissions,
  isPermission,
  type BuiltInRole,
  type Permission,
} from './permissions.js';
