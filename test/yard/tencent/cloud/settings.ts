import { z } from 'zod';

/** Calls per second by action; `*` for all that are not named; null: unlimited. */
const ratesSchema = z.record(z.string(), z.number().positive().nullable());

/** What a test may turn while the cloud runs. Durations in milliseconds on the cloud's clock. */
const settingsSchema = z.strictObject({
  /** PENDING → RUNNING. */
  bootMs: z.number().min(0),
  /** STOPPING → STOPPED, STARTING → RUNNING. */
  powerMs: z.number().min(0),
  /** TERMINATING → no longer there. */
  terminateMs: z.number().min(0),
  /** How long a machine that could not be built stays in lists. It cannot be terminated; it goes by itself. */
  failedStayMs: z.number().min(0),
  /** Tasks of load balancers: done so long after they were accepted. */
  balancerTaskMs: z.number().min(0),
  /** A target is healthy so long after it was added, if its machine runs. */
  healthMs: z.number().min(0),
  clusterMs: z.number().min(0),
  /** From a spot machine's notice to its end. */
  spotNoticeMs: z.number().min(0),
  /** New machines stay unknown for so long, to reads and to changes. */
  readLagMs: z.number().min(0),
  /** The server's clock, as signatures and the Date header see it, runs ahead by so much. */
  clockOffsetMs: z.number(),
  /** Largest Limit that DescribeInstances honours; the vendor's is 100. */
  maxPageSize: z.int().min(1).max(100),
  /** InstanceCount per call; the vendor says 500 for some accounts, 100 is what a new account gets. */
  maxLaunch: z.int().min(1),
  /** MinCount is a favour that only some accounts have. */
  partialDelivery: z.boolean(),
  /** Pay-as-you-go machines per zone; spot machines in vCPU per zone. */
  machineQuota: z.int().min(0),
  spotVcpuQuota: z.int().min(0),
  /** In fen (cents of a yuan). */
  balanceFen: z.int(),
  /** Hours are in the bill so long after they ended. */
  billLagMs: z.number().min(0),
  /** Calls are in the trail so long after they were made. */
  auditLagMs: z.number().min(0),
  /** DescribeBillDetail tells a Total that is lower by so much: the vendor keeps it for a day. */
  billTotalShort: z.int().min(0),
  /** What is paid of the price. */
  discountPercent: z.int().min(1).max(100),
  /** How much of what is paid is paid with vouchers. */
  voucherPercent: z.int().min(0).max(100),
  /** Smallest TTL that the DNS package allows, in seconds; a free one says 600. */
  minimumTtl: z.int().min(1),
  rates: ratesSchema,
});

export type YardSettings = Readonly<z.output<typeof settingsSchema>>;

const DEFAULTS = {
  bootMs: 3_000,
  powerMs: 1_000,
  terminateMs: 1_000,
  failedStayMs: 300_000,
  balancerTaskMs: 500,
  healthMs: 1_000,
  clusterMs: 2_000,
  spotNoticeMs: 120_000,
  readLagMs: 0,
  clockOffsetMs: 0,
  maxPageSize: 100,
  maxLaunch: 100,
  partialDelivery: true,
  machineQuota: 20_000,
  spotVcpuQuota: 4_000,
  balanceFen: 100_000_000,
  billLagMs: 0,
  auditLagMs: 0,
  billTotalShort: 0,
  discountPercent: 100,
  voucherPercent: 0,
  minimumTtl: 1,
  rates: {
    '*': 20,
    RunInstances: 10,
    TerminateInstances: 10,
    DescribeInstances: 40,
    DescribeBillDetail: 5,
    InquiryPriceRunInstances: 10,
  },
} satisfies YardSettings;

const changeSchema = settingsSchema.partial();

/** Left out: as before. @throws ZodError for what is no setting. */
export function changedSettings(change: unknown, before: YardSettings = DEFAULTS): YardSettings {
  const given = Object.entries(changeSchema.parse(change)).filter(([, value]) => value !== undefined);
  return settingsSchema.parse({ ...before, ...Object.fromEntries(given) });
}
