import { isIP } from 'node:net';
import { z } from 'zod';

const host = z
  .string()
  .toLowerCase()
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/, 'is no domain name');

const routeSchema = z
  .strictObject({
    /** Zone that holds the name; PowerDNS must be its primary. */
    zone: host,
    /** The name that clients ask for. */
    name: host,
    /** A name has no port: every member serves on this one, and PowerDNS checks it there. */
    port: z.int().min(1).max(65_535),
    scheme: z.enum(['http', 'https']).default('https'),
    /** How long resolvers keep an answer; a step of a shift is not through before. */
    ttlSeconds: z.int().min(1).max(86_400).default(30),
  })
  .refine(({ zone, name }) => name === zone || name.endsWith(`.${zone}`), 'the name is not in the zone');

/** `address:port`, the address in brackets where it is IPv6. */
const nameServer = z.string().refine((text) => {
  const [, six, four, port] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return isIP(six ?? four ?? '') !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
}, 'is no address:port');

export const settingsSchema = z.strictObject({
  /** Where PowerDNS's API answers, without `/api`. */
  url: z.url({ protocol: /^https?$/ }),
  server: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .default('localhost'),
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema),
  /** Where the same PowerDNS answers queries: whom it finds healthy is asked there. Absent: everybody counts as healthy. */
  nameServer: nameServer.optional(),
  /** How long a change of members waits for new members of a group that carries traffic to become healthy. */
  joinWaitMs: z.int().min(0).max(600_000).default(5_000),
  /** How long a change of members waits, at most, for resolvers to forget those that were removed. */
  drainWaitMs: z.int().min(0).max(600_000).default(5_000),
});

export const secretSchema = z.strictObject({ apiKey: z.string().regex(/^[\x21-\x7e]{1,512}$/) });

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, ...secret }));

export type PowerdnsAccount = z.infer<typeof accountSchema>;
export type PowerdnsRoute = z.infer<typeof routeSchema>;
