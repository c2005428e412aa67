import { z } from 'zod';

const probability = z.number().min(0).max(1);
const duration = z.int().min(0);
const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,40}$/i);

/** A listing may lag behind by at most so much; the manifest declares the same. */
export const LONGEST_READ_LAG_MS = 2_000;

/** A charge may be missing for at most so long; the manifest declares the same. */
export const LONGEST_BILL_LAG_MS = 60_000;

const zone = z.strictObject({
  id,
  /** The hypervisors of a private cloud. A public cloud has stock per offer instead. */
  hosts: z
    .strictObject({ count: z.int().min(0), vcpu: z.int().min(1), memoryMiB: z.int().min(1) })
    .optional(),
});

const network = z.strictObject({ id, cidr: z.string(), zone: id.optional(), addresses: z.int().min(0) });

const region = z.strictObject({
  id,
  zones: z.array(zone).min(1),
  networks: z.array(network).default([]),
  quotas: z.array(z.strictObject({ group: id, limitVcpu: z.int().min(0) })).default([]),
});

const offer = z.strictObject({
  option: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  /** Decimal string per machine and hour; null when the cloud does not say. */
  pricePerHour: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .nullable(),
  /** Machines per zone; left out where hosts decide. */
  stockPerZone: z.int().min(0).optional(),
  interruptionPerHour: z.number().min(0).default(0),
});

const machineType = z.strictObject({
  name: id,
  family: id,
  arch: z.enum(['amd64', 'arm64']).default('amd64'),
  vcpu: z.int().min(1),
  memoryMiB: z.int().min(1),
  minimumBillingSeconds: z.int().min(0).default(60),
  quotaGroup: id.optional(),
  offers: z.array(offer).min(1),
});

const budget = z.strictObject({ burst: z.number().min(1), perSecond: z.number().positive() });

const behaviour = z.strictObject({
  /** Typical time to run; each machine takes between 0.6 and 1.8 times as long. */
  bootMs: duration.default(30_000),
  /** Times to run that were measured: each machine takes one of them, instead of one around `bootMs`. */
  bootTimesMs: z.array(duration).min(1).max(200).optional(),
  terminateMs: duration.default(5_000),
  readLagMs: duration.max(LONGEST_READ_LAG_MS).default(0),
  /** How long use is missing from the bill. */
  billLagMs: duration.max(LONGEST_BILL_LAG_MS).default(0),
  pageSize: z.int().min(1).max(1_000).default(100),
  /** Share of the machines whose data disk survives them. */
  survivingDisks: probability.default(0),
  rates: z
    .strictObject({ read: budget, mutate: budget })
    .default({ read: { burst: 400, perSecond: 200 }, mutate: { burst: 200, perSecond: 100 } }),
  /** Machines get their addresses here; IPv4 in CIDR notation. */
  addressRange: z.cidrv4().default('127.30.0.0/16'),
});

/** Everything that goes wrong by chance. All drawn from the seed. */
const faults = z.strictObject({
  lostAnswer: probability.default(0),
  lateAnswer: probability.default(0),
  lateAnswerMs: duration.default(10_000),
  throttled: probability.default(0),
  /** Share of the batches that get fewer machines than there is stock for. */
  partialBatch: probability.default(0),
  failedBoot: probability.default(0),
  stuckBoot: probability.default(0),
  stuckTermination: probability.default(0),
  truncatedListing: probability.default(0),
  foreignDeletionsPerHour: z.number().min(0).default(0),
  /** Times without stock, counted from the first call. */
  stockOuts: z
    .array(z.strictObject({ zone: id, machineType: id, fromMs: duration, untilMs: duration }))
    .default([]),
});

/** All there is to know about a simulated cloud: the same plan, clock and calls give the same cloud. */
export const cloudPlanSchema = z.strictObject({
  seed: z.string().min(1),
  kind: z.enum(['public-cloud', 'private-cloud']),
  product: z.string().min(1).default('Springtide simulated cloud 1'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  credentials: z.strictObject({ accessKey: z.string().min(4), secretKey: z.string().min(8) }),
  regions: z.array(region).min(1),
  machineTypes: z.array(machineType).min(1),
  images: z
    .array(z.strictObject({ id, name: z.string().min(1), arch: z.enum(['amd64', 'arm64']).default('amd64') }))
    .min(1),
  behaviour: behaviour.prefault({}),
  faults: faults.prefault({}),
});

export type CloudPlan = z.output<typeof cloudPlanSchema>;
export type CloudPlanInput = z.input<typeof cloudPlanSchema>;
export type PlannedRegion = CloudPlan['regions'][number];
export type PlannedType = CloudPlan['machineTypes'][number];
export type PlannedOffer = PlannedType['offers'][number];
