import { z } from 'zod';

const routeSchema = z.strictObject({
  /** HAProxy backend that carries this route, and nothing else. */
  backend: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is no HAProxy backend name'),
  /** `http://host:port` under which clients reach the route. */
  entrance: z.url({ protocol: /^https?$/ }),
  /** Path of this route's three map files without their endings, as HAProxy's configuration names them. */
  matchMaps: z
    .string()
    .regex(/^\/[A-Za-z0-9_./-]{1,200}$/, 'is no absolute path')
    .optional(),
});

export const settingsSchema = z.strictObject({
  /** Where `stats socket ipv4@host:port level admin` listens. */
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema),
  /** Interval of HAProxy's own health checks of each member. */
  checkIntervalMs: z.int().min(100).max(60_000).default(500),
  /** Passed checks until a member counts as healthy, failed ones until it does not. */
  checkRise: z.int().min(1).max(10).default(1),
  checkFall: z.int().min(1).max(10).default(2),
  /** How long a change of members waits for the last requests of those that were removed. */
  drainWaitMs: z.int().min(0).max(600_000).default(5_000),
});

/** The runtime API has no login: who reaches the port, commands the proxy. */
export const secretSchema = z.strictObject({});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema.default({}) })
  .transform(({ settings }) => settings);

export type HaproxyAccount = z.infer<typeof settingsSchema>;
export type HaproxyRoute = z.infer<typeof routeSchema>;
