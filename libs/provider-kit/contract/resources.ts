import type { Instant } from '@springtide/kernel';
import type { CallOptions, Page } from './compute.js';
import type { MachineId, Ownership } from './machine.js';

/** What an inventory knows besides machines, networks and images, in the words of no vendor. */
export const RESOURCE_KINDS = [
  'host',
  'disk',
  'snapshot',
  'address',
  'network-interface',
  'router',
  'security-group',
  'load-balancer',
  'cluster',
  'node',
  'workload',
  'volume',
] as const;

export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Anything a relation can point to. */
export type RelationTarget = ResourceKind | 'machine' | 'network' | 'image';

/**
 * How resources hang together, told by the one that depends: a machine `runs-on` a host, a disk is `attached-to` a
 * machine, a node is `part-of` a cluster and `runs-on` a machine, a load balancer `sends-to` a machine, anything is
 * `inside` a network and `guarded-by` a security group, a machine was `made-from` an image.
 */
export type RelationKind =
  'runs-on' | 'attached-to' | 'part-of' | 'sends-to' | 'inside' | 'guarded-by' | 'made-from';

export type Relation = Readonly<{ kind: RelationKind; to: RelationTarget; id: string }>;

export type Resource = Readonly<{
  kind: ResourceKind;
  /** The cloud's id, unique within account, region and kind. */
  id: string;
  name: string;
  region: string;
  zone?: string;
  /** The cloud's own word for its state, in lower case; absent where it has none. */
  state?: string;
  /** Short facts worth showing: sizes with their unit in the key (`sizeGib`), addresses, versions. No secret, ever. */
  facts: Readonly<Record<string, string | number | boolean>>;
  labels: Readonly<Record<string, string>>;
  relations: readonly Relation[];
  createdAt?: Instant;
  /** Absent for what Springtide did not make. */
  ownership?: Ownership;
}>;

/** Reading only: what is listed here is changed through compute, traffic, clusters or workloads. */
export interface ResourceFacet {
  /** The kinds that this cloud can list at all; the others are unknown here, not absent. */
  readonly kinds: readonly ResourceKind[];
  /** @throws unsupported for a kind that is not among `kinds`. */
  listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    options: CallOptions,
  ): AsyncIterable<Page<Resource>>;
}

/** What happened to machines since a cursor. An id in `gone` was taken away by the cloud's own word. */
export type MachineChanges<T> = Readonly<{
  changed: readonly T[];
  gone: readonly MachineId[];
  /** Where to go on. Opaque, valid for one session of one account. */
  cursor: string;
  /** True when this answer holds everything, as the first one does: what is not in it is not there. */
  whole: boolean;
}>;
