export {
  failedHealth,
  healthOf,
  statusAfter,
  type AccountHealth,
  type AccountStatus,
  type CloudAccount,
  type ProviderKind,
} from './cloud-account.js';
