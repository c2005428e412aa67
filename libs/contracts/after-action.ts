import { z } from 'zod';
import { Reason, ReadinessEvidence } from './plan.js';
import { ReportPhase, TimelineEntry } from './run.js';
import { Id, InstantText, MoneyBody } from './scalars.js';

/** Who answers for a report: each of the three by another person. */
export const REPORT_ROLES = ['operations', 'infrastructure', 'finance'] as const;
export type ReportRole = (typeof REPORT_ROLES)[number];

/** A value that holds from its instant until the next point's. */
export const CurvePoint = z.object({ at: InstantText, requestsPerSecond: z.number() });
export type CurvePoint = z.infer<typeof CurvePoint>;

/** Capacity and demand of one service over the campaign, in requests per second. */
export const ReportCurve = z
  .object({
    service: z.string(),
    planned: z.array(CurvePoint),
    ready: z.array(CurvePoint),
    demand: z.array(CurvePoint),
    /** What the entrances counted; null where they count nothing. */
    taken: z.array(CurvePoint).nullable(),
  })
  .meta({ id: 'ReportCurve' });
export type ReportCurve = z.infer<typeof ReportCurve>;

/** Seconds, by nearest rank. */
export const ReadyTimes = z.object({
  machines: z.number().int(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});
export type ReadyTimes = z.infer<typeof ReadyTimes>;

/**
 * `serving`: ready, on a planned pool, inside the phases. `preparing`: from the order until ready. `fallback`: on a pool
 * that the plan did not use. `never-served`: never became ready. `overstay`: after the last phase.
 */
export const COST_CAUSES = ['serving', 'preparing', 'fallback', 'never-served', 'overstay'] as const;

export const AfterActionReport = z
  .object({
    campaignId: Id,
    runId: Id,
    name: z.string(),
    state: z.string(),
    author: z.string(),
    timeZone: z.string(),
    startedAt: InstantText,
    closedAt: InstantText.nullable(),
    plan: z.object({ id: Id, hash: z.string(), cost: MoneyBody, leadSeconds: z.number() }),
    approval: z
      .object({
        id: Id,
        decidedAt: InstantText.nullable(),
        budget: MoneyBody,
        readiness: ReadinessEvidence.nullable(),
      })
      .nullable(),
    phases: z.array(
      ReportPhase.extend({
        startsAt: InstantText,
        endsAt: InstantText,
        /** Share of its time in which every service had the capacity that was asked for. */
        coveredShare: z.number().min(0).max(1),
      }),
    ),
    curves: z.array(ReportCurve),
    machines: z.object({
      planned: z.number().int(),
      created: z.number().int(),
      refused: z.number().int(),
      lost: z.number().int(),
      neverReady: z.number().int(),
    }),
    /** From the order to traffic: all machines, and each machine type. */
    timeToReady: ReadyTimes.nullable(),
    timeToReadyByType: z.array(ReadyTimes.extend({ machineType: z.string() })),
    failures: z.array(z.object({ code: z.string(), pool: z.string(), count: z.number().int() })),
    /** Pools that were bought on although the plan did not use them for the service. */
    fallbacks: z.array(
      z.object({
        service: z.string(),
        pool: z.string(),
        machines: z.number().int(),
        requestsPerSecond: z.number(),
        cost: MoneyBody,
      }),
    ),
    cost: z.object({
      currency: z.string(),
      planned: z.string(),
      bought: z.string(),
      private: z.string(),
      budget: z.string(),
      /** Adds up to bought and private exactly. */
      byCause: z.array(
        z.object({
          cause: z.enum(COST_CAUSES),
          machines: z.number().int(),
          bought: z.string(),
          private: z.string(),
        }),
      ),
    }),
    leftovers: z.array(
      z.object({
        machineId: z.string(),
        pool: z.string(),
        region: z.string(),
        state: z.string(),
        since: InstantText.nullable(),
        costPerHour: MoneyBody.nullable(),
      }),
    ),
    /** For the capacity model and the next plan. */
    suggestions: z.array(Reason),
    /** What went wrong or was decided on the way, in order. */
    story: z.array(TimelineEntry),
  })
  .meta({ id: 'AfterActionReport' });
export type AfterActionReport = z.infer<typeof AfterActionReport>;

export const ReportSignature = z
  .object({
    role: z.enum(REPORT_ROLES),
    by: z.string(),
    at: InstantText,
    comment: z.string(),
    /** SHA-256 over the report's hash, the role, the person and the time. */
    digest: z.string(),
    /** Whether it still fits the report as it is stored. */
    valid: z.boolean(),
  })
  .meta({ id: 'ReportSignature' });
export type ReportSignature = z.infer<typeof ReportSignature>;

/** A revision is never changed; facts that come later make another one, which nobody has signed yet. */
export const StoredReport = z
  .object({
    /** Null: the run goes on, and this is how it looks now. */
    revision: z.number().int().nullable(),
    createdAt: InstantText.nullable(),
    /** SHA-256 of the content. */
    hash: z.string(),
    /** Whether the stored content still has this hash. */
    intact: z.boolean(),
    signatures: z.array(ReportSignature),
    content: AfterActionReport,
  })
  .meta({ id: 'StoredReport' });
export type StoredReport = z.infer<typeof StoredReport>;

export const ReportLanguage = z.enum(['en-US', 'zh-CN']);
export type ReportLanguage = z.infer<typeof ReportLanguage>;
