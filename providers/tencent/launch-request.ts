import { SECOND, parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { LaunchBatch } from '@springtide/provider-kit';
import type { RunInstancesRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_models.js';
import type { TencentAccount } from './account.js';
import { ON_DEMAND, SPOT } from './mapping.js';
import { launchTags } from './tags.js';

export type Placing = Readonly<{ vpc: string; subnet: string }>;

export function toRunInstances(
  batch: LaunchBatch,
  placing: Placing | undefined,
  account: Pick<TencentAccount, 'partialLaunch' | 'systemDisk'>,
): RunInstancesRequest {
  const { systemDisk } = account;
  return {
    ClientToken: batch.token,
    InstanceChargeType: batch.purchaseOption === 'spot' ? SPOT : ON_DEMAND,
    Placement: { Zone: batch.zone },
    InstanceType: batch.machineType,
    ImageId: batch.image,
    InstanceCount: batch.count,
    ...(account.partialLaunch ? { MinCount: batch.minimum } : {}),
    InstanceName: `${batch.namePrefix}-{R:0}`,
    VirtualPrivateCloud:
      placing === undefined
        ? { VpcId: 'DEFAULT', SubnetId: 'DEFAULT' }
        : { VpcId: placing.vpc, SubnetId: placing.subnet },
    ...(batch.securityGroups.length === 0 ? {} : { SecurityGroupIds: [...batch.securityGroups] }),
    ...(systemDisk === undefined
      ? {}
      : { SystemDisk: { DiskType: systemDisk.type, DiskSize: systemDisk.sizeGib } }),
    ...(batch.userData === undefined
      ? {}
      : { UserData: Buffer.from(batch.userData, 'utf8').toString('base64') }),
    // Machines and their disks get these; nothing else is created with them.
    TagSpecification: [{ ResourceType: 'instance', Tags: launchTags(batch) }],
    ...(batch.releaseAt === undefined ? {} : { ActionTimer: endTimer(batch.releaseAt) }),
  };
}

/** In whole seconds, never earlier than asked for. The same batch gives the same timer, or its token would not fit. */
export function endTimer(at: Instant): { TimerAction: string; ActionTime: string } {
  const whole = new Date(Math.ceil(parseInstant(at).getTime() / SECOND) * SECOND);
  return { TimerAction: 'TerminateInstances', ActionTime: toInstant(whole).replace(/\.\d+Z$/, 'Z') };
}
