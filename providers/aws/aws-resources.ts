import { SpringtideError } from '@springtide/kernel';
import type {
  CallOptions,
  ClusterFacet,
  Page,
  Resource,
  ResourceFacet,
  ResourceKind,
} from '@springtide/provider-kit';
import type { AwsApi, AwsScope } from './aws-api.js';
import type { ResourceApi } from './resource-api.js';
import { placeOf, relation, toResource } from './resource-mapping.js';

type Lister = (at: AwsScope) => AsyncIterable<Page<Resource>>;
type Raw = Readonly<{ items: readonly Resource[]; next: string | undefined }>;
type Read = (next: Readonly<{ NextToken?: string }>) => Promise<Raw>;

/** The most that EC2 puts on a page. Without it, it puts all of a list into one answer, and throttles that sooner. */
const PAGE = { MaxResults: 1_000 } as const;

/** Everything beside machines, subnets and images. Route tables and gateways are what a VPC routes by. */
export class AwsResources implements ResourceFacet {
  readonly #listers: Readonly<Partial<Record<ResourceKind, Lister>>>;

  constructor(ec2: AwsApi, more: ResourceApi, clusters: ClusterFacet) {
    this.#listers = {
      disk: (at) => inPages(at, [(next) => disks(ec2, at, next)]),
      snapshot: (at) => inPages(at, [(next) => snapshots(more, at, next)]),
      address: (at) => inPages(at, [() => addresses(ec2, at)]),
      'network-interface': (at) => inPages(at, [(next) => interfaces(ec2, at, next)]),
      'security-group': (at) => inPages(at, [(next) => groups(more, at, next)]),
      router: (at) =>
        inPages(at, [
          (next) => routeTables(more, at, next),
          (next) => natGateways(more, at, next),
          (next) => internetGateways(more, at, next),
        ]),
      'load-balancer': (at) => inPages(at, [({ NextToken }) => loadBalancers(more, at, NextToken)]),
      cluster: (at) => clusterResources(clusters, at),
    };
  }

  get kinds(): readonly ResourceKind[] {
    return Object.keys(this.#listers) as ResourceKind[];
  }

  async *listResources(
    scope: Readonly<{ region: string; kind: ResourceKind }>,
    options: CallOptions,
  ): AsyncGenerator<Page<Resource>> {
    const lister = this.#listers[scope.kind];
    if (lister === undefined) {
      throw new SpringtideError('unsupported', `AWS has no listing of kind ${scope.kind} here`);
    }
    yield* lister({ region: scope.region, ...options });
  }
}

/** One listing after the other; complete once the last page of the last one is there. */
async function* inPages(at: AwsScope, listings: readonly Read[]): AsyncGenerator<Page<Resource>> {
  for (const [n, read] of listings.entries()) {
    if (n > 0) await at.more?.();
    let next: string | undefined;
    do {
      const page = await read(next === undefined ? {} : { NextToken: next });
      next = page.next === '' ? undefined : page.next;
      yield { items: page.items, complete: next === undefined && n === listings.length - 1 };
    } while (next !== undefined);
  }
}

async function disks(ec2: AwsApi, at: AwsScope, page: Readonly<{ NextToken?: string }>): Promise<Raw> {
  const { Volumes = [], NextToken } = await ec2.describeVolumes(at, { ...PAGE, ...page });
  const items = Volumes.map((volume) =>
    toResource({
      kind: 'disk',
      id: volume.VolumeId,
      region: at.region,
      zone: volume.AvailabilityZone,
      state: volume.State,
      tags: volume.Tags,
      facts: { sizeGib: volume.Size, type: volume.VolumeType, encrypted: volume.Encrypted },
      relations: (volume.Attachments ?? []).map(({ InstanceId }) =>
        relation('attached-to', 'machine', InstanceId),
      ),
      createdAt: volume.CreateTime,
    }),
  );
  return { items, next: NextToken };
}

async function snapshots(
  more: ResourceApi,
  at: AwsScope,
  page: Readonly<{ NextToken?: string }>,
): Promise<Raw> {
  const { Snapshots = [], NextToken } = await more.snapshots(at, { ...PAGE, ...page });
  const items = Snapshots.map((snapshot) =>
    toResource({
      kind: 'snapshot',
      id: snapshot.SnapshotId,
      region: at.region,
      state: snapshot.State,
      tags: snapshot.Tags,
      facts: { sizeGib: snapshot.VolumeSize, disk: snapshot.VolumeId, encrypted: snapshot.Encrypted },
      createdAt: snapshot.StartTime,
    }),
  );
  return { items, next: NextToken };
}

async function addresses(ec2: AwsApi, at: AwsScope): Promise<Raw> {
  const { Addresses = [] } = await ec2.describeAddresses(at, {});
  const items = Addresses.map((address) =>
    toResource({
      kind: 'address',
      id: address.AllocationId ?? address.PublicIp,
      region: at.region,
      state: address.AssociationId === undefined ? 'free' : 'associated',
      tags: address.Tags,
      facts: { address: address.PublicIp, privateAddress: address.PrivateIpAddress },
      relations: [
        relation('attached-to', 'machine', address.InstanceId),
        relation('attached-to', 'network-interface', address.NetworkInterfaceId),
      ],
    }),
  );
  return { items, next: undefined };
}

