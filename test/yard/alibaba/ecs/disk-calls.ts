import type { AlibabaCloud } from '../cloud.js';
import { minuteStamp } from '../cloud-clock.js';
import { askedPage, cutPage } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { notFound, WireError } from '../wire/wire-error.js';
import { hasTags } from './describe-instances.js';
import type { Disk } from './instance.js';

export function describeDisks(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const regionId = call.need('RegionId');
  cloud.region(regionId);
  const asked = askedPage(call, { least: 10, most: 500, usual: 10 });
  const ids = call.jsonList('DiskIds');
  const tags = call.tags();
  const equal: readonly (readonly [string | undefined, (disk: Disk) => string])[] = [
    [call.text('InstanceId'), ({ instanceId }) => instanceId ?? ''],
    [call.text('ZoneId'), ({ zoneId }) => zoneId],
    [call.text('DiskType'), ({ type }) => type],
    [call.text('Category'), ({ category }) => category],
    [call.text('Status'), statusOf],
  ];
  const wanted = equal.filter(([value]) => value !== undefined && value !== 'all' && value !== 'All');
  const page = cutPage(
    cloud.disks.newest(regionId),
    asked,
    (disk) =>
      (ids === undefined || ids.includes(disk.id)) &&
      wanted.every(([value, read]) => read(disk) === value) &&
      hasTags(disk.tags, tags),
    tags.size > 0 ? cloud.settings.tagFilterLimit : Infinity,
  );
  return {
    TotalCount: page.total,
    PageNumber: call.number('PageNumber') ?? 1,
    PageSize: call.number('PageSize') ?? page.items.length,
    NextToken: page.next,
    Disks: { Disk: page.items.map((disk) => diskShape(disk, cloud)) },
  };
}

function statusOf({ instanceId }: Disk): string {
  return instanceId === undefined ? 'Available' : 'In_use';
}

function diskShape(disk: Disk, cloud: AlibabaCloud): AnswerBody {
  const created = minuteStamp(cloud.clock.shown(disk.createdAt));
  return {
    DiskId: disk.id,
    DiskName: '',
    Description: '',
    RegionId: disk.regionId,
    ZoneId: disk.zoneId,
    Type: disk.type,
    Category: disk.category,
    Size: disk.sizeGib,
    Status: statusOf(disk),
    InstanceId: disk.instanceId ?? '',
    Device: disk.type === 'system' ? '/dev/xvda' : '/dev/xvdb',
    DiskChargeType: 'PostPaid',
    DeleteWithInstance: disk.deleteWithInstance,
    Encrypted: false,
    Portable: disk.type === 'data',
    CreationTime: created,
    ResourceGroupId: '',
    Tags: { Tag: [...disk.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  };
}

export function deleteDisk(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const id = call.need('DiskId');
  const disk = cloud.disks.get(id);
  if (disk === undefined) throw notFound('DiskId', id);
  if (disk.instanceId !== undefined) {
    const text = 'The current disk status does not support this operation.';
    throw new WireError(403, 'IncorrectDiskStatus', text);
  }
  cloud.disks.remove(id);
  return {};
}
