import { SpringtideError, type Clock } from '@springtide/kernel';
import type { CallOptions, Page, Resource, ResourceFacet, ResourceKind } from '@springtide/provider-kit';
import type { LoadBalancer } from 'tencentcloud-sdk-nodejs/tencentcloud/services/clb/v20180317/clb_models.js';
import { offsetListing } from './offset-listing.js';
import {
  fromAddress,
  fromCluster,
  fromDisk,
  fromInterface,
  fromLoadBalancer,
  fromNatGateway,
  fromRouteTable,
  fromSecurityGroup,
} from './resource-mapping.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const PAGE_SIZE = 100;
/** Between two questions of one kind: CLB answers 20 a second. */
const PACE_MS = 50;
const KINDS = [
  'disk',
  'address',
  'network-interface',
  'router',
  'security-group',
  'load-balancer',
  'cluster',
] as const;

type Listing = (api: TencentApi, at: TencentScope, clock: Clock) => AsyncIterable<Page<Resource>>;
type Read<R> = (
  offset: number,
  limit: number,
) => Promise<{ rows?: readonly R[] | undefined; total?: number | undefined }>;

/** Reading only: what the inventory shows besides machines, networks and images. */
export function tencentResources(api: TencentApi, clock: Clock): ResourceFacet {
  return {
    kinds: KINDS,
    listResources: ({ region, kind }, options: CallOptions) => {
      const list = LISTINGS[kind];
      if (list !== undefined) return list(api, { region, ...options }, clock);
      throw new SpringtideError('unsupported', `Tencent Cloud lists no resources of kind ${kind} here`);
    },
  };
}

const LISTINGS: Readonly<Partial<Record<ResourceKind, Listing>>> = {
  disk: (api, at) =>
    paged(
      async (Offset, Limit) => {
        const answer = await api.call('cbs', 'DescribeDisks', at, { Offset, Limit });
        return { rows: answer.DiskSet, total: answer.TotalCount };
      },
      (disk) => fromDisk(disk, at.region),
    ),
  address: (api, at) =>
    paged(
      async (Offset, Limit) => {
        const answer = await api.call('vpc', 'DescribeAddresses', at, { Offset, Limit });
        return { rows: answer.AddressSet, total: answer.TotalCount };
      },
      (address) => fromAddress(address, at.region),
    ),
  'network-interface': (api, at) =>
    paged(
      async (Offset, Limit) => {
        const answer = await api.call('vpc', 'DescribeNetworkInterfaces', at, { Offset, Limit });
        return { rows: answer.NetworkInterfaceSet, total: answer.TotalCount };
      },
      (nic) => fromInterface(nic, at.region),
    ),
  router: listRouters,
  'security-group': (api, at) =>
    paged(
      async (offset, limit) => {
        const page = { Offset: String(offset), Limit: String(limit) };
        const answer = await api.call('vpc', 'DescribeSecurityGroups', at, page);
        return { rows: answer.SecurityGroupSet, total: answer.TotalCount };
      },
      (group) => fromSecurityGroup(group, at.region),
    ),
  'load-balancer': (api, at, clock) =>
    paged(
      async (Offset, Limit) => {
        const answer = await api.call('clb', 'DescribeLoadBalancers', at, { Offset, Limit });
        return {
          rows: await withTargets(api, at, clock, answer.LoadBalancerSet ?? []),
          total: answer.TotalCount,
        };
      },
      ({ balancer, machines }) => fromLoadBalancer(balancer, machines, at.region),
    ),
  cluster: (api, at) =>
    paged(
      async (Offset, Limit) => {
        const answer = await api.call('tke', 'DescribeClusters', at, { Offset, Limit });
        return { rows: answer.Clusters, total: answer.TotalCount };
      },
      (cluster) => fromCluster(cluster, at.region),
    ),
};

type BalancerWithTargets = Readonly<{ balancer: LoadBalancer; machines: readonly string[] }>;

/** The list does not say where a load balancer sends to, so each is asked. */
async function withTargets(
  api: TencentApi,
  at: TencentScope,
  clock: Clock,
  balancers: readonly LoadBalancer[],
): Promise<readonly BalancerWithTargets[]> {
  const all: BalancerWithTargets[] = [];
  for (const [n, balancer] of balancers.entries()) {
    if (n > 0) await clock.sleep(PACE_MS);
    const { Listeners = [] } = await api.call('clb', 'DescribeTargets', at, {
      LoadBalancerId: balancer.LoadBalancerId ?? '',
    });
    const targets = Listeners.flatMap(({ Targets, Rules }) => [
      ...(Targets ?? []),
      ...(Rules ?? []).flatMap((rule) => rule.Targets ?? []),
    ]);
    const machines = targets.flatMap(({ InstanceId }) =>
      InstanceId?.startsWith('ins-') ? [InstanceId] : [],
    );
    all.push({ balancer, machines: [...new Set(machines)] });
  }
  return all;
}

/** Route tables, then NAT gateways: complete when both are. */
async function* listRouters(api: TencentApi, at: TencentScope): AsyncIterable<Page<Resource>> {
  const tables = paged(
    async (offset, limit) => {
      const page = { Offset: String(offset), Limit: String(limit) };
      const answer = await api.call('vpc', 'DescribeRouteTables', at, page);
      return { rows: answer.RouteTableSet, total: answer.TotalCount };
    },
    (table) => fromRouteTable(table, at.region),
  );
  let whole = false;
  for await (const { items, complete } of tables) {
    whole = complete;
    yield { items, complete: false };
  }
  const gateways = paged(
    async (Offset, Limit) => {
      const answer = await api.call('vpc', 'DescribeNatGateways', at, { Offset, Limit });
      return { rows: answer.NatGatewaySet, total: answer.TotalCount };
    },
    (gateway) => fromNatGateway(gateway, at.region),
  );
  for await (const { items, complete } of gateways) yield { items, complete: whole && complete };
}

function paged<R>(read: Read<R>, toResource: (row: R) => Resource): AsyncIterable<Page<Resource>> {
  return offsetListing(
    PAGE_SIZE,
    async (offset, limit) => {
      const { rows = [], total = 0 } = await read(offset, limit);
      return { rows: rows.map(toResource), total };
    },
    ({ id }) => id,
    (resource) => resource,
  );
}
