import { MINUTE, SECOND, parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { LaunchBatch } from '@springtide/provider-kit';
import type { RunInstancesRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cvm/v20170312/cvm_models.js';
import type { TencentAccount } from './account.js';
import { ON_DEMAND, SPOT } from './mapping.js';
import { launchTags } from './tags.js';

export type Placing = Readonly<{ vpc: string; subnet: string }>;

/** A timer must lie more than five minutes ahead when the cloud reads the call; the rest covers the way there. */
const SOONEST_MS = 5 * MINUTE + 20 * SECOND;
const GRID_MS = 5 * MINUTE;

export function toRunInstances(
  batch: LaunchBatch,
  placing: Placing | undefined,
  account: Pick<TencentAccount, 'partialLaunch' | 'systemDisk'>,
  now: Date,
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
    ...(batch.releaseAt === undefined ? {} : { ActionTimer: endTimer(batch.releaseAt, now) }),
  };
}

/**
 * In whole seconds, never earlier than asked for. What is too near for the cloud is put off to a coarse grid, so that a
 * call repeated a little later still carries the same time: another one would be another order to the token.
 */
export function endTimer(at: Instant, now: Date): { TimerAction: string; ActionTime: string } {
  const wanted = up(parseInstant(at).getTime(), SECOND);
  const soonest = now.getTime() + SOONEST_MS;
  const time = new Date(wanted >= soonest ? wanted : up(soonest, GRID_MS));
  return { TimerAction: 'TerminateInstances', ActionTime: toInstant(time).replace('.000Z', 'Z') };
}

function up(ms: number, step: number): number {
  return Math.ceil(ms / step) * step;
}
