import { createHash } from 'node:crypto';
import type { ManagedClusterPlace } from '@springtide/contracts';
import type { RequestContext } from '@springtide/platform';

/** What all changes of a cluster have in common in the ledger. */
export function changeOf(
  { tenantId }: RequestContext,
  { accountId, region }: Pick<ManagedClusterPlace, 'accountId' | 'region'>,
  subject: string,
) {
  return { tenantId, accountId, region, subject, batch: 0, service: null };
}

/** One id per thing that can be asked for, so that asking again finds the effect that was written. */
export function subjectOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
