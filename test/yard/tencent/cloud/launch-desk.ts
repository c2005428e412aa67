import type { Params } from '../wire/wire-call.js';
import { WireError } from '../wire/wire-error.js';
import type { Cloud } from './cloud.js';
import {
  launchOrderOf,
  namesOf,
  type DiskOrder,
  type LaunchOrder,
  type LaunchParams,
} from './launch-order.js';
import { isLive, type Machine } from './machine.js';
import type { MachineLife } from './machine-life.js';
import { orderFenPerHour } from './prices.js';
import type { Region } from './region.js';

const MONTH_MS = 30 * 24 * 3_600_000;
const MONTH_HOURS = 720;

/** Takes orders for machines: rules, then room, then the machines themselves, all or as many as were promised. */
export class LaunchDesk {
  constructor(
    private readonly cloud: Cloud,
    private readonly life: MachineLife,
  ) {}

  /** Ids, or nothing for a dry run. */
  run(region: Region, params: Params, requestId: string): readonly string[] | undefined {
    const { ClientToken: token, DryRun: dryRun, ...rest } = params as LaunchParams;
    const fingerprint = JSON.stringify(sorted(rest));
    const before = token === undefined ? undefined : this.#recorded(region, token, fingerprint);
    if (before !== undefined && dryRun !== true) return before;
    const order = launchOrderOf(this.cloud, region, params);
    const count = this.#roomFor(region, order);
    if (dryRun === true) return undefined;
    const ids = namesOf(order.name, order.count)
      .slice(0, count)
      .map((name) => this.#make(region, order, name, requestId));
    if (token !== undefined) region.tokens.set(token, { fingerprint, ids });
    return ids;
  }

  #recorded(region: Region, token: string, fingerprint: string): readonly string[] | undefined {
    if (token.length > 64) {
      throw new WireError('InvalidClientToken.TooLong', 'ClientToken must not be longer than 64 characters.');
    }
    const kept = region.tokens.get(token);
    if (kept === undefined || kept.fingerprint === fingerprint) return kept?.ids;
    throw new WireError(
      'InvalidParameterValue',
      'The ClientToken was used before with other parameters: idempotent parameter mismatch.',
    );
  }

