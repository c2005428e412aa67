import { z } from 'zod';
import { priceListSchema } from './price-list.js';

/** General-purpose and compute-optimised sizes that a web tier usually runs on. */
const USUAL_MACHINE_TYPES = [
  ...['c6g', 'c6i', 'c7g', 'm6g', 'm6i', 'm7g'].flatMap((family) => [
    `${family}.large`,
    `${family}.xlarge`,
    `${family}.2xlarge`,
    `${family}.4xlarge`,
  ]),
  't3.medium',
  't3.large',
];

const regionSchema = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no AWS region');

const healthCheckSchema = z
  .strictObject({
    path: z.string().startsWith('/').default('/healthz'),
    intervalSeconds: z.int().min(5).max(300).default(5),
    timeoutSeconds: z.int().min(2).max(120).default(2),
    healthyAfter: z.int().min(2).max(10).default(2),
    unhealthyAfter: z.int().min(2).max(10).default(2),
  })
  .prefault({});

/** A listener of an Application Load Balancer: groups are its weighted target groups. */
const listenerRouteSchema = z.strictObject({
  kind: z.literal('listener'),
  region: regionSchema,
  listenerArn: z.string().startsWith('arn:'),
  /** A rule of the listener instead of its default action. */
  ruleArn: z.string().startsWith('arn:').optional(),
  /** Where clients reach it; left out: the load balancer’s own name. */
  entrance: z.url({ protocol: /^https?$/ }).optional(),
  /** Target groups that were there before Springtide, by group. Others are made and deleted as needed. */
  targetGroups: z.record(z.string(), z.string().startsWith('arn:')).default({}),
  healthCheck: healthCheckSchema,
  /** How long a removed member may finish what it has begun. */
  drainSeconds: z.int().min(0).max(3_600).default(60),
});

/** A name in a hosted zone: groups are sets of weighted records, members are entrances of their own. */
const nameRouteSchema = z.strictObject({
  kind: z.literal('name'),
  hostedZoneId: z.string().regex(/^[A-Z0-9]+$/),
  name: z
    .string()
    .regex(/^(?:[a-z0-9_](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'is no host name in lower case'),
  scheme: z.enum(['http', 'https']).default('https'),
  /** A name has no port: all members serve on this one. */
  port: z.int().min(1).max(65_535).default(443),
  /** How long a client may go on using an answer; a shift is not over before. */
  ttlSeconds: z.int().min(1).max(86_400).default(30),
});

/** AWS publishes no hourly chance of interruption: about three in four machines within a month, unless you know better. */
const ASSUMED_INTERRUPTION_PER_HOUR = 0.002;

const spotSchema = z.strictObject({
  /** The most that a spot machine may cost per hour, in USD, by machine type; left out: the on-demand price. */
  maxPricePerHour: z.record(z.string(), z.string().regex(/^\d+(\.\d+)?$/)).default({}),
  interruptionPerHour: z.number().positive().max(1).default(ASSUMED_INTERRUPTION_PER_HOUR),
  /** By machine type, where you know better. */
  interruptionsOf: z.record(z.string(), z.number().positive().max(1)).default({}),
});

const roleSchema = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+/, 'is no role of IAM');

export const settingsSchema = z.strictObject({
  regions: z.array(regionSchema).min(1),
  /** Instead of AWS's own addresses: a private endpoint, or an emulator. Serves EC2 and STS of every region. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  /** The offerings that this account may buy; all others stay unseen. At most 100. */
  machineTypes: z
    .array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/))
    .min(1)
    .max(100)
    .default(USUAL_MACHINE_TYPES),
  /** Subnet id by zone, for launches that name none. */
  subnets: z.record(z.string(), z.string().regex(/^subnet-[0-9a-f]+$/)).default({}),
  /** Whose images are listed: account ids, `self`, `amazon`. */
  imageOwners: z.array(z.string()).min(1).default(['self']),
  /**
   * vCPU limit "Running On-Demand Standard instances" by region; rules over what Service Quotas tells, and stands in for
   * it where the right to ask is missing.
   */
  vcpuLimits: z.record(regionSchema, z.int().min(0)).default({}),
  /** Entrances that Springtide may move, by name. */
  routes: z
    .record(z.string(), z.discriminatedUnion('kind', [listenerRouteSchema, nameRouteSchema]))
    .default({}),
  /** How machines are started: a fleet says why it gave fewer than asked for, and leaves a launch template to sweep. */
  launch: z.enum(['run-instances', 'fleet']).default('run-instances'),
  /** Left out: spot machines are neither offered nor bought. */
  spot: spotSchema.optional(),
  /** The roles under which EKS and the nodes of its clusters work; left out: no clusters are made here. */
  clusters: z.strictObject({ roleArn: roleSchema, nodeRoleArn: roleSchema }).optional(),
  /** `api`: AWS's price list API; or your own prices. Either rules over the list that ships. */
  prices: z.union([z.literal('api'), priceListSchema]).optional(),
});

export const secretSchema = z.strictObject({
  accessKeyId: z.string().min(16).max(128),
  secretAccessKey: z.string().min(1).max(256),
  sessionToken: z.string().min(1).optional(),
});

export const accountSchema = z
  .object({ settings: settingsSchema, secret: secretSchema })
  .transform(({ settings, secret }) => ({ ...settings, credentials: secret }));

export type AwsAccount = z.infer<typeof accountSchema>;
export type ListenerRoute = z.infer<typeof listenerRouteSchema>;
export type NameRoute = z.infer<typeof nameRouteSchema>;

export type AwsService =
  'ec2' | 'sts' | 'cloudtrail' | 'elasticloadbalancing' | 'route53' | 'servicequotas' | 'eks' | 'pricing';

/** The price list API answers in few regions, for all of them. */
export function pricingHome(region: string): string {
  return region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1';
}

/** Always explicit, so that no environment variable of the host can send calls elsewhere. */
export function endpointOf(
  account: Pick<AwsAccount, 'endpoint'>,
  service: AwsService,
  region: string,
): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  if (account.endpoint !== undefined) return account.endpoint;
  if (service === 'pricing') return `https://api.pricing.${pricingHome(region)}.${domain}`;
  // Route 53 is one service for all regions.
  return service === 'route53' ? `https://route53.${domain}` : `https://${service}.${region}.${domain}`;
}

export function endpointsOf(account: AwsAccount): string[] {
  const all = account.regions.flatMap((region) => [
    endpointOf(account, 'ec2', region),
    endpointOf(account, 'sts', region),
    endpointOf(account, 'servicequotas', region),
    endpointOf(account, 'elasticloadbalancing', region),
    endpointOf(account, 'eks', region),
    endpointOf(account, 'cloudtrail', region),
  ]);
  const routes = Object.values(account.routes).map((route) =>
    route.kind === 'listener'
      ? endpointOf(account, 'elasticloadbalancing', route.region)
      : endpointOf(account, 'route53', account.regions[0] ?? ''),
  );
  const prices =
    account.prices === 'api' ? account.regions.map((region) => endpointOf(account, 'pricing', region)) : [];
  return [...new Set([...all, ...routes, ...prices])];
}
