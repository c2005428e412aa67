import type { AlibabaCloud } from '../cloud.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';

const MOST_PER_PAGE = 100;

export function describeImages(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const ids = call.text('ImageId')?.split(',');
  const owner = call.text('ImageOwnerAlias');
  const name = call.text('ImageName');
  const found = [...cloud.network.images.values()].filter(
    (image) =>
      image.regionId === region.regionId &&
      (ids === undefined || ids.includes(image.id)) &&
      (name === undefined || name === image.name) &&
      (owner === undefined || owner === (image.system ? 'system' : 'self')),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  return {
    ...page.about,
    RegionId: region.regionId,
    Images: {
      Image: page.items.map((image) => ({
        ImageId: image.id,
        ImageName: image.name,
        ImageOwnerAlias: image.system ? 'system' : 'self',
        Description: '',
        Size: image.sizeGib,
        Status: 'Available',
        Usage: 'instance',
        Architecture: 'x86_64',
        OSType: 'linux',
        OSName: 'Alibaba Cloud Linux 3.2104 LTS 64位',
        OSNameEn: 'Alibaba Cloud Linux 3.2104 LTS 64 bit',
        Platform: 'Aliyun',
        Progress: '100%',
        IsSupportCloudinit: true,
        IsSupportIoOptimized: true,
        IsPublic: image.system,
        CreationTime: '2026-03-20T02:00:00Z',
        Tags: { Tag: [] },
      })),
    },
  };
}

export function describeSecurityGroups(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const region = cloud.region(call.need('RegionId'));
  const ids = call.jsonList('SecurityGroupIds');
  const id = call.text('SecurityGroupId');
  const vpc = call.text('VpcId');
  const found = [...cloud.network.securityGroups.values()].filter(
    (group) =>
      group.regionId === region.regionId &&
      (ids === undefined || ids.includes(group.id)) &&
      (id === undefined || id === group.id) &&
      (vpc === undefined || vpc === group.vpcId),
  );
  const page = numberedPage(found, call, MOST_PER_PAGE);
  return {
    ...page.about,
    NextToken: '',
    RegionId: region.regionId,
    SecurityGroups: {
      SecurityGroup: page.items.map((group) => ({
        SecurityGroupId: group.id,
        SecurityGroupName: group.name,
        SecurityGroupType: 'normal',
        VpcId: group.vpcId,
        Description: '',
        CreationTime: '2026-01-01T00:00:00Z',
        ResourceGroupId: '',
        EcsCount: 0,
        Tags: { Tag: [] },
      })),
    },
  };
}

/** Nobody has rented a host here. */
export function describeDedicatedHosts(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  cloud.region(call.need('RegionId'));
  return { TotalCount: 0, PageNumber: 1, PageSize: 10, NextToken: '', DedicatedHosts: { DedicatedHost: [] } };
}

export function numberedPage<T>(
  all: readonly T[],
  call: ApiCall,
  most: number,
): Readonly<{ items: readonly T[]; about: AnswerBody }> {
  const size = Math.min(call.number('PageSize') ?? 10, most);
  const number = call.number('PageNumber') ?? 1;
  return {
    items: all.slice((number - 1) * size, number * size),
    about: { TotalCount: all.length, PageNumber: number, PageSize: size },
  };
}