  #roomFor(region: Region, order: LaunchOrder): number {
    this.#checkQuota(region, order);
    const left = region.stock.get(`${order.zone}/${order.type.name}`) ?? Infinity;
    if (left <= 0) {
      throw new WireError(
        'ResourcesSoldOut.SpecifiedInstanceType',
        `The instance type \`${order.type.name}\` is sold out in \`${order.zone}\`.`,
      );
    }
    if (left < order.minimum) {
      throw new WireError(
        'ResourceInsufficient.SpecifiedInstanceType',
        `Of \`${order.type.name}\` in \`${order.zone}\` fewer than ${order.minimum} are left.`,
      );
    }
    const count = Math.min(order.count, left);
    if (order.subnet.free < count) {
      throw new WireError(
        'FailedOperation.NoAvailableIpAddressCountInSubnet',
        `The subnet \`${order.subnet.plan.id}\` has ${order.subnet.free} addresses left, ${count} are needed.`,
      );
    }
    this.#checkBalance(order, count);
    return count;
  }

  #checkQuota(region: Region, order: LaunchOrder): void {
    const { machineQuota, spotVcpuQuota } = this.cloud.settings;
    const used = quotaUse(region, order.zone);
    if (order.chargeType === 'SPOTPAID') {
      if (used.spotVcpu + order.count * order.type.vcpu <= spotVcpuQuota) return;
      throw new WireError(
        'LimitExceeded.SpotQuota',
        `More than ${spotVcpuQuota} spot vCPU in \`${order.zone}\`.`,
      );
    }
    if (used.machines + order.count <= machineQuota) return;
    throw new WireError(
      'InstancesQuotaLimitExceeded',
      `The quota of ${machineQuota} instances in \`${order.zone}\` is exceeded: ${used.machines} are there.`,
    );
  }

  #checkBalance(order: LaunchOrder, count: number): void {
    const hours = order.chargeType === 'PREPAID' ? order.months * MONTH_HOURS : 1;
    const left = this.cloud.settings.balanceFen - this.cloud.usage.spentFen(this.cloud.now());
    if (orderFenPerHour(this.cloud, order) * hours * count <= left) return;
    throw new WireError('InvalidAccount.InsufficientBalance', 'The account balance is insufficient.');
  }

  #make(region: Region, order: LaunchOrder, name: string, requestId: string): string {
    const { cloud } = this;
    const now = cloud.now();
    const id = cloud.ids.next('ins');
    const disks = [order.systemDisk, ...order.dataDisks].map((disk, n) =>
      this.#disk(region, order, disk, id, n),
    );
    const { chargeType, megabits, assigned } = order.internet;
    const machine: Machine = {
      id,
      name,
      uuid: cloud.ids.uuid(),
      region: region.name,
      zone: order.zone,
      type: order.type,
      imageId: order.image.id,
      osName: order.image.os,
      chargeType: order.chargeType,
      projectId: order.projectId,
      vpcId: order.subnet.plan.vpcId,
      subnetId: order.subnet.plan.id,
      address: order.subnet.take(),
      interfaceId: cloud.ids.next('eni'),
      createdAt: now,
      userData: order.userData,
      hostName: order.hostName,
      internet: { chargeType, megabits, ...(assigned ? { publicAddress: publicAddressOf(region) } : {}) },
      diskIds: disks,
      securityGroupIds: order.securityGroupIds,
      tags: [...order.tags],
      state: 'PENDING',
      protectedFromApi: order.protectedFromApi,
      operation: { name: 'RunInstances', state: 'OPERATING', requestId },
      stopCharging: false,
      isolated: false,
      ...(order.chargeType === 'PREPAID' ? { expiresAt: now + order.months * MONTH_MS } : {}),
      ...(order.spotMaxFen === undefined ? {} : { spotMaxFen: order.spotMaxFen }),
    };
    region.addMachine(machine);
    take(region, `${order.zone}/${order.type.name}`);
    this.life.begin(region, machine);
    if (order.timerAt !== undefined) this.life.setTimer(region, machine, order.timerAt);
    return id;
  }

  #disk(region: Region, order: LaunchOrder, wish: DiskOrder, machineId: string, index: number): string {
    const id = this.cloud.ids.next('disk');
    region.disks.set(id, {
      id,
      machineId,
      zone: order.zone,
      usage: index === 0 ? 'SYSTEM_DISK' : 'DATA_DISK',
      type: wish.type,
      sizeGib: wish.sizeGib,
      createdAt: this.cloud.now(),
      projectId: order.projectId,
      name: '未命名',
      tags: [...order.tags],
      deleteWithMachine: index === 0 || wish.deleteWithMachine,
    });
    return id;
  }
}

/** What a zone's quota counts. */
export function quotaUse(region: Region, zone: string): Readonly<{ machines: number; spotVcpu: number }> {
  let [machines, spotVcpu] = [0, 0];
  for (const machine of region.machines.values()) {
    if (machine.zone !== zone || !isLive(machine)) continue;
    if (machine.chargeType === 'SPOTPAID') spotVcpu += machine.type.vcpu;
    else machines += 1;
  }
  return { machines, spotVcpu };
}

function take(region: Region, pool: string): void {
  const left = region.stock.get(pool);
  if (left !== undefined) region.stock.set(pool, left - 1);
}

/** Out of the range that is kept for documentation, so that nobody is ever called by accident. */
function publicAddressOf(region: Region): string {
  const n = region.machines.size;
  return `203.0.${113 + (Math.floor(n / 250) % 100)}.${1 + (n % 250)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
