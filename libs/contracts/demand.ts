import { z } from 'zod';
import { PHASE_NAMES, Phase } from './campaign.js';
import { HistoryBasis } from './demand-reference.js';
import { Id, InstantText } from './scalars.js';

/** Where a demand series is read from. Nothing of it is kept but what it says of itself. */
const DemandSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('csv'),
    /** Columns `timestamp` and `value`. */
    text: z.string().min(1).max(4_000_000),
  }),
  z.object({
    kind: z.literal('prometheus'),
    /** Base address of the query interface, without a user or password in it. */
    url: z.url({ protocol: /^https?$/ }),
    query: z.string().min(1).max(2_000),
    from: InstantText,
    to: InstantText,
  }),
]);

export const DemandSeriesInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    source: DemandSource,
    stepSeconds: z.number().int().min(10).max(86_400).default(60),
    /** How values between coarser samples are made: `hold` for counts per interval. */
    filling: z.enum(['linear', 'hold']).default('linear'),
  })
  .meta({ id: 'DemandSeriesInput' });
export type DemandSeriesInput = z.infer<typeof DemandSeriesInput>;

/** A demand series as it is listed; its values are read with one series. */
export const DemandSeriesSummary = z
  .object({
    id: Id,
    name: z.string(),
    source: z.enum(['csv', 'prometheus']),
    startsAt: InstantText,
    endsAt: InstantText,
    stepSeconds: z.number().int(),
    steps: z.number().int(),
    highest: z.number(),
    highestAt: InstantText,
    mean: z.number(),
    createdAt: InstantText,
  })
  .meta({ id: 'DemandSeriesSummary' });
export type DemandSeriesSummary = z.infer<typeof DemandSeriesSummary>;

export const DemandSeriesBody = DemandSeriesSummary.extend({ values: z.array(z.number()) }).meta({
  id: 'DemandSeries',
});

export const DemandForecastInput = z
  .object({
    phases: z.array(Phase).min(1).max(8),
    basis: z.discriminatedUnion('kind', [
      HistoryBasis.extend({ kind: z.literal('history') }),
      z.object({
        kind: z.literal('peak'),
        /** Demand of the highest phase, the one that is as likely exceeded as not. */
        peak: z.number().positive(),
        /** Each phase as a part of the peak; left out: the usual course of a sale at midnight. */
        shares: z.partialRecord(z.enum(PHASE_NAMES), z.number().min(0).max(1)).default({}),
        levelSigma: z.number().min(0).max(2).default(0.2),
      }),
    ]),
  })
  .meta({ id: 'DemandForecastInput' });
export type DemandForecastInput = z.infer<typeof DemandForecastInput>;

/** Highest demand of each phase: p90 is exceeded once in ten times. */
export const DemandForecastBody = z
  .object({
    phases: z.array(
      z.object({ phase: z.enum(PHASE_NAMES), p50: z.number(), p90: z.number(), p99: z.number() }),
    ),
    /** How it was made, in words. */
    basis: z.string(),
  })
  .meta({ id: 'DemandForecast' });
export type DemandForecastBody = z.infer<typeof DemandForecastBody>;

export const FreezeInput = z
  .object({ name: z.string().trim().min(1).max(120), startsAt: InstantText, endsAt: InstantText })
  .meta({ id: 'FreezeInput' });
export type FreezeInput = z.infer<typeof FreezeInput>;

export const FreezeBody = FreezeInput.extend({ id: Id }).meta({ id: 'Freeze' });
export type FreezeBody = z.infer<typeof FreezeBody>;

export const CalendarBody = z
  .object({
    events: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        nameZh: z.string(),
        kind: z.enum(['sale', 'festival']),
        startsAt: InstantText,
        endsAt: InstantText,
        /** A time line to begin with, and each phase as a part of the peak; sales only. */
        phases: z.array(Phase.extend({ share: z.number() })),
      }),
    ),
    freezes: z.array(FreezeBody),
    campaigns: z.array(z.object({ id: Id, name: z.string(), startsAt: InstantText, endsAt: InstantText })),
    clashes: z.array(
      z.object({
        kind: z.enum(['same-route', 'shared-pools', 'freeze']),
        campaignId: Id,
        otherId: Id,
        startsAt: InstantText,
        endsAt: InstantText,
        accountIds: z.array(Id),
        text: z.string(),
      }),
    ),
  })
  .meta({ id: 'Calendar' });
export type CalendarBody = z.infer<typeof CalendarBody>;

/** Metrics of one machine while it served; each query answers one series. */
const CapacityMetrics = z.object({
  /** Base address of a Prometheus, without a user or password in it. */
  url: z.url({ protocol: /^https?$/ }),
  /** Its requests per second. */
  rate: z.string().min(1).max(2_000),
  /** Its latency in milliseconds, as a rule at the 99th percentile. */
  latencyMs: z.string().min(1).max(2_000),
  /** The busy part of its processors, 0 … 1. */
  utilisation: z.string().min(1).max(2_000).optional(),
  from: InstantText,
  to: InstantText,
  stepSeconds: z.number().int().min(10).max(3_600).default(60),
});

export const CapacityFitInput = z
  .object({
    machineType: z.string().min(1).max(100),
    latencyTargetMs: z.number().positive().max(600_000),
    /** CSV with `rps`, `latencyMs` and, where measured, `utilisation` (0 … 1): one machine alone under load. */
    samples: z.string().min(1).max(1_000_000).optional(),
    /** Where there are no samples: what was measured while it served. */
    metrics: CapacityMetrics.optional(),
  })
  .meta({ id: 'CapacityFitInput' });
export type CapacityFitInput = z.infer<typeof CapacityFitInput>;

/** What one machine serves, and what that is concluded from; `rule` is written into a template as it is. */
export const CapacityFitBody = z
  .object({
    rule: z.object({
      machineType: z.string(),
      requestsPerSecond: z.number(),
      latencyTargetMs: z.number(),
      evidence: z.string(),
    }),
    basis: z.enum(['measured', 'extrapolated']),
    samples: z.number().int(),
    sampledFrom: z.number(),
    sampledTo: z.number(),
    saturation: z.number(),
    fitError: z.number(),
    utilisation: z.number().nullable(),
  })
  .meta({ id: 'CapacityFit' });
export type CapacityFitBody = z.infer<typeof CapacityFitBody>;
