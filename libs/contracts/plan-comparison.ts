import { z } from 'zod';
import { PHASE_NAMES } from './campaign.js';
import { Reason } from './plan.js';
import { Id, MoneyBody } from './scalars.js';

/** What is different in a question that is only asked: nothing of it is kept, and no campaign changes. */
export const PlanWhatIf = z
  .object({
    /** Every service's demand times this: 1.2 is a fifth more. */
    demandFactor: z.number().gt(0).max(100).optional(),
    budget: MoneyBody.optional(),
    /** Clouds to do without. */
    excludeAccountIds: z.array(Id).max(50).default([]),
    /** Regions of clouds, or single zones of them, to do without; everything else of the cloud may still be used. */
    excludeRegions: z
      .array(
        z.object({
          accountId: Id,
          region: z.string().min(1).max(100),
          zone: z.string().min(1).max(100).optional(),
        }),
      )
      .max(100)
      .default([]),
  })
  .strict()
  .meta({ id: 'PlanWhatIf' });
export type PlanWhatIf = z.infer<typeof PlanWhatIf>;

const PlanSide = z
  .object({
    /** Null for the answer to a what-if: it has no plan of its own. */
    planId: Id.nullable(),
    revision: z.number().int().nullable(),
    hash: z.string(),
    cost: MoneyBody,
    gap: z.number().nullable(),
    /** Machines in the phase that runs most of them. */
    peakMachines: z.number().int(),
    /** Requests per second that are missing, in the worst phase of each service, summed. */
    short: z.number(),
  })
  .meta({ id: 'PlanSide' });
export type PlanSide = z.infer<typeof PlanSide>;

/** Two plans side by side. */
export const PlanComparison = z
  .object({
    before: PlanSide,
    after: PlanSide,
    /** Cost after, less cost before. */
    costDifference: MoneyBody,
    /** All services together, phase by phase. */
    phases: z.array(
      z.object({
        phase: z.enum(PHASE_NAMES),
        machinesBefore: z.number().int(),
        machinesAfter: z.number().int(),
        /** Requests per second that are asked for, and those that are missing. */
        demandBefore: z.number(),
        demandAfter: z.number(),
        shortBefore: z.number(),
        shortAfter: z.number(),
      }),
    ),
    /** Pools whose largest number of machines differs. */
    pools: z.array(
      z.object({
        poolId: z.string(),
        accountName: z.string(),
        machinesBefore: z.number().int(),
        machinesAfter: z.number().int(),
      }),
    ),
    /** Services and phases in which what is missing differs. */
    shortage: z.array(
      z.object({
        service: z.string(),
        phase: z.enum(PHASE_NAMES),
        shortBefore: z.number(),
        shortAfter: z.number(),
      }),
    ),
    /** What explains the second plan. */
    reasons: z.array(Reason),
  })
  .meta({ id: 'PlanComparison' });
export type PlanComparison = z.infer<typeof PlanComparison>;
