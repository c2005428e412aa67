import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, Page, Resource, ResourceFacet, ResourceKind } from '@springtide/provider-kit';
import { z } from 'zod';
import type { AlibabaApi, Scope } from './api.js';
import type { AlibabaClusters } from './clusters.js';
import { addresses, disks, interfaces } from './listings.js';
import { balancerResources } from './load-balancers.js';
import { relation } from './mapping.js';
import { numberedPages, tokenPages } from './paging.js';
import { toResource } from './resource-mapping.js';
import { ecsTags, otherTags, tagsOf, text, wrapped } from './wire.js';

const PAGE_SIZE = 100;
const VPC_PAGE_SIZE = 50;

type Pages = AsyncIterable<Page<Resource>>;
type Lister = (at: Scope) => Pages;

const groupsAnswer = z.object({
  NextToken: text,
  SecurityGroups: wrapped(
    'SecurityGroup',
    z.object({
      SecurityGroupId: z.string(),
      SecurityGroupName: text,
      SecurityGroupType: text,
      VpcId: text,
      CreationTime: text,
      Tags: ecsTags,
    }),
  ),
});
const vpcsAnswer = z.object({
  TotalCount: z.number(),
  Vpcs: wrapped(
    'Vpc',
    z.object({
      VpcId: z.string(),
      VpcName: text,
      VRouterId: text,
      CidrBlock: text,
      Status: text,
      CreationTime: text,
      VSwitchIds: wrapped('VSwitchId', z.string()),
      Tags: otherTags,
    }),
  ),
});

/** Everything beside machines, networks and images. A VPC is the router of its vSwitches. */
export class AlibabaResources implements ResourceFacet {
  readonly #listers: Readonly<Partial<Record<ResourceKind, Lister>>>;

  constructor(api: AlibabaApi, clusters: AlibabaClusters) {
    this.#listers = {
      disk: (at) => diskResources(api, at),
      address: (at) => addressResources(api, at),
      'network-interface': (at) => interfaceResources(api, at),
      router: (at) => routerResources(api, at),
      'security-group': (at) => groupResources(api, at),
      'load-balancer': (at) => balancerResources(api, at),
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
      throw new SpringtideError('unsupported', `Alibaba Cloud has no listing of kind ${scope.kind} here`);
    }
    yield* lister({ region: scope.region, ...options });
  }
}

async function* mapped<T>(
  pages: AsyncIterable<Page<T>>,
  toOne: (item: T) => Resource,
): AsyncGenerator<Page<Resource>> {
  for await (const { items, complete } of pages) yield { items: items.map(toOne), complete };
}

function diskResources(api: AlibabaApi, at: Scope): Pages {
  return mapped(disks(api, at, {}), (disk) =>
    toResource({
      kind: 'disk',
      id: disk.DiskId,
      name: disk.DiskName,
      region: at.region,
      zone: disk.ZoneId,
      state: disk.Status,
      facts: {
        sizeGib: disk.Size,
        category: disk.Category,
        use: disk.Type,
        endsWithMachine: disk.DeleteWithInstance,
      },
      tags: tagsOf(disk.Tags),
      relations: [relation('attached-to', 'machine', disk.InstanceId)],
      createdAt: disk.CreationTime,
    }),
  );
}

function addressResources(api: AlibabaApi, at: Scope): Pages {
  return mapped(addresses(api, at, {}), (address) =>
    toResource({
      kind: 'address',
      id: address.AllocationId,
      name: address.Name ?? address.IpAddress,
      region: at.region,
      state: address.Status,
      facts: { address: address.IpAddress, bandwidthMbps: address.Bandwidth },
      tags: address.Tags,
      relations: [holderOf(address)],
      createdAt: address.AllocationTime,
    }),
  );
}

function holderOf({
  InstanceId,
  InstanceType,
}: {
  InstanceId?: string | undefined;
  InstanceType?: string | undefined;
}) {
  if (InstanceType === 'EcsInstance') return relation('attached-to', 'machine', InstanceId);
  if (InstanceType === 'NetworkInterface') return relation('attached-to', 'network-interface', InstanceId);
  return InstanceType === 'SlbInstance' ? relation('attached-to', 'load-balancer', InstanceId) : undefined;
}

function interfaceResources(api: AlibabaApi, at: Scope): Pages {
  return mapped(interfaces(api, at, {}), (nic) =>
    toResource({
      kind: 'network-interface',
      id: nic.NetworkInterfaceId,
      name: nic.NetworkInterfaceName,
      region: at.region,
      zone: nic.ZoneId,
      state: nic.Status,
      facts: { address: nic.PrivateIpAddress, use: nic.Type },
      tags: tagsOf(nic.Tags),
      relations: [
        relation('attached-to', 'machine', nic.InstanceId),
        relation('inside', 'network', nic.VSwitchId),
        ...(nic.SecurityGroupIds?.SecurityGroupId ?? []).map((id) =>
          relation('guarded-by', 'security-group', id),
        ),
      ],
      createdAt: nic.CreationTime,
    }),
  );
}

function groupResources(api: AlibabaApi, at: Scope): Pages {
  const pages = tokenPages(async (NextToken) => {
    const answer = await api.read(at, {
      product: 'ecs',
      action: 'DescribeSecurityGroups',
      parameters: { RegionId: at.region, MaxResults: PAGE_SIZE, NextToken },
      answer: groupsAnswer,
    });
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
  return mapped(pages, (group) =>
    toResource({
      kind: 'security-group',
      id: group.SecurityGroupId,
      name: group.SecurityGroupName,
      region: at.region,
      facts: { use: group.SecurityGroupType },
      tags: group.Tags,
      relations: [relation('inside', 'router', group.VpcId)],
      createdAt: group.CreationTime,
    }),
  );
}

function routerResources(api: AlibabaApi, at: Scope): Pages {
  const pages = numberedPages('VPCs', async (PageNumber) => {
    const answer = await api.read(at, {
      product: 'vpc',
      action: 'DescribeVpcs',
      parameters: { RegionId: at.region, PageSize: VPC_PAGE_SIZE, PageNumber },
      answer: vpcsAnswer,
    });
    return { items: answer.Vpcs, total: answer.TotalCount };
  });
  return mapped(pages, (vpc) =>
    toResource({
      kind: 'router',
      id: vpc.VpcId,
      name: vpc.VpcName,
      region: at.region,
      state: vpc.Status,
      facts: { cidr: vpc.CidrBlock, router: vpc.VRouterId, networks: vpc.VSwitchIds.length },
      tags: vpc.Tags,
      relations: vpc.VSwitchIds.map((id) => relation('attached-to', 'network', id)),
      createdAt: vpc.CreationTime,
    }),
  );
}

async function* clusterResources(clusters: AlibabaClusters, at: Scope): AsyncGenerator<Page<Resource>> {
  for await (const { items, complete } of clusters.listClusters({ region: at.region }, at)) {
    yield {
      items: items.map(
        ({ id, name, region, state, version, endpoint, nodePools, labels, createdAt, ownership }) => ({
          kind: 'cluster' as const,
          id,
          name,
          region,
          state,
          facts: {
            version,
            nodes: nodePools.reduce((sum, { ready }) => sum + ready, 0),
            ...(endpoint === undefined ? {} : { endpoint }),
          },
          labels,
          relations: [],
          ...(createdAt === undefined ? {} : { createdAt }),
          ...(ownership === undefined ? {} : { ownership }),
        }),
      ),
      complete,
    };
  }
}
