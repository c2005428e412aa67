import type { SchemaPart } from '@springtide/platform';
import { Accounts1760000230000 } from './data/accounts.migration.js';
import { ClusterAccounts1763800000000 } from './data/cluster-accounts.migration.js';

export { AccountSessions, type ProviderRegistry, type SessionDependencies } from './account-sessions.js';
export { AccountService, type AccountChange, type NewAccount } from './account.service.js';
export { AccountsModule } from './accounts.module.js';
export { CredentialVault, type CredentialPlace } from './data/credential-vault.js';
export type { AccountHealth, AccountStatus, CloudAccount, ProviderKind } from './domain/index.js';

export const accountsSchema: SchemaPart = {
  entities: [],
  migrations: [Accounts1760000230000, ClusterAccounts1763800000000],
};
