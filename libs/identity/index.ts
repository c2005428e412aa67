import type { SchemaPart } from '@springtide/platform';
import { ApprovalEvidence1763811000000 } from './data/approval-evidence.migration.js';
import { Approvals1760000210000 } from './data/approval.migration.js';
import { Audit1760000220000 } from './data/audit.migration.js';
import { Identity1760000200000 } from './data/identity.migration.js';

export { mayDo, requirePermission, requireUser } from './access.js';
export { ApprovalService, type ApprovalDecision, type ApprovalRequest } from './approval.service.js';
export { AuditService, recordAudit, sealAudit, type AuditCheck, type AuditEntry } from './audit.service.js';
export type { ApprovalPage } from './data/approval.repository.js';
export type { ApiToken } from './data/token.repository.js';
export type { Role, User, UserStatus } from './data/user.repository.js';
export { IdentityModule } from './identity.module.js';
export { TenantService, bootstrapInstallation, type CreatedTenant, type NewTenant } from './installation.js';
export { TokenService, type IssuedToken, type TokenRequest } from './token.service.js';
export { UserService, type CreatedUser, type NewUser, type UserChange } from './user.service.js';

export const identitySchema: SchemaPart = {
  entities: [],
  migrations: [
    Identity1760000200000,
    Approvals1760000210000,
    Audit1760000220000,
    ApprovalEvidence1763811000000,
  ],
};
