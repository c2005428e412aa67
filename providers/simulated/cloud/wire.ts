import { z } from 'zod';
import { chargeAnswers, chargeRequests } from './wire-charges.js';
import { clusterAnswers, clusterRequests } from './wire-clusters.js';
import { resourceAnswers, resourceRequests } from './wire-resources.js';

export type { WireCharge } from './wire-charges.js';
export type { WireCluster } from './wire-clusters.js';
export type { WireResource, WireResourceKind } from './wire-resources.js';

/** The protocol of the simulated cloud: one JSON object per call and answer. Tags are the vendor's word for labels. */
const instant = z.iso.datetime();
const tags = z.record(z.string(), z.string());
const region = z.string();
const cursor = z.string().optional();
const ids = z.array(z.string()).max(100);

export const requestSchemas = {
  Login: z.strictObject({ accessKey: z.string(), secretKey: z.string() }),
  WhoAmI: z.strictObject({}),
  RunMachines: z.strictObject({
    clientToken: z.string().min(1).max(64),
    region,
    zone: z.string(),
    type: z.string(),
    market: z.string(),
    count: z.int().min(1).max(100),
    minimum: z.int().min(1),
    namePrefix: z.string().min(1).max(60),
    image: z.string(),
    network: z.string().optional(),
    securityGroups: z.array(z.string()),
    userData: z.string().max(32_768).optional(),
    tags,
    releaseAt: instant.optional(),
  }),
  DescribeMachines: z.strictObject({ region, ids }),
  ListMachines: z.strictObject({ region, tags, cursor }),
  TerminateMachines: z.strictObject({ region, ids }),
  SetReleaseTime: z.strictObject({ region, ids, at: instant.nullable() }),
  ListOfferings: z.strictObject({ region, cursor }),
  ListQuotas: z.strictObject({ region }),
  ListSatellites: z.strictObject({ region, machineIds: z.array(z.string()), tags }),
  ReleaseSatellite: z.strictObject({ region, id: z.string() }),
  ListNetworks: z.strictObject({ region }),
  ListImages: z.strictObject({ region }),
  ListChanges: z.strictObject({ region, cursor }),
  ...chargeRequests,
  ...resourceRequests,
  ...clusterRequests,
} as const;

export type Operation = keyof typeof requestSchemas;
export type RequestOf<K extends Operation> = z.output<(typeof requestSchemas)[K]>;

const machine = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(['booting', 'up', 'ending', 'error']),
  region,
  zone: z.string(),
  type: z.string(),
  market: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  addresses: z.array(z.string()),
  image: z.string(),
  network: z.string().optional(),
  /** The hypervisor that carries it, in a private cloud. */
  host: z.string().optional(),
  createdAt: instant,
  tags,
  reason: z.string().optional(),
  notice: z.string().optional(),
});

const offering = z.strictObject({
  zone: z.string(),
  type: z.string(),
  family: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  market: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  vcpu: z.int(),
  memoryMiB: z.int(),
  price: z.strictObject({ currency: z.string(), amount: z.string() }).optional(),
  minimumBillingSeconds: z.int(),
  free: z.int(),
  total: z.int(),
  quotaGroup: z.string().optional(),
  interruptionPerHour: z.number(),
});

const satellite = z.strictObject({
  id: z.string(),
  kind: z.enum(['disk', 'address']),
  machineId: z.string(),
  tags,
});

export const answerSchemas = {
  Login: z.strictObject({ session: z.string() }),
  WhoAmI: z.strictObject({
    identity: z.string(),
    product: z.string(),
    kind: z.enum(['public-cloud', 'private-cloud']),
    regions: z.array(z.string()),
    permissions: z.array(z.string()),
    time: instant,
  }),
  RunMachines: z.strictObject({
    items: z.array(
      z.union([
        z.strictObject({ id: z.string() }),
        z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) }),
      ]),
    ),
  }),
  /** Ids that the cloud does not know are left out. */
  DescribeMachines: z.strictObject({ machines: z.array(machine) }),
  /** `remaining`: how many more there are after this page; more than none without a cursor means cut short. */
  ListMachines: z.strictObject({
    machines: z.array(machine),
    next: z.string().optional(),
    remaining: z.int(),
  }),
  TerminateMachines: z.strictObject({ outcomes: z.record(z.string(), z.enum(['ending', 'gone'])) }),
  SetReleaseTime: z.strictObject({}),
  ListOfferings: z.strictObject({ offerings: z.array(offering), next: z.string().optional() }),
  ListQuotas: z.strictObject({
    quotas: z.array(z.strictObject({ group: z.string(), limitVcpu: z.int(), usedVcpu: z.int() })),
  }),
  ListSatellites: z.strictObject({ satellites: z.array(satellite) }),
  ReleaseSatellite: z.strictObject({ outcome: z.enum(['releasing', 'gone']) }),
  ListNetworks: z.strictObject({
    networks: z.array(
      z.strictObject({
        id: z.string(),
        cidr: z.string(),
        zone: z.string().optional(),
        freeAddresses: z.int(),
      }),
    ),
  }),
  ListImages: z.strictObject({
    images: z.array(z.strictObject({ id: z.string(), name: z.string(), arch: z.enum(['amd64', 'arm64']) })),
  }),
  /** Machines as they are now whose status is another than under the cursor; `whole`: all there are. */
  ListChanges: z.strictObject({
    machines: z.array(machine),
    gone: z.array(z.string()),
    cursor: z.string(),
    whole: z.boolean(),
  }),
  ...chargeAnswers,
  ...resourceAnswers,
  ...clusterAnswers,
} as const satisfies Record<Operation, z.ZodType>;

export type AnswerOf<K extends Operation> = z.output<(typeof answerSchemas)[K]>;
export type WireMachine = z.output<typeof machine>;
export type WireOffering = z.output<typeof offering>;

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), retryAfterMs: z.number().optional() }),
});

/** How the answer travels: `lost` after the work was done, or late. */
export type Delivery = Readonly<{ lost: boolean; delayMs: number }>;
export type CloudCall = Readonly<{ operation: string; session: string | undefined; body: unknown }>;
export type CloudReply = Readonly<{ status: number; body: unknown; delivery: Delivery }>;

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(requestSchemas, name);
}
