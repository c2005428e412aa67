import { MINUTE, SECOND } from '@springtide/kernel';

/** How patient a client is where the caller gave no deadline, and how often it asks again. */
export type CallPolicy = Readonly<{
  readDeadlineMs: number;
  mutateDeadlineMs: number;
  /** For a whole listing, however many pages it has. */
  listingDeadlineMs: number;
  /** Reads only. A create is never sent twice by the client: the ledger decides that. */
  readAttempts: number;
  retryBaseMs: number;
  retryCapMs: number;
}>;

export const DEFAULT_CALL_POLICY: CallPolicy = {
  readDeadlineMs: 30 * SECOND,
  mutateDeadlineMs: MINUTE,
  listingDeadlineMs: 2 * MINUTE,
  readAttempts: 4,
  retryBaseMs: 200,
  retryCapMs: 5 * SECOND,
};
