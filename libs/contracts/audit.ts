import { z } from 'zod';
import { InstantText } from './scalars.js';

/** One record of the append-only log. `hash` is null until the sealer has chained it, moments later. */
export const AuditEntry = z
  .object({
    sequence: z.number().int(),
    at: InstantText,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    action: z.string(),
    target: z.object({ kind: z.string(), id: z.string() }),
    outcome: z.string(),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Result of recomputing the whole chain. */
export const AuditVerification = z
  .object({
    intact: z.boolean(),
    entries: z.number().int(),
    /** Entries not chained yet; they are the newest. */
    unsealed: z.number().int(),
    head: z.object({ sequence: z.number().int(), hash: z.string() }).nullable(),
    /** First record that does not fit, and why. */
    firstBreak: z.object({ sequence: z.number().int(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
