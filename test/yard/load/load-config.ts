import { z } from 'zod';

const pointSchema = z.strictObject({
  /** From the start of the run. */
  atMs: z.number().min(0),
  /** Requests per second at that moment; linear between two points, constant after the last. */
  rps: z.number().min(0),
});

const targetSchema = z.strictObject({
  name: z.string().min(1),
  /** Entrance, `http://host:port`. */
  url: z.url({ protocol: /^http$/ }),
  path: z.string().startsWith('/').default('/'),
  schedule: z
    .array(pointSchema)
    .min(1)
    .refine((points) => points.every(({ atMs }, at) => at === 0 || atMs > (points[at - 1]?.atMs ?? 0)), {
      message: 'points must be in the order of their time',
    }),
  /** Targets with one seed and one schedule get the same arrivals at the same moments. Default: the run's seed. */
  seed: z.int().optional(),
});

const phaseSchema = z
  .strictObject({ name: z.string().min(1), fromMs: z.number().min(0), toMs: z.number().positive() })
  .refine(({ fromMs, toMs }) => toMs > fromMs, { message: 'a phase ends after it began' });

export const loadConfigSchema = z.strictObject({
  targets: z.array(targetSchema).min(1),
  /** In order and without overlap; the run ends with the last one. */
  phases: z.array(phaseSchema).min(1),
  seed: z.int().default(1),
  arrivals: z.enum(['poisson', 'uniform']).default('poisson'),
  /** From the intended send time to the whole answer. */
  timeoutMs: z.int().min(10).max(60_000).default(2_000),
  /** Instant of 0 ms, so that several programs share one time line; left out: as soon as the generator is ready. */
  startAt: z.iso.datetime().optional(),
  /** Asked for before the start, so that connections and code are warm; costs a machine nothing. Not counted. */
  warmUpPath: z.string().startsWith('/').default('/healthz'),
  /** Beyond these the generator did not send the load it claims, and the phase is not measured. */
  lagLimitMs: z.number().positive().default(50),
  sentRatioLimit: z.number().min(0).max(1).default(0.995),
});

export type LoadConfig = z.infer<typeof loadConfigSchema>;
export type LoadTarget = LoadConfig['targets'][number];
export type LoadPhase = LoadConfig['phases'][number];
export type RatePoint = LoadTarget['schedule'][number];
