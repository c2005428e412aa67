import { isIP } from 'node:net';
import { z } from 'zod';

const groupName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
const entrance = z.url({ protocol: /^https?$/ });

/** A listener of an application load balancer; its groups are server groups of type IP. */
const albRouteSchema = z.strictObject({
  kind: z.literal('alb'),
  region: z.string().min(1),
  listenerId: z.string().regex(/^lsn-[a-z0-9]+$/),
  entrance,
  /** Server group id by group; at most five, which is what a listener can forward to. */
  groups: z
    .record(groupName, z.string().regex(/^sgp-[a-z0-9]+$/))
    .refine((groups) => Object.keys(groups).length >= 1 && Object.keys(groups).length <= 5, {
      message: 'a listener forwards to one to five server groups',
    }),
  /** Removed members get no new requests for so long before they are taken out. */
  drainWaitMs: z.int().min(0).max(300_000).default(15_000),
});

/** A name with weighted A or AAAA records; its groups are entrance addresses. */
const dnsRouteSchema = z.strictObject({
  kind: z.literal('dns'),
  domain: z.string().min(1),
  /** The name below the domain; `@` for the domain itself. */
  record: z.string().min(1),
  type: z.enum(['A', 'AAAA']).default('A'),
  entrance,
  ttlSeconds: z.int().min(1).max(86_400).default(600),
  /** Entrance addresses by group. */
  groups: z.record(
    groupName,
    z.array(z.string().refine((text) => isIP(text) !== 0, 'is no IP address')).min(1),
  ),
});

export const routeSchema = z.discriminatedUnion('kind', [albRouteSchema, dnsRouteSchema]);

export type AlbRoute = z.infer<typeof albRouteSchema>;
export type DnsRoute = z.infer<typeof dnsRouteSchema>;
