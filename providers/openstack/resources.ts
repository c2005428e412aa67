import { SpringtideError } from '@springtide/kernel';
import type {
  CallOptions,
  Page,
  Relation,
  Resource,
  ResourceFacet,
  ResourceKind,
} from '@springtide/provider-kit';
import type { z } from 'zod';
import type { ListCall } from './openstack-api.js';
import type { Openstack } from './openstack-session.js';
import {
  addressResource,
  diskResource,
  floatingIpSchema,
  groupResource,
  groupSchema,
  hostResource,
  interfaceResource,
  portSchema,
  routerResource,
  routerSchema,
  snapshotResource,
  snapshotSchema,
  volumeSchema,
} from './resource-shapes.js';
import { hypervisorSchema } from './stock.js';

/** How one kind is listed: where, in which shape, and what it is in our words. */
type Listing<T> = Omit<ListCall, 'pageSize'> &
  Readonly<{ schema: z.ZodType<T>; toResource(item: T, region: string): Resource | undefined }>;

const LISTINGS = {
  host: listing(
    'compute',
    '/os-hypervisors/detail',
    'hypervisors',
    'the list of hypervisors',
    hypervisorSchema,
    hostResource,
  ),
  router: listing('network', '/routers', 'routers', 'the list of routers', routerSchema, routerResource),
  address: listing(
    'network',
    '/floatingips',
    'floatingips',
    'the list of addresses',
    floatingIpSchema,
    addressResource,
  ),
  'security-group': listing(
    'network',
    '/security-groups',
    'security_groups',
    'the list of security groups',
    groupSchema,
    groupResource,
  ),
  'network-interface': listing(
    'network',
    '/ports',
    'ports',
    'the list of ports',
    portSchema,
    interfaceResource,
  ),
  disk: listing('volume', '/volumes/detail', 'volumes', 'the list of volumes', volumeSchema, diskResource),
  snapshot: listing(
    'volume',
    '/snapshots/detail',
    'snapshots',
    'the list of snapshots',
    snapshotSchema,
    snapshotResource,
  ),
} as const;

/** Disks and snapshots are cinder's: a cloud without it has none. Hosts need the policies of the README. */
export class OpenstackResources implements ResourceFacet {
  readonly kinds = Object.keys(LISTINGS) as readonly ResourceKind[];
  readonly #openstack: Openstack;

  constructor(openstack: Openstack) {
    this.#openstack = openstack;
  }

  async *listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    options: CallOptions,
  ): AsyncGenerator<Page<Resource>> {
    if (!isListed(scope.kind)) {
      throw new SpringtideError('unsupported', `OpenStack lists no resources of kind ${scope.kind} here`);
    }
    const { api, account } = this.#openstack;
    const at = { region: scope.region, deadline: options.deadline };
    const { schema, toResource, ...call } = LISTINGS[scope.kind];
    if (call.service === 'volume' && !(await api.has(at, 'volume'))) {
      yield { items: [], complete: true };
      return;
    }
    for await (const page of api.pages(at, { ...call, pageSize: account.pageSize }, schema)) {
      const items = page.items.flatMap((item) => toResource(item, scope.region) ?? []);
      yield { items, complete: page.complete };
    }
  }
}

/** Networks and security groups of every machine, as its ports have them. */
export async function machineRelations(
  openstack: Openstack,
  at: Readonly<{ region: string; deadline: string }>,
): Promise<ReadonlyMap<string, readonly Relation[]>> {
  const { schema: _schema, toResource: _toResource, ...call } = LISTINGS['network-interface'];
  const relations = new Map<string, Relation[]>();
  const ports = await openstack.api.all(at, { ...call, pageSize: openstack.account.pageSize }, portSchema);
  for (const port of ports) {
    if (!port.device_owner.startsWith('compute:')) continue;
    const own = relations.get(port.device_id) ?? [];
    own.push({ kind: 'inside', to: 'network', id: port.network_id });
    own.push(
      ...port.security_groups.map((id) => ({ kind: 'guarded-by', to: 'security-group', id }) as const),
    );
    relations.set(port.device_id, own);
  }
  return relations;
}

function isListed(kind: ResourceKind): kind is keyof typeof LISTINGS {
  return kind in LISTINGS;
}

function listing<T extends { id: string }>(
  service: ListCall['service'],
  path: string,
  key: string,
  doing: string,
  schema: z.ZodType<T>,
  toResource: (item: T, region: string) => Resource | undefined,
): Listing<{ id: string }> {
  return { service, path, key, doing, schema, toResource };
}
