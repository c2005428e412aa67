import type { ErrorCode, Instant } from '@springtide/kernel';

/** `disabled`: nothing more is bought there; what runs is still watched and scaled back. */
export type AccountStatus = 'unverified' | 'healthy' | 'failing' | 'disabled';

export type ProviderKind = 'public-cloud' | 'private-cloud' | 'traffic' | 'cluster';

/** What the cloud said when it was last asked; after a failure the last good facts stay beside the problem. */
export type AccountHealth = Readonly<{
  checkedAt: Instant;
  identity: string | null;
  product: string | null;
  regions: readonly string[];
  permissions: readonly Readonly<{ action: string; granted: boolean; neededFor: string }>[];
  clockSkewMs: number | null;
  /** In plain words with the next step; null when the account is well. */
  problem: string | null;
  code: ErrorCode | null;
}>;

export type CloudAccount = Readonly<{
  id: string;
  name: string;
  provider: string;
  kind: ProviderKind;
  status: AccountStatus;
  /** As the provider's schema parsed them; never a secret. */
  settings: Readonly<Record<string, unknown>>;
  credentialVersion: number;
  credentialCreatedAt: Instant;
  credentialLastUsedAt: Instant | null;
  health: AccountHealth | null;
  /** Last time the cloud confirmed the account. */
  verifiedAt: Instant | null;
  version: number;
  createdAt: Instant;
}>;

type Report = Readonly<{
  identity: string;
  product: string;
  regions: readonly string[];
  permissions: AccountHealth['permissions'];
  clockSkewMs?: number;
}>;

export function healthOf(report: Report, at: Instant): AccountHealth {
  const missing = report.permissions.filter((one) => !one.granted);
  const problem =
    missing.length === 0
      ? null
      : `the credential lacks ${missing.map((one) => `${one.action} (needed for ${one.neededFor})`).join(', ')}`;
  return {
    checkedAt: at,
    identity: report.identity,
    product: report.product,
    regions: report.regions,
    permissions: report.permissions,
    clockSkewMs: report.clockSkewMs ?? null,
    problem,
    code: problem === null ? null : 'permission-denied',
  };
}

export function failedHealth(
  before: AccountHealth | null,
  failure: Readonly<{ code: ErrorCode; problem: string }>,
  at: Instant,
): AccountHealth {
  const known = before ?? {
    identity: null,
    product: null,
    regions: [],
    permissions: [],
    clockSkewMs: null,
  };
  return { ...known, checkedAt: at, problem: failure.problem, code: failure.code };
}

/** An account that never worked stays unverified; one that did is failing. Only a person ends `disabled`. */
export function statusAfter(
  before: Readonly<{ status: AccountStatus; verifiedAt: Instant | null }>,
  answered: boolean,
): AccountStatus {
  if (before.status === 'disabled') return 'disabled';
  if (answered) return 'healthy';
  return before.verifiedAt === null ? 'unverified' : 'failing';
}