async function interfaces(ec2: AwsApi, at: AwsScope, page: Readonly<{ NextToken?: string }>): Promise<Raw> {
  const { NetworkInterfaces = [], NextToken } = await ec2.describeNetworkInterfaces(at, { ...PAGE, ...page });
  const items = NetworkInterfaces.map((nic) =>
    toResource({
      kind: 'network-interface',
      id: nic.NetworkInterfaceId,
      region: at.region,
      zone: nic.AvailabilityZone,
      state: nic.Status,
      tags: nic.TagSet,
      facts: { address: nic.PrivateIpAddress, type: nic.InterfaceType, managedBy: nic.RequesterId },
      relations: [
        relation('attached-to', 'machine', nic.Attachment?.InstanceId),
        ...placeOf(nic.SubnetId, nic.Groups),
      ],
    }),
  );
  return { items, next: NextToken };
}

async function groups(more: ResourceApi, at: AwsScope, page: Readonly<{ NextToken?: string }>): Promise<Raw> {
  const { SecurityGroups = [], NextToken } = await more.securityGroups(at, { ...PAGE, ...page });
  const items = SecurityGroups.map((group) =>
    toResource({
      kind: 'security-group',
      id: group.GroupId,
      name: group.GroupName,
      region: at.region,
      tags: group.Tags,
      facts: {
        vpc: group.VpcId,
        ingressRules: group.IpPermissions?.length,
        egressRules: group.IpPermissionsEgress?.length,
      },
    }),
  );
  return { items, next: NextToken };
}

async function routeTables(
  more: ResourceApi,
  at: AwsScope,
  page: Readonly<{ NextToken?: string }>,
): Promise<Raw> {
  const { RouteTables = [], NextToken } = await more.routeTables(at, page);
  const items = RouteTables.map((table) =>
    toResource({
      kind: 'router',
      id: table.RouteTableId,
      region: at.region,
      tags: table.Tags,
      facts: { type: 'route-table', vpc: table.VpcId, routes: table.Routes?.length },
      relations: (table.Associations ?? []).map(({ SubnetId }) => relation('inside', 'network', SubnetId)),
    }),
  );
  return { items, next: NextToken };
}

async function natGateways(
  more: ResourceApi,
  at: AwsScope,
  page: Readonly<{ NextToken?: string }>,
): Promise<Raw> {
  const { NatGateways = [], NextToken } = await more.natGateways(at, page);
  const items = NatGateways.map((gateway) =>
    toResource({
      kind: 'router',
      id: gateway.NatGatewayId,
      region: at.region,
      state: gateway.State,
      tags: gateway.Tags,
      facts: {
        type: 'nat-gateway',
        vpc: gateway.VpcId,
        address: gateway.NatGatewayAddresses?.[0]?.PublicIp,
      },
      relations: [relation('inside', 'network', gateway.SubnetId)],
      createdAt: gateway.CreateTime,
    }),
  );
  return { items, next: NextToken };
}

async function internetGateways(
  more: ResourceApi,
  at: AwsScope,
  page: Readonly<{ NextToken?: string }>,
): Promise<Raw> {
  const { InternetGateways = [], NextToken } = await more.internetGateways(at, page);
  const items = InternetGateways.map((gateway) =>
    toResource({
      kind: 'router',
      id: gateway.InternetGatewayId,
      region: at.region,
      tags: gateway.Tags,
      facts: { type: 'internet-gateway', vpc: gateway.Attachments?.[0]?.VpcId },
    }),
  );
  return { items, next: NextToken };
}

async function loadBalancers(more: ResourceApi, at: AwsScope, marker: string | undefined): Promise<Raw> {
  const answer = await more.loadBalancers(at, marker === undefined ? {} : { Marker: marker });
  const items = (answer.LoadBalancers ?? []).map((balancer) =>
    toResource({
      kind: 'load-balancer',
      id: balancer.LoadBalancerArn,
      name: balancer.LoadBalancerName,
      region: at.region,
      state: balancer.State?.Code,
      facts: { type: balancer.Type, address: balancer.DNSName, scheme: balancer.Scheme, vpc: balancer.VpcId },
      relations: [
        ...(balancer.AvailabilityZones ?? []).map(({ SubnetId }) => relation('inside', 'network', SubnetId)),
        ...(balancer.SecurityGroups ?? []).map((id) => relation('guarded-by', 'security-group', id)),
      ],
      createdAt: balancer.CreatedTime,
    }),
  );
  return { items, next: answer.NextMarker };
}

async function* clusterResources(clusters: ClusterFacet, at: AwsScope): AsyncGenerator<Page<Resource>> {
  const { region, ...options } = at;
  const call: CallOptions = {
    deadline: options.deadline,
    ...(at.more === undefined ? {} : { more: at.more }),
  };
  for await (const { items, complete } of clusters.listClusters({ region }, call)) {
    const found = items.map((cluster): Resource => ({
      kind: 'cluster',
      id: cluster.id,
      name: cluster.name,
      region,
      state: cluster.state,
      facts: {
        version: cluster.version,
        nodes: cluster.nodePools.reduce((sum, { desired }) => sum + desired, 0),
        ...(cluster.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
      },
      labels: cluster.labels,
      relations: [],
      ...(cluster.createdAt === undefined ? {} : { createdAt: cluster.createdAt }),
      ...(cluster.ownership === undefined ? {} : { ownership: cluster.ownership }),
    }));
    yield { items: found, complete };
  }
}
