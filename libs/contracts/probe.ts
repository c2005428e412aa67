import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** Where a machine of a probe is: `gone` is proven by its cloud. */
export const PROBE_STATES = ['buying', 'waiting', 'releasing', 'gone'] as const;

/**
 * What came of a probe. `silent`: its machine did not report in time. `unbought`: no machine could be had. `stopped`: the stop
 * switch was pulled.
 */
export const PROBE_OUTCOMES = ['answered', 'silent', 'unbought', 'stopped'] as const;

/**
 * What a connection opened from there came to. `silent`: nothing came back in time. `unnamed`: its name is not known there.
 * `untried`: the image has nothing to open connections with.
 */
export const PROBE_ANSWERS = ['open', 'refused', 'silent', 'unnamed', 'untried'] as const;

/** One machine that was bought for some minutes to open connections from where the plan's machines will run. */
export const ReadinessProbe = z
  .object({
    /** Also that of the run that owns its machine in the ledger. */
    id: Id,
    campaignId: Id,
    planId: Id,
    /** Account, region, network and security groups, in the names of people. */
    place: z.string(),
    machineType: z.string(),
    state: z.enum(PROBE_STATES),
    /** Null while nothing is known yet. */
    outcome: z.enum(PROBE_OUTCOMES).nullable(),
    /** Why it came to nothing. */
    problem: z.string().nullable(),
    machineId: z.string().nullable(),
    /** As its cloud, or the ledger, said last; null while there is none. */
    machineState: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: InstantText,
    /** Until when its report is taken. */
    answerBy: InstantText,
    reportedAt: InstantText.nullable(),
    goneAt: InstantText.nullable(),
    answers: z.array(z.object({ host: z.string(), port: z.number().int(), answer: z.enum(PROBE_ANSWERS) })),
  })
  .meta({ id: 'ReadinessProbe' });
export type ReadinessProbe = z.infer<typeof ReadinessProbe>;

/** What a probe's machine sends back: one line for each address that it was given, by its number. */
export const ProbeReport = z
  .object({
    token: z.string().min(20).max(100),
    answers: z
      .array(z.object({ n: z.number().int().min(0).max(99), answer: z.enum(PROBE_ANSWERS) }))
      .max(100),
  })
  .meta({ id: 'ProbeReport' });
export type ProbeReport = z.infer<typeof ProbeReport>;
