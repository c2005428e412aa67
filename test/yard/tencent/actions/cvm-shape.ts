import type { Cloud } from '../cloud/cloud.js';
import type { Machine } from '../cloud/machine.js';
import { stamp } from './action.js';
import type { Region } from '../cloud/region.js';

/** A machine as DescribeInstances answers it. */
export function instanceShape(region: Region, machine: Machine): Readonly<Record<string, unknown>> {
  const { operation, internet } = machine;
  const [systemDisk, ...dataDisks] = machine.diskIds.flatMap((id) => region.disks.get(id) ?? []);
  return {
    Placement: { Zone: machine.zone, ProjectId: machine.projectId, HostId: '', HostIds: [] },
    InstanceId: machine.id,
    InstanceType: machine.type.name,
    CPU: machine.type.vcpu,
    Memory: machine.type.memoryGib,
    RestrictState: 'NORMAL',
    InstanceName: machine.name,
    InstanceChargeType: machine.chargeType,
    SystemDisk: {
      DiskType: systemDisk?.type ?? '',
      DiskId: systemDisk?.id ?? '',
      DiskSize: systemDisk?.sizeGib ?? 0,
      Encrypt: false,
      KmsKeyId: '',
    },
    DataDisks: dataDisks.map((disk) => ({
      DiskType: disk.type,
      DiskId: disk.id,
      DiskSize: disk.sizeGib,
      DeleteWithInstance: disk.deleteWithMachine,
      Encrypt: false,
      KmsKeyId: '',
      ThroughputPerformance: 0,
    })),
    PrivateIpAddresses: [machine.address],
    PublicIpAddresses: internet.publicAddress === undefined ? [] : [internet.publicAddress],
    InternetAccessible: {
      InternetChargeType: internet.chargeType,
      InternetMaxBandwidthOut: internet.megabits,
      PublicIpAssigned: internet.publicAddress !== undefined,
    },
    VirtualPrivateCloud: { VpcId: machine.vpcId, SubnetId: machine.subnetId, AsVpcGateway: false },
    ImageId: machine.imageId,
    RenewFlag: machine.chargeType === 'PREPAID' ? 'NOTIFY_AND_MANUAL_RENEW' : '',
    CreatedTime: stamp(machine.createdAt),
    ExpiredTime: machine.expiresAt === undefined ? '' : stamp(machine.expiresAt),
    OsName: machine.osName,
    SecurityGroupIds: machine.securityGroupIds,
    LoginSettings: { KeyIds: [] },
    InstanceState: machine.state,
    Tags: machine.tags,
    StopChargingMode: stopChargingMode(machine),
    Uuid: machine.uuid,
    LatestOperation: operation.name,
    LatestOperationState: operation.state,
    LatestOperationRequestId: operation.requestId,
    LatestOperationErrorMsg: operation.error ?? '',
    DisasterRecoverGroupId: '',
    IPv6Addresses: [],
    CamRoleName: '',
    HpcClusterId: '',
    RdmaIpAddresses: [],
    DedicatedClusterId: '',
    IsolatedSource: machine.isolated ? 'MANMADE' : 'NOTISOLATED',
    DisasterRecoverGroupIds: [],
    LicenseType: 'TencentCloud',
    DisableApiTermination: machine.protectedFromApi,
    HostName: machine.hostName,
    DefaultLoginUser: 'root',
    DefaultLoginPort: 22,
  };
}

function stopChargingMode(machine: Machine): string {
  if (machine.state !== 'STOPPED') return 'NOT_APPLICABLE';
  return machine.stopCharging ? 'STOP_CHARGING' : 'KEEP_CHARGING';
}

/** A price block: by the hour, or for all months at once. Amounts in yuan, as the vendor writes them. */
export function priceShape(fen: Readonly<{ perHour: number }> | Readonly<{ whole: number }>) {
  const zero = {
    OriginalPriceThreeYear: 0,
    DiscountPriceThreeYear: 0,
    DiscountThreeYear: 0,
    OriginalPriceFiveYear: 0,
    DiscountPriceFiveYear: 0,
    DiscountFiveYear: 0,
    OriginalPriceOneYear: 0,
    DiscountPriceOneYear: 0,
    DiscountOneYear: 0,
    UnitPriceSecondStep: 0,
    UnitPriceDiscountSecondStep: 0,
    UnitPriceThirdStep: 0,
    UnitPriceDiscountThirdStep: 0,
  };
  const hourly = 'perHour' in fen ? yuan(fen.perHour) : 0;
  const whole = 'whole' in fen ? yuan(fen.whole) : 0;
  return {
    ...zero,
    UnitPrice: hourly,
    UnitPriceDiscount: hourly,
    ChargeUnit: 'HOUR',
    OriginalPrice: whole,
    DiscountPrice: whole,
    Discount: 100,
  };
}

/** Five places: disks cost parts of a fen. */
function yuan(fen: number): number {
  return Math.round(fen * 1_000) / 100_000;
}

/** New machines of the last moments are unknown to reads. */
export function visibleMachines(cloud: Cloud, region: Region): readonly Machine[] {
  const all = region.machinesNewestFirst();
  const { readLagMs } = cloud.settings;
  if (readLagMs === 0) return all;
  const latest = cloud.now() - readLagMs;
  return all.filter(({ createdAt }) => createdAt <= latest);
}
