import type { AlibabaCloud } from '../cloud.js';
import { newId } from '../ids.js';
import type { VSwitch } from '../network.js';
import type { MachineType } from '../seed.js';
import type { Disk, Instance, SpotTerms } from './instance.js';

export type MachineOrder = Readonly<{
  regionId: string;
  vswitch: VSwitch;
  type: MachineType;
  imageId: string;
  securityGroupIds: readonly string[];
  tags: ReadonlyMap<string, string>;
  name?: string;
  hostName?: string;
  spot?: SpotTerms;
  userData?: string;
  token?: string;
  autoReleaseAt?: number;
  deletionProtection?: boolean;
  /** Asks for what is kept for the account first. */
  openPools?: boolean;
  /** It came out of this one. */
  privatePool?: string;
  publicAddress?: boolean;
  systemDisk?: Readonly<{ category: string; sizeGib: number }>;
  dataDisks?: readonly Readonly<{ category: string; sizeGib: number; deleteWithInstance: boolean }>[];
}>;

export type UsageRecord = Readonly<{
  instance: Instance;
  /** In life. */
  from: number;
  to: number;
}>;

/** The life of machines: every change of state, wherever it comes from. */
export class Machines {
  /** Released machines: what is billed of them. */
  readonly ended: UsageRecord[] = [];
  private publicAddresses = 0;
  private readonly vcpus = new Map<string, number>();

  constructor(private readonly cloud: AlibabaCloud) {}

  reset(): void {
    this.ended.length = 0;
    this.vcpus.clear();
    this.publicAddresses = 0;
  }

  /** vCPUs that count against the region's quota. */
  vcpusIn(regionId: string, spot: boolean): number {
    return this.vcpus.get(quotaKey(regionId, spot)) ?? 0;
  }

  /** Takes what it needs; the caller has seen to it that it is there. */
  create(order: MachineOrder): Instance {
    const { cloud } = this;
    const now = cloud.clock.life();
    const id = newId('i');
    const instance: Instance = {
      ...order,
      id,
      order: cloud.instances.nextOrder(),
      zoneId: order.vswitch.zoneId,
      address: order.vswitch.take(),
      systemDiskId: newId('d'),
      interfaceId: newId('eni'),
      createdAt: now,
      visibleAt: now + cloud.settings.readLagMs,
      hourly: order.type.hourly,
      publicAddress: order.publicAddress === true ? this.nextPublicAddress() : undefined,
      name: order.name ?? id,
      hostName: order.hostName ?? `iZ${id.slice(2)}Z`,
      status: 'Pending',
      tags: new Map(order.tags),
      deletionProtection: order.deletionProtection ?? false,
      releasing: false,
      gone: false,
      plan: 0,
    } as Instance;
    cloud.instances.add(instance);
    this.count(instance, instance.type.vcpus);
    this.addDisks(instance, order);
    this.addInterface(instance);
    this.start(instance, this.isStillborn());
    if (order.autoReleaseAt !== undefined) this.releaseLater(instance, order.autoReleaseAt);
    return instance;
  }

  /** From Pending or Stopped on. */
  start(instance: Instance, stillborn = false): void {
    const { settings, clock } = this.cloud;
    const starting = (): void => {
      instance.status = 'Starting';
      this.plan(instance, clock.life() + settings.startingMs, () => {
        instance.status = 'Running';
        instance.startedAt = clock.life();
      });
    };
    if (instance.status !== 'Pending') starting();
    else if (stillborn) this.plan(instance, clock.life() + settings.pendingMs, () => this.remove(instance));
    else this.plan(instance, clock.life() + settings.pendingMs, starting);
  }

  /** Running at once: what was under way is void. */
  runNow(instance: Instance): void {
    instance.plan += 1;
    instance.status = 'Running';
    instance.startedAt = this.cloud.clock.life();
  }

  stop(
    instance: Instance,
    options: Readonly<{ force: boolean; mode?: string; whenStopped?: () => void }>,
  ): void {
    instance.status = 'Stopping';
    if (options.mode !== undefined) instance.stoppedMode = options.mode;
    const takes = options.force ? 0 : this.cloud.settings.stoppingMs;
    this.plan(instance, this.cloud.clock.life() + takes, () => {
      instance.status = 'Stopped';
      options.whenStopped?.();
    });
  }

  /** `force`: like pulling the plug; otherwise it is shut down first. */
  release(instance: Instance, force: boolean): void {
    instance.releasing = true;
    const vanish = (): void => {
      this.plan(instance, this.cloud.clock.life() + this.cloud.settings.releaseMs, () =>
        this.remove(instance),
      );
    };
    if (force || instance.status === 'Stopped') {
      instance.status = instance.status === 'Stopped' ? 'Stopped' : 'Stopping';
      vanish();
    } else this.stop(instance, { force: false, whenStopped: vanish });
  }

