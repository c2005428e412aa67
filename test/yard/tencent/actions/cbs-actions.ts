import type { Machine } from '../cloud/machine.js';
import { diskFenPerHour } from '../cloud/prices.js';
import type { Disk, Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';
import {
  filtered,
  localStamp,
  OTHER_VALUES,
  pageOf,
  pageWish,
  type ActionCall,
  type Actions,
  type Filter,
} from './action.js';

const MONTH_HOURS = 720;

type DiskPriceWish = Readonly<{
  DiskType: string;
  DiskSize: number;
  DiskCount?: number;
  DiskChargeType: string;
  DiskChargePrepaid?: Readonly<{ Period: number }>;
}>;

export const cbsActions: Actions = {
  'cbs/DescribeDisks': ({ region, params }) => {
    const ids = params['DiskIds'] as readonly string[] | undefined;
    const all = [...region().disks.values()];
    const named =
      ids === undefined || ids.length === 0 ? all : ids.flatMap((id) => region().disks.get(id) ?? []);
    const found = filtered(
      named,
      params['Filters'] as readonly Filter[] | undefined,
      {
        'disk-id': ({ id }) => id,
        'disk-usage': ({ usage }) => usage,
        'disk-charge-type': () => 'POSTPAID_BY_HOUR',
        'disk-type': ({ type }) => type,
        'disk-state': diskState,
        'disk-name': ({ name }) => name,
        'instance-id': ({ machineId }) => machineId,
        portable: ({ usage }) => String(usage === 'DATA_DISK').toUpperCase(),
        zone: ({ zone }) => zone,
        'project-id': ({ projectId }) => String(projectId),
      },
      ({ tags }) => tags,
      OTHER_VALUES,
    );
    return { TotalCount: found.length, DiskSet: pageOf(found, pageWish(params)).map(diskShape) };
  },
  'cbs/InquiryPriceCreateDisks': ({ cloud, params }) => {
    const { DiskType, DiskSize, DiskCount = 1, ...paid } = params as DiskPriceWish;
    if (!Object.hasOwn(cloud.seed.diskFenPerGibHour, DiskType)) {
      throw new WireError('InvalidParameterValue', `The disk type \`${DiskType}\` is not supported.`);
    }
    const fenPerHour = diskFenPerHour(cloud, { type: DiskType, sizeGib: DiskSize }) * DiskCount;
    if (paid.DiskChargeType === 'POSTPAID_BY_HOUR') return { DiskPrice: diskPriceShape({ fenPerHour }) };
    const months = paid.DiskChargePrepaid?.Period ?? 1;
    return { DiskPrice: diskPriceShape({ fenAtOnce: fenPerHour * MONTH_HOURS * months }) };
  },
  'cbs/CreateDisks': (call) => {
    const { DiskCount = 1 } = call.params as { DiskCount?: number };
    return { DiskIdSet: Array.from({ length: DiskCount }, () => createDisk(call)) };
  },
  'cbs/AttachDisks': ({ region, params }) => {
    const machine = machineOf(region(), String(params['InstanceId']));
    const disks = disksOf(region(), params['DiskIds'] as readonly string[]);
    const bound = disks.find(({ machineId }) => machineId !== '');
    if (bound !== undefined)
      throw new WireError('InvalidDisk.AlreadyBound', `The disk \`${bound.id}\` is attached.`);
    for (const disk of disks) {
      if (disk.zone !== machine.zone) {
        throw new WireError(
          'ResourceUnavailable.ZoneNotMatch',
          `The disk \`${disk.id}\` is in another zone.`,
        );
      }
      disk.machineId = machine.id;
      disk.deleteWithMachine = Boolean(params['DeleteWithInstance']);
      machine.diskIds.push(disk.id);
    }
    return {};
  },
  'cbs/DetachDisks': ({ region, params }) => {
    for (const disk of disksOf(region(), params['DiskIds'] as readonly string[])) {
      if (disk.usage === 'SYSTEM_DISK') {
        throw new WireError('InvalidDisk.NotPortable', `The disk \`${disk.id}\` is a system disk.`);
      }
      const machine = region().machines.get(disk.machineId);
      if (machine !== undefined) machine.diskIds = machine.diskIds.filter((id) => id !== disk.id);
      disk.machineId = '';
    }
    return {};
  },
  'cbs/TerminateDisks': ({ cloud, region, params }) => {
    const disks = disksOf(region(), params['DiskIds'] as readonly string[]);
    const attached = disks.find(({ machineId }) => machineId !== '');
    if (attached !== undefined) {
      throw new WireError('ResourceUnavailable.Attached', `The disk \`${attached.id}\` is attached.`);
    }
    for (const { id } of disks) {
      region().disks.delete(id);
      cloud.usage.end(id, cloud.now());
    }
    return {};
  },
};

/** The plain figures are rounded to fen, as in the vendor's example; what a disk costs is in the precise ones. */
function diskPriceShape(fen: Readonly<{ fenPerHour: number }> | Readonly<{ fenAtOnce: number }>) {
  const hourly = 'fenPerHour' in fen ? fen.fenPerHour / 100 : null;
  const atOnce = 'fenAtOnce' in fen ? fen.fenAtOnce / 100 : null;
  const rounded = (yuan: number | null) => (yuan === null ? null : Number(yuan.toFixed(2)));
  const precise = (yuan: number | null) => (yuan === null ? null : String(Number(yuan.toFixed(8))));
  return {
    UnitPrice: rounded(hourly),
    UnitPriceHigh: precise(hourly),
    UnitPriceDiscount: rounded(hourly),
    UnitPriceDiscountHigh: precise(hourly),
    ChargeUnit: hourly === null ? null : 'HOUR',
    OriginalPrice: rounded(atOnce),
    OriginalPriceHigh: precise(atOnce),
    DiscountPrice: rounded(atOnce),
    DiscountPriceHigh: precise(atOnce),
  };
}

function createDisk({ cloud, region, params }: ActionCall): string {
  const wish = params as {
    Placement: { Zone: string; ProjectId?: number };
    DiskType: string;
    DiskSize?: number;
    DiskName?: string;
    Tags?: Disk['tags'];
  };
  const id = cloud.ids.next('disk');
  const disk: Disk = {
    id,
    zone: wish.Placement.Zone,
    usage: 'DATA_DISK',
    type: wish.DiskType,
    sizeGib: wish.DiskSize ?? 10,
    createdAt: cloud.now(),
    projectId: wish.Placement.ProjectId ?? 0,
    name: wish.DiskName ?? '未命名',
    tags: wish.Tags ?? [],
    machineId: '',
    deleteWithMachine: false,
  };
  region().disks.set(id, disk);
  cloud.usage.begin({
    resourceId: id,
    region: region().name,
    zone: disk.zone,
    product: 'cbs',
    component: 'data-disk',
    chargeType: 'POSTPAID_BY_HOUR',
    fenPerHour: diskFenPerHour(cloud, disk),
    from: cloud.now(),
    tags: disk.tags,
    name: disk.name,
  });
  return id;
}

function disksOf(region: Region, ids: readonly string[]): readonly Disk[] {
  return ids.map((id) => {
    const disk = region.disks.get(id);
    if (disk === undefined) throw new WireError('InvalidDiskId.NotFound', `The disk \`${id}\` is not found.`);
    return disk;
  });
}

function machineOf(region: Region, id: string): Machine {
  const machine = region.machines.get(id);
  if (machine === undefined)
    throw new WireError('InvalidInstanceId.NotFound', `The instance \`${id}\` is not found.`);
  return machine;
}

function diskState({ machineId }: Disk): string {
  return machineId === '' ? 'UNATTACHED' : 'ATTACHED';
}

function diskShape(disk: Disk) {
  return {
    DiskId: disk.id,
    DiskUsage: disk.usage,
    DiskName: disk.name,
    DiskType: disk.type,
    DiskSize: disk.sizeGib,
    DiskState: diskState(disk),
    DiskChargeType: 'POSTPAID_BY_HOUR',
    Placement: {
      Zone: disk.zone,
      ProjectId: disk.projectId,
      CageId: null,
      CdcId: null,
      CdcName: null,
      DedicatedClusterId: '',
      ProjectName: null,
    },
    InstanceId: disk.machineId,
    InstanceIdList: disk.machineId === '' ? [] : [disk.machineId],
    InstanceType: disk.machineId === '' ? '' : 'CVM',
    Attached: disk.machineId !== '',
    Tags: disk.tags,
    DeleteWithInstance: disk.deleteWithMachine,
    CreateTime: localStamp(disk.createdAt),
    DeadlineTime: '0000-00-00 00:00:00',
    RenewFlag: 'NOTIFY_AND_MANUAL_RENEW',
    Portable: disk.usage === 'DATA_DISK',
    SnapshotAbility: true,
    SnapshotCount: 0,
    SnapshotSize: 0,
    AutoSnapshotPolicyIds: [],
    AutoRenewFlagError: false,
    Rollbacking: false,
    RollbackPercent: 100,
    Encrypt: false,
    BackupDisk: false,
    AttachMode: 'PF',
    ThroughputPerformance: 0,
    Migrating: false,
    MigratePercent: 0,
    IsReturnable: true,
    ReturnFailCode: 0,
    DeadlineError: false,
    DifferDaysOfDeadline: 0,
    Shareable: false,
    DeleteSnapshot: 0,
    DiskBackupQuota: 0,
    DiskBackupCount: 0,
    LastAttachInsId: disk.machineId,
    ErrorPrompt: '',
    BurstPerformance: false,
  };
}
