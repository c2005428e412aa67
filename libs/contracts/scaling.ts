import { z } from 'zod';
import { Sentence } from './reasons/sentence.js';
import { Id, InstantText, MoneyBody, TimeZoneText } from './scalars.js';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DayText = z.iso.date();
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'hours and minutes, for example 08:30');
const Machines = z.number().int().min(0).max(100_000);

/** Machines at certain hours. `to` before or at `from` is on the next day. */
const ScheduleRule = z.object({
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7),
  from: TimeOfDay,
  to: TimeOfDay,
  machines: Machines,
  /** Whether the rule holds on holidays: not at all, as on other days, or on holidays only whatever weekday they are. */
  holidays: z.enum(['except', 'also', 'only']).default('also'),
});

const Named = { id: z.string().min(1).max(60) };

/** One opinion on how many machines a service needs outside a plan. */
export const ScalingStrategy = z
  .discriminatedUnion('kind', [
    z.object({ ...Named, kind: z.literal('manual'), machines: Machines, until: InstantText.nullable() }),
    z.object({
      ...Named,
      kind: z.literal('scheduled'),
      timeZone: TimeZoneText,
      holidays: z.array(DayText).max(400).default([]),
      rules: z.array(ScheduleRule).min(1).max(50),
    }),
    z.object({
      ...Named,
      kind: z.literal('metric'),
      /** What is measured, for people: requests per second, busy processors. */
      metric: z.string().min(1).max(120),
      /** What one machine should carry of it. */
      targetPerMachine: z.number().positive(),
      /** A Prometheus and the query whose one answer is the metric, summed over all machines. */
      url: z.url({ protocol: /^https?$/ }),
      query: z.string().min(1).max(2_000),
    }),
    z.object({
      ...Named,
      kind: z.literal('predictive'),
      seriesId: Id,
      /** Demand that one machine serves. */
      capacityPerMachine: z.number().positive(),
      quantile: z.enum(['p50', 'p90', 'p99']).default('p90'),
      leadSeconds: z.number().int().min(0).max(86_400).default(600),
    }),
    z.object({ ...Named, kind: z.literal('campaign') }),
  ])
  .meta({ id: 'ScalingStrategy' });
export type ScalingStrategy = z.infer<typeof ScalingStrategy>;

/** Strategies of a service and what limits them, as they are kept. */
export const ScalingSettings = z.object({
  strategies: z.array(ScalingStrategy).max(20),
  floor: Machines.default(0),
  ceiling: Machines,
  /** Seconds after any change before machines may go. */
  cooldownSeconds: z.number().int().min(0).max(86_400).default(600),
  /** Highest part of the machines that one decision lets go. */
  largestScaleIn: z.number().gt(0).max(1).default(0.25),
  /**
   * What the service's scaling groups may spend in a calendar month, in UTC; null: only what was approved limits them. The
   * floor goes before it.
   */
  moneyPerMonth: MoneyBody.nullable().default(null),
});

/** As somebody may ask for them: they do not contradict each other. */
export const ScalingInput = ScalingSettings.refine(({ floor, ceiling }) => floor <= ceiling, {
  path: ['floor'],
  error: 'the floor is above the ceiling',
  when: ({ value }) => ScalingSettings.pick({ floor: true, ceiling: true }).safeParse(value).success,
})
  .refine(({ moneyPerMonth }) => !moneyPerMonth?.amount.startsWith('-'), {
    path: ['moneyPerMonth', 'amount'],
    error: 'less than nothing cannot be spent; leave the limit out, or set 0',
    when: ({ value }) => ScalingSettings.pick({ moneyPerMonth: true }).safeParse(value).success,
  })
  .superRefine(({ strategies }, context) => {
    const ids = strategies.map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) === index) continue;
      const message = `another strategy is called "${id}" too`;
      context.addIssue({ code: 'custom', path: ['strategies', index, 'id'], message });
    }
  })
  .meta({ id: 'ScalingInput' });
export type ScalingInput = z.infer<typeof ScalingInput>;

const Percentiles = z.object({ p50: z.number(), p90: z.number(), p99: z.number() });

/** Seconds that machines of one type took until they served, measured on those that were bought for a service. */
export const ReadyTimesBody = z
  .object({
    machineType: z.string(),
    machines: z.number().int(),
    since: InstantText,
    until: InstantText,
    /** From the cloud's yes until it ran, from running until it served, and both. */
    bootSeconds: Percentiles,
    warmUpSeconds: Percentiles,
    leadSeconds: Percentiles,
  })
  .meta({ id: 'ReadyTimes' });

