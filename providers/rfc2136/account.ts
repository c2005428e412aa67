import { isIP } from 'node:net';
import { z } from 'zod';

const host = z
  .string()
  .toLowerCase()
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/, 'is no domain name');

const routeSchema = z
  .strictObject({
    zone: host,
    /** The name that clients ask for. */
    name: host,
    /** A name has no port: every member serves on this one. */
    port: z.int().min(1).max(65_535),
    scheme: z.enum(['http', 'https']).default('https'),
    /** How long resolvers keep an answer; a step of a shift is not through before. */
    ttlSeconds: z.int().min(1).max(86_400).default(30),
  })
  .refine(({ zone, name }) => name === zone || name.endsWith(`.${zone}`), 'the name is not in the zone');

export const settingsSchema = z.strictObject({
  /** The zone's primary: `address:port`, the address in brackets where it is IPv6. TCP must be open. */
  server: z.string().refine((text) => parseServer(text) !== undefined, 'is no address:port'),
  routes: z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/), routeSchema),
  /** How long a change of members waits, at most, for resolvers to forget those that were removed. */
  drainWaitMs: z.int().min(0).max(600_000).default(5_000),
});

export const secretSchema = z.strictObject({
  keyName: host.or(z.string().regex(/^[a-z0-9-]{1,63}$/)),
  /** HMAC-SHA256 key, in base64. */
  key: z.base64().min(16).max(1_024),
});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, ...secret }));

export type Rfc2136Account = z.infer<typeof accountSchema>;
export type Rfc2136Route = z.infer<typeof routeSchema>;

export function parseServer(text: string): Readonly<{ host: string; port: number }> | undefined {
  const [, six, four, port] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  const number = Number(port);
  return isIP(address) !== 0 && number >= 1 && number <= 65_535 ? { host: address, port: number } : undefined;
}
