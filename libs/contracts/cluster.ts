import { z } from 'zod';
import { Id, InstantText, MoneyBody } from './scalars.js';

const Name = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes');
const Labels = z.record(z.string().min(1).max(255), z.string().max(255));
const Port = z.number().int().min(1).max(65535);

export const ClusterInput = z
  .object({
    name: z.string().trim().min(1).max(120),
    /** YAML with everything embedded: no command, no file, no proxy. Encrypted at once and never read back. */
    kubeconfig: z.string().min(1).max(262_144),
    context: z.string().min(1).max(253).optional(),
    region: z.string().min(1).max(60).optional(),
  })
  .meta({ id: 'ClusterInput' });
export type ClusterInput = z.infer<typeof ClusterInput>;

/** A cluster is an account: its credential, health and rights are shown there under the same id. */
export const ClusterBody = z
  .object({
    id: Id,
    name: z.string(),
    status: z.string(),
    region: z.string().nullable(),
    version: z.string().nullable(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'Cluster' });
export type ClusterBody = z.infer<typeof ClusterBody>;

export const NodeBody = z
  .object({
    name: z.string(),
    ready: z.boolean(),
    schedulable: z.boolean(),
    cpuMillis: z.number(),
    memoryMiB: z.number(),
    podLimit: z.number(),
    zone: z.string().nullable(),
    machineType: z.string().nullable(),
    version: z.string(),
    addresses: z.array(z.string()),
  })
  .meta({ id: 'Node' });
export type NodeBody = z.infer<typeof NodeBody>;

const NetworkPeer = z.union([
  z.strictObject({ cidr: z.string(), ports: z.array(Port).optional() }),
  z.strictObject({ namespaceLabels: Labels, ports: z.array(Port).optional() }),
  z.strictObject({ workload: Name, ports: z.array(Port).optional() }),
]);

const Scheduling = z.strictObject({
  nodeLabels: Labels.optional(),
  spread: z
    .array(z.strictObject({ over: z.string().min(1), maxSkew: z.number().int().min(1), strict: z.boolean() }))
    .optional(),
  apart: z.enum(['strict', 'preferred']).optional(),
  tolerates: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        value: z.string().optional(),
        effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
      }),
    )
    .optional(),
  priorityClass: z.string().min(1).optional(),
});

const Volume = z.strictObject({
  name: Name,
  mountPath: z.string().startsWith('/'),
  sizeGib: z.number().int().min(1).max(65_536),
  storageClass: z.string().min(1).optional(),
  access: z.enum(['single-node', 'shared']),
});

/** What should run; sizes are per member. */
export const WorkloadSpecBody = z
  .strictObject({
    namespace: Name,
    name: Name,
    kind: z.enum(['stateless', 'stateful']).default('stateless'),
    image: z.string().trim().min(1).max(1_000),
    command: z.array(z.string()).optional(),
    environment: z.record(z.string().min(1), z.string()).optional(),
    replicas: z.number().int().min(0).max(100_000),
    cpuMillis: z.number().int().min(1),
    memoryMiB: z.number().int().min(1),
    ports: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(15),
          port: Port,
          protocol: z.enum(['TCP', 'UDP']).optional(),
        }),
      )
      .default([]),
    ready: z.strictObject({ path: z.string().startsWith('/'), port: Port }).optional(),
    scheduling: Scheduling.optional(),
    minAvailable: z.number().int().min(1).optional(),
    service: z.boolean().optional(),
    volumes: z.array(Volume).max(20).optional(),
    network: z.strictObject({ from: z.array(NetworkPeer), to: z.array(NetworkPeer) }).optional(),
    autoscale: z
      .strictObject({
        minimum: z.number().int().min(1),
        maximum: z.number().int().min(1),
        cpuPercent: z.number().int().min(1).max(1_000),
      })
      .optional(),
    rollout: z
      .strictObject({
        maxSurge: z.number().int().min(0).optional(),
        maxUnavailable: z.number().int().min(0).optional(),
        progressSeconds: z.number().int().min(1).optional(),
        minReadySeconds: z.number().int().min(0).optional(),
      })
      .optional(),
    labels: Labels.default({}),
  })
  .meta({ id: 'WorkloadSpec' });
