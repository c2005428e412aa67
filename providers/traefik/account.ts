import { z } from 'zod';

const routeSchema = z.strictObject({
  /** Traefik entry point that belongs to this route alone. */
  entryPoint: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is no Traefik entry point name'),
  /** `http://host:port` under which clients reach the route. */
  entrance: z.url({ protocol: /^https?$/ }),
});

export const settingsSchema = z.strictObject({
  /** Where Traefik's API answers, without `/api`; metrics are read from `/metrics` there. */
  apiUrl: z.url({ protocol: /^https?$/ }),
  /** Folder that Traefik's file provider watches and that Springtide owns: one file per route. */
  folder: z.string().startsWith('/', 'must be an absolute path'),
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema),
  /** Entry point that clients do not reach: members that take no traffic yet are checked there. */
  parkingEntryPoint: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .default('traefik'),
  checkPath: z.string().startsWith('/').default('/healthz'),
  /** Interval of Traefik's own health checks of each member. */
  checkIntervalMs: z.int().min(100).max(60_000).default(500),
  /** How soon Traefik applies a changed file; its `providersThrottleDuration`, and a little more. */
  reloadWithinMs: z.int().min(50).max(60_000).default(2_500),
  /** How long a change of members waits for new members of a group that carries traffic to become healthy. */
  joinWaitMs: z.int().min(0).max(600_000).default(5_000),
  /** How long a change of members waits for the last requests of those that were removed. */
  drainWaitMs: z.int().min(0).max(600_000).default(2_000),
});

/** The API is reached without a login; keep its entry point on a management network. */
export const secretSchema = z.strictObject({});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema.default({}) })
  .transform(({ settings }) => settings);

export type TraefikAccount = z.infer<typeof settingsSchema>;
export type TraefikRoute = z.infer<typeof routeSchema>;