  releaseLater(instance: Instance, at: number | undefined): void {
    if (at === undefined) {
      delete instance.autoReleaseAt;
      return;
    }
    instance.autoReleaseAt = at;
    this.cloud.agenda.add(at, () => {
      if (instance.autoReleaseAt === at && this.cloud.instances.get(instance.id) === instance) {
        this.remove(instance);
      }
    });
  }

  /** A spot machine is told now and taken away after the notice. */
  reclaim(instance: Instance): void {
    const at = this.cloud.clock.life() + this.cloud.settings.spotNoticeMs;
    instance.reclaimAt = at;
    this.cloud.agenda.add(at, () => {
      if (this.cloud.instances.get(instance.id) !== instance) return;
      if (instance.spot?.interruption === 'Stop') this.stop(instance, { force: true, mode: 'StopCharging' });
      else this.remove(instance);
    });
  }

  /** At once: it is in no list any more. Disks that are to outlive it do. */
  remove(instance: Instance): void {
    const { cloud } = this;
    if (cloud.instances.remove(instance.id) === undefined) return;
    instance.plan += 1;
    instance.gone = true;
    instance.vswitch.giveBack(instance.address);
    if (instance.privatePool === undefined) cloud.stock.giveBack(instance.zoneId, instance.type.id);
    else cloud.privatePools.giveBack(instance.privatePool);
    this.count(instance, -instance.type.vcpus);
    this.ended.push({ instance, from: instance.createdAt, to: cloud.clock.life() });
    for (const disk of this.disksOf(instance)) {
      if (disk.deleteWithInstance) cloud.disks.remove(disk.id);
      else delete disk.instanceId;
    }
    this.disksByInstance.delete(instance.id);
    cloud.interfaces.remove(instance.interfaceId);
  }

  private readonly disksByInstance = new Map<string, Disk[]>();

  disksOf(instance: Instance): readonly Disk[] {
    return this.disksByInstance.get(instance.id) ?? [];
  }

  attach(disk: Disk, instanceId: string): void {
    disk.instanceId = instanceId;
    const disks = this.disksByInstance.get(instanceId) ?? [];
    disks.push(disk);
    this.disksByInstance.set(instanceId, disks);
  }

  private addDisks(instance: Instance, order: MachineOrder): void {
    const system = order.systemDisk ?? { category: 'cloud_essd', sizeGib: 40 };
    this.addDisk(instance, {
      ...system,
      type: 'system',
      id: instance.systemDiskId,
      deleteWithInstance: true,
    });
    for (const disk of order.dataDisks ?? []) {
      this.addDisk(instance, { ...disk, type: 'data', id: newId('d') });
    }
  }

  private addDisk(
    instance: Instance,
    disk: Pick<Disk, 'id' | 'type' | 'category' | 'sizeGib' | 'deleteWithInstance'>,
  ): void {
    const { regionId, zoneId, createdAt } = instance;
    const order = this.cloud.disks.nextOrder();
    const whole: Disk = { ...disk, regionId, zoneId, createdAt, order, tags: new Map(instance.tags) };
    this.cloud.disks.add(whole);
    this.attach(whole, instance.id);
  }

  private addInterface(instance: Instance): void {
    const { interfaceId, regionId, vswitch, address, securityGroupIds, createdAt, visibleAt } = instance;
    this.cloud.interfaces.add({
      id: interfaceId,
      order: this.cloud.interfaces.nextOrder(),
      type: 'Primary',
      regionId,
      vswitch,
      address,
      securityGroupIds,
      createdAt,
      visibleAt,
      tags: new Map(instance.tags),
      instance,
    });
  }

  /** Void when something else was planned in the meantime. */
  private plan(instance: Instance, at: number, act: () => void): void {
    instance.plan += 1;
    const { plan } = instance;
    this.cloud.agenda.add(at, () => {
      if (instance.plan === plan) act();
    });
  }

  private isStillborn(): boolean {
    const { stillborn } = this.cloud.settings;
    if (stillborn > 0) this.cloud.change({ stillborn: stillborn - 1 });
    return stillborn > 0;
  }

  private nextPublicAddress(): string {
    this.publicAddresses += 1;
    // TEST-NET-3 and its like are reserved for documents.
    return `203.0.113.${this.publicAddresses % 250}`;
  }

  private count(instance: Instance, vcpus: number): void {
    const key = quotaKey(instance.regionId, instance.spot !== undefined);
    this.vcpus.set(key, (this.vcpus.get(key) ?? 0) + vcpus);
  }
}

function quotaKey(regionId: string, spot: boolean): string {
  return `${regionId} ${spot ? 'spot' : 'on-demand'}`;
}
