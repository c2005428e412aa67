import { z } from 'zod';

/** The products that a session talks to, each with an address of its own. */
export const PRODUCTS = [
  'cvm',
  'cbs',
  'vpc',
  'clb',
  'dnspod',
  'tke',
  'billing',
  'sts',
  'cloudaudit',
] as const;

export type Product = (typeof PRODUCTS)[number];

const regionSchema = z.string().regex(/^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$/, 'is no Tencent Cloud region');
const endpointSchema = z.url({ protocol: /^https?$/ });
const routeName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);

/** Targets of one listener (TCP, UDP) or of one of its forwarding rules (HTTP, HTTPS). */
const balancedRouteSchema = z.strictObject({
  kind: z.literal('load-balancer'),
  region: regionSchema,
  loadBalancer: z.string().regex(/^lb-[a-z0-9]+$/),
  listener: z.string().regex(/^lbl-[a-z0-9]+$/),
  /** The forwarding rule; left out for a listener that has none. */
  rule: z
    .string()
    .regex(/^loc-[a-z0-9]+$/)
    .optional(),
  /** `http://host:port` under which clients reach the route. */
  entrance: endpointSchema,
  /** How long removed members get no new connection before they are taken out. */
  drainMs: z.int().min(0).max(600_000).default(5_000),
});

/** Records of one name, type and line, weighted. A member is the address of an entrance. */
const namedRouteSchema = z.strictObject({
  kind: z.literal('name'),
  domain: z.string().min(3),
  subDomain: z.string().min(1).default('@'),
  recordType: z.enum(['A', 'AAAA']).default('A'),
  line: z.string().min(1).default('默认'),
  /** Seconds; the free plan allows no less than 600. Resolvers keep an old answer for so long: a shift shows after it. */
  ttl: z.int().min(1).max(86_400).default(600),
  entrance: endpointSchema,
});

export const settingsSchema = z.strictObject({
  regions: z.array(regionSchema).min(1),
  /** Under which the products are found, as `cvm.tencentcloudapi.com`. */
  domain: z.string().min(1).default('tencentcloudapi.com'),
  /** Addresses of single products instead: a private endpoint, or a simulator. */
  endpoints: z.partialRecord(z.enum(PRODUCTS), endpointSchema).default({}),
  /** PEM of the authority that signs private endpoints, trusted instead of the system's. */
  ca: z.string().includes('BEGIN CERTIFICATE').optional(),
  /** In which the cloud words its error messages. */
  language: z.enum(['zh-CN', 'en-US']).default('en-US'),
  /** In which the cloud prices its machines: CNY on the mainland site, USD on the international one. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('CNY'),
  /** The offerings that may be bought; left out: all. */
  machineTypes: z
    .array(z.string().regex(/^[A-Za-z0-9]+\.[A-Za-z0-9]+$/))
    .min(1)
    .max(100)
    .optional(),
  /** Subnet id by zone, for launches that name none. */
  subnets: z.record(z.string(), z.string().regex(/^subnet-[a-z0-9]+$/)).default({}),
  imageTypes: z
    .array(z.enum(['PRIVATE_IMAGE', 'PUBLIC_IMAGE', 'SHARED_IMAGE']))
    .min(1)
    .default(['PRIVATE_IMAGE', 'SHARED_IMAGE']),
  systemDisk: z.strictObject({ type: z.string().min(1), sizeGib: z.int().min(20).max(2_048) }).optional(),
  /** Tencent must have enabled partial delivery for this account; without it a batch is all or nothing. */
  partialLaunch: z.boolean().default(false),
  /** vCPU that machines by the hour may have, by region: Tencent itself limits them in machines per zone. */
  vcpuLimits: z.record(regionSchema, z.int().min(0)).default({}),
  /** Interruptions of a spot machine per hour, for planning: Tencent publishes none. */
  spotInterruptionPerHour: z.number().min(0).max(1).default(0.05),
  /** How clusters are reached: over the internet, or inside the network. */
  clusterAccess: z.enum(['extranet', 'intranet']).default('intranet'),
  /** Pods and services of new clusters; must not overlap with the network. */
  clusterCidr: z.string().default('172.16.0.0/16'),
  routes: z
    .record(routeName, z.discriminatedUnion('kind', [balancedRouteSchema, namedRouteSchema]))
    .default({}),
});

export const secretSchema = z.strictObject({
  secretId: z.string().min(8).max(256),
  secretKey: z.string().min(8).max(256),
  /** Of temporary credentials. */
  token: z.string().min(1).max(4_096).optional(),
});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, credential: secret }));

export type TencentAccount = z.infer<typeof accountSchema>;
export type BalancedRoute = z.infer<typeof balancedRouteSchema>;
export type NamedRoute = z.infer<typeof namedRouteSchema>;

/** Always explicit, so that no environment variable of the host can send calls elsewhere. */
export function endpointOf(account: Pick<TencentAccount, 'endpoints' | 'domain'>, product: Product): string {
  return account.endpoints[product] ?? `https://${product}.${account.domain}`;
}

/** What an account cannot work without. Bills and the trail are read later: their address is judged by the gate at the call. */
export function endpointsOf(account: TencentAccount): string[] {
  const needed = PRODUCTS.filter((product) => product !== 'billing' && product !== 'cloudaudit');
  return [...new Set(needed.map((product) => endpointOf(account, product)))];
}
