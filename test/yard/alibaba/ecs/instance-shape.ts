import type { CloudClock } from '../cloud-clock.js';
import { minuteStamp } from '../cloud-clock.js';
import type { AnswerBody } from '../wire/api-call.js';
import type { Instance } from './instance.js';

/** One entry of `Instances.Instance`, in the vendor's names. */
export function instanceShape(instance: Instance, clock: CloudClock): AnswerBody {
  const { type, spot, vswitch } = instance;
  const stamp = (life: number | undefined): string =>
    life === undefined ? '' : minuteStamp(clock.shown(life));
  return {
    InstanceId: instance.id,
    InstanceName: instance.name,
    HostName: instance.hostName,
    Description: '',
    Status: instance.status,
    RegionId: instance.regionId,
    ZoneId: instance.zoneId,
    InstanceType: type.id,
    InstanceTypeFamily: type.family,
    Cpu: type.vcpus,
    Memory: type.memoryGib * 1_024,
    GPUAmount: 0,
    GPUSpec: '',
    ImageId: instance.imageId,
    OSName: 'Alibaba Cloud Linux  3.2104 LTS 64位',
    OSNameEn: 'Alibaba Cloud Linux  3.2104 LTS 64 bit',
    OSType: 'linux',
    CreationTime: stamp(instance.createdAt),
    StartTime: stamp(instance.startedAt),
    ExpiredTime: '2099-12-31T15:59Z',
    AutoReleaseTime: stamp(instance.autoReleaseAt),
    InstanceChargeType: 'PostPaid',
    InternetChargeType: 'PayByTraffic',
    InternetMaxBandwidthIn: 0,
    InternetMaxBandwidthOut: instance.publicAddress === undefined ? 0 : 10,
    SpotStrategy: spot?.strategy ?? 'NoSpot',
    SpotPriceLimit: Number(spot?.priceLimit ?? 0),
    SpotDuration: spot?.durationHours ?? 0,
    SpotInterruptionBehavior: spot?.interruption ?? '',
    StoppedMode: instance.status === 'Stopped' ? (instance.stoppedMode ?? 'KeepCharging') : 'Not-applicable',
    SaleCycle: '',
    DeletionProtection: instance.deletionProtection,
    DeviceAvailable: true,
    IoOptimized: true,
    Recyclable: false,
    ResourceGroupId: '',
    SerialNumber: instance.id.slice(2),
    KeyPairName: '',
    CreditSpecification: '',
    InstanceNetworkType: 'vpc',
    VlanId: '',
    ClusterId: '',
    VpcAttributes: {
      VpcId: vswitch.vpcId,
      VSwitchId: vswitch.id,
      NatIpAddress: '',
      PrivateIpAddress: { IpAddress: [instance.address] },
    },
    InnerIpAddress: { IpAddress: [] },
    PublicIpAddress: { IpAddress: instance.publicAddress === undefined ? [] : [instance.publicAddress] },
    EipAddress: { AllocationId: '', IpAddress: '', InternetChargeType: '' },
    SecurityGroupIds: { SecurityGroupId: instance.securityGroupIds },
    NetworkInterfaces: { NetworkInterface: [primaryInterface(instance)] },
    OperationLocks: {
      LockReason: instance.reclaimAt === undefined ? [] : [{ LockReason: 'Recycling', LockMsg: '' }],
    },
    Tags: { Tag: [...instance.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  };
}

function primaryInterface({ interfaceId, address, order }: Instance): AnswerBody {
  return {
    NetworkInterfaceId: interfaceId,
    Type: 'Primary',
    PrimaryIpAddress: address,
    MacAddress: macOf(order),
    PrivateIpSets: { PrivateIpSet: [{ PrivateIpAddress: address, Primary: true }] },
  };
}

export function macOf(order: number): string {
  const hex = order.toString(16).padStart(8, '0');
  return `00:16:${hex.match(/../g)?.join(':') ?? ''}`;
}
