import { z } from 'zod';

const settingsSchema = z.strictObject({
  /** Accepted, and nothing yet. */
  pendingMs: z.number().min(0),
  /** From Starting to Running. */
  startingMs: z.number().min(0),
  /** A stop without force. */
  stoppingMs: z.number().min(0),
  /** From a delete with force until the machine is in no list. */
  releaseMs: z.number().min(0),
  /** Steps of load balancers: how long a change is `Configuring`. */
  configuringMs: z.number().min(0),
  /** How often load balancers knock at their members (TCP); 0: never, and all are healthy unless a test says no. */
  healthProbeMs: z.number().min(0),
  /** A cluster takes so long to run, and to be gone. */
  clusterMs: z.number().min(0),
  /** New machines are in no answer for so long. */
  readLagMs: z.number().min(0),
  /** A spot machine that is taken back is told so long before. */
  spotNoticeMs: z.number().min(0),
  /** Smallest distance of an automatic release. */
  minimumAutoReleaseMs: z.number().min(0),
  /** Most machines per page of DescribeInstances; the vendor's is 100. */
  maxPageSize: z.number().int().min(1).max(100),
  /** Most that a listing with a tag filter shows. */
  tagFilterLimit: z.number().int().min(1),
  /** vCPUs of pay-as-you-go machines per region; null: no limit. */
  vcpuLimit: z.number().int().min(0).nullable(),
  /** The same for spot machines. */
  spotVcpuLimit: z.number().int().min(0).nullable(),
  /** In CNY, as `1000.00`. Below 100 nothing can be bought. */
  balance: z.string().regex(/^-?\d+(\.\d{1,2})?$/),
  /** What ran is in the bill so long after. */
  billLagMs: z.number().min(0),
  /** Off the list price. */
  billDiscountPercent: z.number().int().min(0).max(100),
  /** Of what is left, taken off by coupons. */
  billCouponPercent: z.number().int().min(0).max(100),
  /** Of what is left then, paid with vouchers. */
  billVoucherPercent: z.number().int().min(0).max(100),
  /** Most rows per page of a bill; the vendor's is 300. */
  maxBillRows: z.number().int().min(1).max(300),
  /** What was done can be looked up in the trail so long after. */
  trailLagMs: z.number().min(0),
  /** Calls per minute and region by `product:Action`; `*` for the others. */
  ratesPerMinute: z.record(z.string(), z.number().int().min(0)),
  /** So many of the next accepted machines cannot be built: they disappear from Pending. */
  stillborn: z.number().int().min(0),
  /** Ahead of the real time by so much. */
  clockOffsetMs: z.number(),
  /** Region by region: nothing answers there. */
  brokenRegions: z.array(z.string()),
});

export type CloudSettings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: CloudSettings = {
  pendingMs: 200,
  startingMs: 400,
  stoppingMs: 300,
  releaseMs: 100,
  configuringMs: 100,
  healthProbeMs: 0,
  clusterMs: 500,
  readLagMs: 0,
  spotNoticeMs: 5 * 60_000,
  minimumAutoReleaseMs: 30 * 60_000,
  maxPageSize: 100,
  tagFilterLimit: 1_000,
  vcpuLimit: null,
  spotVcpuLimit: null,
  balance: '100000.00',
  billLagMs: 0,
  billDiscountPercent: 0,
  billCouponPercent: 0,
  billVoucherPercent: 0,
  maxBillRows: 300,
  trailLagMs: 0,
  ratesPerMinute: {},
  stillborn: 0,
  clockOffsetMs: 0,
  brokenRegions: [],
};

/** @throws when there is no such setting or the value is not one. */
export function readSettings(part: unknown): Partial<CloudSettings> {
  const known = settingsSchema.partial().parse(part);
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
