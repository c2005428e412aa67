import type { Cloud } from '../cloud/cloud.js';
import { quotaUse } from '../cloud/launch-desk.js';
import { launchOrderOf } from '../cloud/launch-order.js';
import { diskFenPerHour, machineFenPerHour } from '../cloud/prices.js';
import type { Region } from '../cloud/region.js';
import { machineTypeOf, type MachineType } from '../cloud/seed.js';
import { filtered, pageOf, pageWish, stamp, type Actions, type Filter } from './action.js';
import { priceShape } from './cvm-shape.js';

const MONTH_HOURS = 720;
const SEEDED_AT = Date.UTC(2026, 0, 1);

type Offer = Readonly<{ zone: string; type: MachineType; chargeType: string }>;

/** What can be had, where, and for how much. */
export const cvmCatalogActions: Actions = {
  'cvm/DescribeRegions': ({ cloud }) => {
    const all = Object.entries(cloud.seed.regions);
    return {
      TotalCount: all.length,
      RegionSet: all.map(([Region, { name }]) => ({ Region, RegionName: name, RegionState: 'AVAILABLE' })),
    };
  },
  'cvm/DescribeZones': ({ cloud, region }) => {
    const all = Object.entries(cloud.seed.regions[region().name]?.zones ?? {});
    return {
      TotalCount: all.length,
      ZoneSet: all.map(([Zone, ZoneName], n) => ({
        Zone,
        ZoneName,
        ZoneId: String(100_000 + n + 1),
        ZoneState: 'AVAILABLE',
      })),
    };
  },
  'cvm/DescribeInstanceTypeConfigs': ({ cloud, region, params }) => {
    const offers = offersOf(cloud, region()).filter(({ chargeType }) => chargeType === 'POSTPAID_BY_HOUR');
    return { InstanceTypeConfigSet: wanted(offers, params['Filters']).map(typeShape) };
  },
  'cvm/DescribeZoneInstanceConfigInfos': ({ cloud, region, params }) => {
    const found = wanted(offersOf(cloud, region()), params['Filters']);
    return { InstanceTypeQuotaSet: found.map((offer) => offerShape(cloud, region(), offer)) };
  },
  'cvm/InquiryPriceRunInstances': ({ cloud, region, params }) => {
    const order = launchOrderOf(cloud, region(), params);
    const disks = [order.systemDisk, ...order.dataDisks].map((disk) => diskFenPerHour(cloud, disk));
    const perHour = disks.reduce((sum, fen) => sum + fen, machineFenPerHour(cloud, order)) * order.count;
    const prepaid = order.chargeType === 'PREPAID';
    return {
      Price: {
        InstancePrice: priceShape(prepaid ? { whole: perHour * MONTH_HOURS * order.months } : { perHour }),
        BandwidthPrice: { ...priceShape({ perHour: 0 }), ChargeUnit: 'GB' },
      },
    };
  },
  'cvm/DescribeImages': ({ region, params }) => {
    const ids = params['ImageIds'] as readonly string[] | undefined;
    const all = [...region().images.values()].filter(({ id }) => ids?.includes(id) ?? true);
    const found = filtered(all, params['Filters'] as readonly Filter[] | undefined, {
      'image-id': ({ id }) => id,
      'image-type': ({ type }) => type,
      'image-name': ({ name }) => name,
      'image-state': () => 'NORMAL',
      platform: ({ os }) => os.split(' ')[0] ?? os,
    });
    return { TotalCount: found.length, ImageSet: pageOf(found, pageWish(params)).map(imageShape) };
  },
  'cvm/DescribeAccountQuota': ({ cloud, region, params }) => {
    const filters = params['Filters'] as readonly Filter[] | undefined;
    const zones = filtered(region().zones, filters, {
      zone: (zone) => zone,
      'quota-type': () => 'PostPaidQuotaSet',
    });
    return {
      AppId: cloud.seed.account.appId,
      AccountQuotaOverview: { Region: region().name, AccountQuota: quotaShape(cloud, region(), zones) },
    };
  },
  'cvm/DescribeKeyPairs': () => ({ TotalCount: 0, KeyPairSet: [] }),
  'cvm/DescribeHosts': () => ({ TotalCount: 0, HostSet: [] }),
};

function offersOf(cloud: Cloud, region: Region): readonly Offer[] {
  const types = Object.keys(cloud.seed.machineTypes).flatMap((name) => machineTypeOf(cloud.seed, name) ?? []);
  return region.zones.flatMap((zone) =>
    types.flatMap((type) =>
      ['POSTPAID_BY_HOUR', 'SPOTPAID', 'PREPAID'].map((chargeType) => ({ zone, type, chargeType })),
    ),
  );
}