/** What is wanted now, strategy by strategy, and what follows from it by the rule. */
export const ScalingDecision = z
  .object({
    machines: z.number().int(),
    action: z.enum(['out', 'in', 'hold']),
    wants: z.array(
      z.object({
        strategyId: z.string(),
        kind: z.enum(['manual', 'scheduled', 'metric', 'predictive', 'campaign']),
        machines: z.number().int().nullable(),
        /** In English. */
        text: z.string(),
        /** The same, for readers of any language; missing where an older version decided. */
        sentences: z.array(Sentence).optional(),
      }),
    ),
    /** How the wants became one number, step by step, in English. */
    reasons: z.array(z.string()),
    /** The same steps for readers of any language; missing where an older version decided. */
    reasonSentences: z.array(Sentence).optional(),
  })
  .meta({ id: 'ScalingDecision' });
export type ScalingDecision = z.infer<typeof ScalingDecision>;

/** An approved campaign that follows a service's strategies, and what it does about them now. */
export const ScalingGroupBody = z
  .object({
    campaignId: Id,
    runId: Id,
    /** Until then it was approved, or a campaign needs the route. */
    until: InstantText,
    decidedAt: InstantText,
    /** When the machines it wants changed for the last time. */
    changedAt: InstantText.nullable(),
    /** Machines it wants beside the standing fleet, by pool. */
    pools: z.array(z.object({ poolId: z.string(), machines: z.number().int() })),
    /** Machines that are wanted and find no room in what was approved. */
    missing: z.number().int(),
    /** Machines that are wanted and do not fit into the money of this month. */
    heldBack: z.number().int().default(0),
    decision: ScalingDecision,
  })
  .meta({ id: 'ScalingGroup' });
export type ScalingGroupBody = z.infer<typeof ScalingGroupBody>;

/** What a service's scaling groups cost in a calendar month. */
export const ScalingMonthBody = z
  .object({
    from: InstantText,
    until: InstantText,
    /** Months begin and end in this zone, whoever asks. */
    timeZone: z.literal('UTC'),
    limit: MoneyBody.nullable(),
    /** By currency; empty when nothing was bought. */
    spent: z.array(MoneyBody),
    /** Spent at the end of the month, or of the group, if what runs now runs until then. */
    projected: z.array(MoneyBody),
  })
  .meta({ id: 'ScalingMonth' });
export type ScalingMonthBody = z.infer<typeof ScalingMonthBody>;

/** Why a scaling group that gave way to a campaign is not there now. */
export const REST_REASONS = [
  // It comes back by itself: its machines still go back; a campaign has its route; what it needs is promised to others;
  // the stop switch is on; prices of now cannot be read.
  'leaving',
  'campaign',
  'promised',
  'stop-switch',
  'prices-unread',
  // It comes back when somebody decides: its approval has expired or is gone; prices rose past the limit of its approval;
  // a person keeps it off.
  'approval',
  'prices-risen',
  'kept-off',
  // It does not come back: what was approved is over or spent, or its run was stopped by a person.
  'end-over',
  'money-spent',
  'stopped',
  'came-back',
] as const;

/** A scaling group that ended before a campaign on its route, and what it waits for. */
export const ScalingRestBody = z.object({
  campaignId: Id,
  name: z.string(),
  /** The run that gave way. */
  runId: Id,
  since: InstantText,
  reason: z.enum(REST_REASONS),
  /** Names of the campaigns that have its route; it waits until their runs are closed. */
  waitsFor: z.array(z.string()),
  /** About when the last of them is gone; null when none is in the way. */
  expectedAt: InstantText.nullable(),
  /** The end that was approved; it does not come back after that. */
  until: InstantText,
  /** What its approval has left to spend; null until its machines are gone. */
  moneyLeft: MoneyBody.nullable(),
  /** What happened, what it means for machines and money, and the next step; in English. */
  text: z.string(),
  /** The same, for readers of any language; missing where an older version wrote it. */
  sentences: z.array(Sentence).optional(),
});
export type ScalingRestBody = z.infer<typeof ScalingRestBody>;

export const ScalingRestShown = ScalingRestBody.extend({
  /** What a person can decide about it now; null when it is over whatever anybody decides. */
  choice: z.enum(['keep-off', 'let-back']).nullable(),
}).meta({ id: 'ScalingRest' });
export type ScalingRestShown = z.infer<typeof ScalingRestShown>;

/** Whether a group that rests comes back by itself. */
export const ScalingReturnInput = z.object({ comesBack: z.boolean() }).meta({ id: 'ScalingReturnInput' });

export const ScalingBody = ScalingSettings.extend({
  service: z.string(),
  version: z.number().int(),
  updatedAt: InstantText,
  /** Machines behind the service's entrance now; null when nobody can say. */
  current: z.number().int().nullable(),
  decision: ScalingDecision,
  /** Nothing starts or stops machines by this: no scaling group of the service runs now. */
  advisory: z.boolean(),
  /** The scaling group that acts on it; null when none does. */
  group: ScalingGroupBody.nullable(),
  /** A group that gave way to a campaign; null when none rests. */
  rest: ScalingRestShown.nullable(),
  /** The month of now, whatever time is looked at. */
  month: ScalingMonthBody,
}).meta({ id: 'Scaling' });
export type ScalingBody = z.infer<typeof ScalingBody>;