export type WorkloadSpecBody = z.infer<typeof WorkloadSpecBody>;

export const WorkloadInput = z
  .object({
    clusterId: Id,
    spec: WorkloadSpecBody,
    /** Take over a workload of this name that runs already and is nobody's here. */
    adopt: z.boolean().default(false),
  })
  .meta({ id: 'WorkloadInput' });
export type WorkloadInput = z.infer<typeof WorkloadInput>;

export const WorkloadBody = z
  .object({
    id: Id,
    clusterId: Id,
    spec: WorkloadSpecBody,
    /** Counts what was decided about it. */
    version: z.number().int(),
    removing: z.boolean(),
    /** As the cluster tells it now; null when it is gone or cannot be read. */
    live: z
      .object({
        phase: z.enum(['progressing', 'settled', 'stuck', 'removing']),
        image: z.string(),
        desired: z.number(),
        current: z.number(),
        updated: z.number(),
        ready: z.number(),
        obstacles: z.array(z.object({ code: z.string(), members: z.number(), message: z.string() })),
      })
      .nullable(),
    /** Why `live` is null. */
    problem: z.string().nullable(),
    createdAt: InstantText,
  })
  .meta({ id: 'Workload' });
export type WorkloadBody = z.infer<typeof WorkloadBody>;

export const DrainInput = z
  .object({
    /** Disruption budgets are respected until then. */
    until: InstantText,
    /** What then: delete what would not leave, or leave it there. */
    escalation: z.enum(['force', 'give-up']),
    graceSeconds: z.number().int().min(0).max(3_600).optional(),
  })
  .meta({ id: 'DrainInput' });
export type DrainInput = z.infer<typeof DrainInput>;