function wanted(offers: readonly Offer[], filters: unknown): readonly Offer[] {
  return filtered(offers, filters as readonly Filter[] | undefined, {
    zone: ({ zone }) => zone,
    'instance-family': ({ type }) => type.family,
    'instance-type': ({ type }) => type.name,
    'instance-charge-type': ({ chargeType }) => chargeType,
  });
}

function typeShape({ zone, type }: Offer) {
  return {
    Zone: zone,
    InstanceType: type.name,
    InstanceFamily: type.family,
    GPU: 0,
    CPU: type.vcpu,
    Memory: type.memoryGib,
    FPGA: 0,
    GpuCount: 0,
  };
}

function offerShape(cloud: Cloud, region: Region, { zone, type, chargeType }: Offer) {
  const left = region.stock.get(`${zone}/${type.name}`) ?? Infinity;
  const perHour = machineFenPerHour(cloud, {
    type,
    chargeType: chargeType === 'SPOTPAID' ? 'SPOTPAID' : 'PREPAID',
  });
  return {
    Zone: zone,
    InstanceType: type.name,
    InstanceChargeType: chargeType,
    NetworkCard: 25,
    Externals: {},
    Cpu: type.vcpu,
    Memory: type.memoryGib,
    InstanceFamily: type.family,
    TypeName: type.typeName,
    LocalDiskTypeList: [],
    Status: left > 0 ? 'SELL' : 'SOLD_OUT',
    Price: priceShape(chargeType === 'PREPAID' ? { whole: perHour * MONTH_HOURS } : { perHour }),
    SoldOutReason: left > 0 ? '' : 'ResourcesSoldOut.SpecifiedInstanceType',
    InstanceBandwidth: 3,
    InstancePps: 70,
    StorageBlockAmount: 0,
    CpuType: 'Intel Xeon Cascade Lake 8255C',
    Gpu: 0,
    Fpga: 0,
    Remark: '',
    GpuCount: 0,
    Frequency: '-/3.1GHz',
    StatusCategory: stockWord(left),
  };
}

/** The vendor gives words, no numbers. */
function stockWord(left: number): string {
  if (left <= 0) return 'WithoutStock';
  if (left < 20) return 'UnderStock';
  return left < 200 ? 'NormalStock' : 'EnoughStock';
}

function imageShape(
  image: Readonly<{ id: string; name: string; os: string; type: string; sizeGib: number }>,
) {
  return {
    ImageId: image.id,
    OsName: image.os,
    ImageType: image.type,
    CreatedTime: stamp(SEEDED_AT),
    ImageName: image.name,
    ImageDescription: image.name,
    ImageSize: image.sizeGib,
    Architecture: 'x86_64',
    ImageState: 'NORMAL',
    Platform: image.os.split(' ')[0] ?? '',
    ImageCreator: '',
    ImageSource: image.type === 'PUBLIC_IMAGE' ? 'OFFICIAL' : 'CREATE_IMAGE',
    SyncPercent: 100,
    IsSupportCloudinit: true,
    SnapshotSet: [],
    Tags: [],
    LicenseType: 'TencentCloud',
  };
}

function quotaShape(cloud: Cloud, region: Region, zones: readonly string[]) {
  const { machineQuota, spotVcpuQuota } = cloud.settings;
  const used = zones.map((zone) => ({ zone, ...quotaUse(region, zone) }));
  const line = (Zone: string, UsedQuota: number, TotalQuota: number) => ({
    Zone,
    UsedQuota,
    TotalQuota,
    RemainingQuota: Math.max(0, TotalQuota - UsedQuota),
  });
  return {
    PostPaidQuotaSet: used.map(({ zone, machines }) => line(zone, machines, machineQuota)),
    PrePaidQuotaSet: used.map(({ zone, machines }) => ({
      ...line(zone, machines, machineQuota),
      OnceQuota: 100,
    })),
    SpotPaidQuotaSet: used.map(({ zone, spotVcpu }) => line(zone, spotVcpu, spotVcpuQuota)),
    ImageQuotaSet: [{ UsedQuota: region.images.size, TotalQuota: 500 }],
    DisasterRecoverGroupQuotaSet: [
      {
        GroupQuota: 10,
        CurrentNum: 0,
        CvmInHostGroupQuota: 50,
        CvmInSwitchGroupQuota: 20,
        CvmInRackGroupQuota: 30,
      },
    ],
  };
}
