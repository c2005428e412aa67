import { z } from 'zod';
import { InstantText } from './scalars.js';

/** One record of the append-only log. Values are masked by an allow list before they are written. */
export const AuditEntry = z
  .object({
    /** Grows with time; the last one of a page is the cursor of the next. */
    id: z.string(),
    at: InstantText,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    requestId: z.string(),
    action: z.string(),
    target: z.object({ kind: z.string(), id: z.string() }),
    before: z.unknown(),
    after: z.unknown(),
    result: z.enum(['ok', 'refused', 'failed']),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/**
 * Result of recomputing the whole hash chain. Compare `head` with one kept elsewhere: a chain rewritten from its start
 * is only seen by that.
 */
export const AuditVerification = z
  .object({
    intact: z.boolean(),
    /** Records that fit. */
    records: z.number().int(),
    /** Newest records that are not chained yet. */
    unsealed: z.number().int(),
    head: z.string().nullable(),
    /** First record that does not fit, and why. */
    brokenAt: z.object({ seq: z.number().int(), recordId: z.string(), why: z.string() }).nullable(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