export const DrainBody = z
  .object({
    /** `draining`: ask again with the same body. */
    outcome: z.enum(['draining', 'empty', 'gave-up']),
    forced: z.boolean(),
    leaving: z.number(),
    held: z.array(
      z.object({
        namespace: z.string(),
        pod: z.string(),
        why: z.enum(['budget', 'unmanaged', 'refused']),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Drain' });
export type DrainBody = z.infer<typeof DrainBody>;

/** Of one node pool. */
export const NodeCount = z.number().int().min(0).max(5_000);

/** A cluster whose control plane a cloud runs. */
export const ManagedClusterInput = z
  .object({
    accountId: Id,
    region: z.string().min(1).max(60),
    name: z
      .string()
      .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes'),
    /** Of Kubernetes, as `1.36`; the cloud's default when left out. */
    version: z
      .string()
      .regex(/^1\.\d{1,3}$/)
      .optional(),
    network: z.string().min(1).max(120),
    subnets: z.array(z.string().min(1).max(120)).max(20).default([]),
    securityGroups: z.array(z.string().min(1).max(120)).max(20).default([]),
    nodePools: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(40),
          machineType: z.string().min(1).max(120),
          nodes: NodeCount,
          image: z.string().min(1).max(120).optional(),
        }),
      )
      .min(1)
      .max(20),
    labels: Labels.default({}),
  })
  .meta({ id: 'ManagedClusterInput' });
export type ManagedClusterInput = z.infer<typeof ManagedClusterInput>;

export const NodePoolBody = z
  .object({
    /** The cloud's own id. */
    id: z.string(),
    name: z.string(),
    machineType: z.string(),
    desired: z.number(),
    ready: z.number(),
    /** Most nodes it can have; null where the cloud names no such bound. */
    maximum: z.number().nullable(),
    /** Counts what was decided here about its size. */
    version: z.number().int(),
  })
  .meta({ id: 'NodePool' });
export type NodePoolBody = z.infer<typeof NodePoolBody>;

export const ManagedClusterBody = z
  .object({
    /** The cloud's own id. */
    id: z.string(),
    accountId: Id,
    name: z.string(),
    region: z.string(),
    state: z.enum(['creating', 'running', 'updating', 'deleting', 'failed', 'unknown']),
    version: z.string(),
    endpoint: z.string().nullable(),
    nodePools: z.array(NodePoolBody),
    /** Whether this installation made it; only then it can be scaled or removed here. */
    owned: z.boolean(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'ManagedCluster' });
export type ManagedClusterBody = z.infer<typeof ManagedClusterBody>;

export const ManagedClusterPlace = z.object({
  accountId: Id,
  region: z.string().min(1).max(60),
  id: z.string().min(1).max(255),
});
export type ManagedClusterPlace = z.infer<typeof ManagedClusterPlace>;

/** `pool` by its name, or by the cloud's own id. */
export const NodePoolPlace = ManagedClusterPlace.extend({ pool: z.string().min(1).max(255) });
export type NodePoolPlace = z.infer<typeof NodePoolPlace>;

const Token = z.string().min(1).max(120);

/** Machines of a cloud that become a cluster by their user data: one for the control plane, the others for members. */
export const BuiltClusterSpec = z.object({
  region: Token,
  zone: Token,
  machineType: Token,
  purchaseOption: z.enum(['on-demand', 'spot', 'private']).default('on-demand'),
  /** With container runtime, kubeadm, kubelet and kubectl of that version in it. */
  image: z.string().min(1).max(300),
  subnet: Token.optional(),
  securityGroups: z.array(Token).max(20).default([]),
  /** Machines for members, beside the one of the control plane. */
  nodes: z.number().int().min(1).max(500),
  /** Of Kubernetes, as `1.36.3`. */
  version: z.string().regex(/^1\.\d{1,3}\.\d{1,3}$/),
  /** `host:port` that leads to the control plane; its machine's own address at port 6443 when left out. */
  endpoint: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}:\d{1,5}$/)
    .optional(),
  podCidr: z.string().max(43).default('10.244.0.0/16'),
  serviceCidr: z.string().max(43).default('10.96.0.0/12'),
  /**
   * Manifests of what connects pods, in YAML: no node is ready without. When left out, those that lie in the image under
   * `/etc/springtide/pod-network.yaml`.
   */
  podNetwork: z.string().min(1).max(10_000).optional(),
  /** Labels of the nodes. */
  labels: Labels.default({}),
});
export type BuiltClusterSpec = z.infer<typeof BuiltClusterSpec>;

export const BuiltClusterInput = BuiltClusterSpec.extend({
  accountId: Id,
  name: z.string().regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes'),
  /** What all its machines may cost until then; more is refused before it is bought. */
  budget: MoneyBody,
  /** Then its machines are taken back, whoever is alive. */
  until: InstantText,
  /** Minutes until all nodes must be ready; otherwise everything is taken back. */
  readyWithinMinutes: z.number().int().min(1).max(240).default(30),
}).meta({ id: 'BuiltClusterInput' });
export type BuiltClusterInput = z.infer<typeof BuiltClusterInput>;

export const BuiltClusterBody = z
  .object({
    id: Id,
    accountId: Id,
    name: z.string(),
    region: z.string(),
    zone: z.string(),
    state: z.enum(['building', 'ready', 'releasing', 'gone']),
    /** What it waits for, or is. */
    step: z.string(),
    problem: z.string().nullable(),
    nodes: z.object({ wanted: z.number(), machines: z.number(), ready: z.number() }),
    /** Under which it is registered, once its control plane answers. */
    clusterId: Id.nullable(),
    readyBy: InstantText,
    until: InstantText,
  })
  .meta({ id: 'BuiltCluster' });
export type BuiltClusterBody = z.infer<typeof BuiltClusterBody>;
