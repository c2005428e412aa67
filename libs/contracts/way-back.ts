import { z } from 'zod';
import { Sentence } from './reasons/sentence.js';
import { Id, InstantText, MoneyBody } from './scalars.js';

/**
 * The way back of a run, in order. `weights`: traffic to the standing fleet. `drain`: open connections end. `evict`: nodes
 * are cordoned and emptied. `terminate`: clouds are asked for the end of every machine. `gone`: each is read back gone.
 * `satellites`: what outlived its machine goes. `reservations`: money set aside is free again. `timers`: no timer in a
 * cloud waits any more. `proof`: two complete listings, apart, agree that nothing is left. `bill-check`: the look into
 * the bill is on the calendar.
 */
export const WAY_BACK_PHASES = [
  'weights',
  'drain',
  'evict',
  'terminate',
  'gone',
  'satellites',
  'reservations',
  'timers',
  'proof',
  'bill-check',
] as const;
export type WayBackPhase = (typeof WAY_BACK_PHASES)[number];

/** `overdue`: gone on without what it waited for. `skipped`: a person ended the waiting. Neither is a proof. */
export const WAY_BACK_STATES = ['ahead', 'working', 'held', 'done', 'overdue', 'skipped'] as const;

/** What of a way back is in the way: a cloud that does not answer, or one that says no. */
export const WayBackObstacle = z.object({
  accountId: Id,
  region: z.string(),
  kind: z.enum(['unreachable', 'refused']),
  code: z.string(),
  message: z.string(),
  since: InstantText,
  tries: z.number().int(),
  /** Null: it is not tried again before a person says so. */
  nextTry: InstantText.nullable(),
});
export type WayBackObstacle = z.infer<typeof WayBackObstacle>;

/** Still there, and what it costs; null where the price of such a thing is not known. */
export const WayBackLeftover = z.object({
  id: z.string(),
  kind: z.enum(['machine', 'satellite', 'unanswered']),
  accountId: Id,
  account: z.string(),
  region: z.string(),
  state: z.string(),
  since: InstantText.nullable(),
  costPerHour: MoneyBody.nullable(),
  /** Why nobody tries any more, once a person took the cost on. */
  abandoned: z.string().nullable(),
});
export type WayBackLeftover = z.infer<typeof WayBackLeftover>;

export const WayBackBody = z
  .object({
    reason: z.string(),
    /** The stop switch was pulled: the first machines are asked to go within a minute, and nothing is held. */
    urgent: z.boolean(),
    phases: z.array(
      z.object({
        name: z.enum(WAY_BACK_PHASES),
        state: z.enum(WAY_BACK_STATES),
        startedAt: InstantText.nullable(),
        /** When it goes on without what it waits for; null where it waits for as long as it takes. */
        deadline: InstantText.nullable(),
        endedAt: InstantText.nullable(),
        /** In English; empty where it waits for nothing. */
        waitsFor: z.string(),
        /** The same, for readers of any language. */
        waitsForSentences: z.array(Sentence).optional(),
        /** Why it is to be held, and by whom; null when it is not. */
        hold: z.object({ by: z.string(), reason: z.string(), until: InstantText }).nullable(),
      }),
    ),
    obstacles: z.array(WayBackObstacle.extend({ account: z.string() })),
    leftovers: z.array(WayBackLeftover),
    /** Rounds so far; another one begins when the proof finds something. */
    round: z.number().int(),
    billCheckAt: InstantText.nullable(),
  })
  .meta({ id: 'WayBack' });
export type WayBackBody = z.infer<typeof WayBackBody>;
