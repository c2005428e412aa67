import { z } from 'zod';
import { Sentence } from './reasons/sentence.js';
import { Id, InstantText, MoneyBody } from './scalars.js';

export const STUCK_CHOICES = ['retry', 'adopt', 'abandon'] as const;

/** Something that came no further for too long, and what a person may choose; every choice says what it costs. */
export const StuckBody = z
  .object({
    id: z.string(),
    /** `found-by-tag`: machines with our marks of a purchase that is not in the books; their run is not known. */
    kind: z.enum(['creating', 'unknown-outcome', 'deleting', 'not-deleted', 'found-by-tag']),
    runId: Id,
    campaignId: Id.nullable(),
    intentId: Id,
    accountId: Id,
    account: z.string(),
    region: z.string(),
    service: z.string().nullable(),
    /** Ids in the cloud; of a call of unknown outcome there is none. */
    machines: z.array(z.string()),
    count: z.number().int(),
    since: InstantText,
    problem: z.object({ code: z.string(), message: z.string() }).nullable(),
    /** While nothing is done. */
    costPerHour: MoneyBody.nullable(),
    choices: z.array(
      z.object({
        choice: z.enum(STUCK_CHOICES),
        /** In English. */
        effect: z.string(),
        /** The same, for readers of any language. */
        sentences: z.array(Sentence).optional(),
      }),
    ),
  })
  .meta({ id: 'Stuck' });
export type StuckBody = z.infer<typeof StuckBody>;

export const StuckDecision = z
  .discriminatedUnion('choice', [
    z.object({ choice: z.literal('retry') }),
    z.object({ choice: z.literal('adopt'), machineId: z.string().min(1).max(200) }),
    z.object({ choice: z.literal('abandon'), reason: z.string().min(3).max(500) }),
  ])
  .meta({ id: 'StuckDecision' });
export type StuckDecision = z.infer<typeof StuckDecision>;

/** `still-stuck`: the cloud was asked and did not do it; it stays on the list. */
export const StuckOutcome = z
  .object({
    id: z.string(),
    outcome: z.enum(['done', 'still-stuck']),
    /** In English. */
    message: z.string(),
    /** The same, for readers of any language. */
    sentences: z.array(Sentence).optional(),
  })
  .meta({ id: 'StuckOutcome' });
export type StuckOutcome = z.infer<typeof StuckOutcome>;
