import { isIP } from 'node:net';
import { z } from 'zod';

const groupName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
const entrance = z.url({ protocol: /^https?$/ });

/**
 * A forwarding rule of an application load balancer: its conditions say which requests are the route's, its server
 * groups with their weights are the groups. A listener's default action knows no weights.
 */
const albRouteSchema = z.strictObject({
  kind: z.literal('alb'),
  region: z.string().min(1),
  listenerId: z.string().regex(/^lsn-[a-z0-9]+$/),
  ruleId: z.string().regex(/^rule-[a-z0-9]+$/),
  entrance,
  /** Server group of type IP by group, for groups that exist already. */
  groups: z.record(groupName, z.string().regex(/^sgp-[a-z0-9]+$/)).default({}),
  /** Where server groups are made for groups that are not named above; left out, none are made. */
  vpcId: z
    .string()
    .regex(/^vpc-[a-z0-9]+$/)
    .optional(),
  /** What the load balancer asks the servers of groups that it makes. */
  healthCheckPath: z.string().startsWith('/').default('/'),
  /** Removed members get no new requests for so long before they are taken out. */
  drainWaitMs: z.int().min(0).max(300_000).default(15_000),
});

/**
 * A server group of a classic load balancer, which knows no weights between groups: every server carries a part of its
 * group's share. Its servers are machines of this account, and nobody else puts servers into it.
 */
const slbRouteSchema = z.strictObject({
  kind: z.literal('slb'),
  region: z.string().min(1),
  loadBalancerId: z.string().regex(/^lb-[a-z0-9]+$/),
  serverGroupId: z.string().regex(/^rsp-[a-z0-9]+$/),
  entrance,
  /** Removed members get no new requests for so long before they are taken out. */
  drainWaitMs: z.int().min(0).max(300_000).default(15_000),
});

/** A name with weighted A or AAAA records, which only Springtide writes. */
const dnsRouteSchema = z.strictObject({
  kind: z.literal('dns'),
  domain: z.string().min(1),
  /** The name below the domain; `@` for the domain itself. */
  record: z.string().min(1),
  type: z.enum(['A', 'AAAA']).default('A'),
  entrance,
  ttlSeconds: z.int().min(1).max(86_400).default(600),
  /** Groups whose entrance addresses stand still; members of all others come and go. */
  groups: z
    .record(groupName, z.array(z.string().refine((text) => isIP(text) !== 0, 'is no IP address')).min(1))
    .default({}),
});

export const routeSchema = z.discriminatedUnion('kind', [albRouteSchema, slbRouteSchema, dnsRouteSchema]);

export type AlbRoute = z.infer<typeof albRouteSchema>;
export type SlbRoute = z.infer<typeof slbRouteSchema>;
export type DnsRoute = z.infer<typeof dnsRouteSchema>;
