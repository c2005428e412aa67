import { AddressPool } from './address-pool.js';
import { ChargeBook } from './charge-book.js';
import { statusOf, type CloudMachine } from './cloud-machine.js';
import type { CloudPlan, PlannedOffer, PlannedRegion, PlannedType } from './plan.js';
import { draw } from './seeded-draw.js';

export type CloudSatellite = {
  readonly id: string;
  readonly kind: 'disk' | 'address';
  readonly region: string;
  readonly machineId: string;
  readonly tags: Readonly<Record<string, string>>;
  releasedAt: number;
};

const RELEASE_MS = 500;

/** The machines that are not gone, and what is left of those that are. */
export class MachinePark {
  readonly #plan: CloudPlan;
  readonly #addresses: AddressPool;
  readonly charges: ChargeBook;
  readonly #machines = new Map<string, CloudMachine>();
  readonly #satellites = new Map<string, CloudSatellite>();
  #sequence = 0;

  constructor(plan: CloudPlan) {
    this.#plan = plan;
    this.#addresses = new AddressPool(plan.behaviour.addressRange);
    this.charges = new ChargeBook(plan);
  }

  nextIdentity(): { sequence: number; id: string; address: string } {
    const address = this.#addresses.take();
    this.#sequence += 1;
    return { sequence: this.#sequence, id: this.#idOf('m', this.#sequence), address };
  }

  add(machine: CloudMachine): void {
    this.#machines.set(machine.id, machine);
    this.charges.add(machine);
  }

  get(id: string): CloudMachine | undefined {
    return this.#machines.get(id);
  }

  /** In the order in which they were made. */
  in(region: string): CloudMachine[] {
    return [...this.#machines.values()].filter((machine) => machine.region === region);
  }

  all(): CloudMachine[] {
    return [...this.#machines.values()];
  }

  get freeAddresses(): number {
    return this.#addresses.free;
  }

  /** Takes out what is gone by now, and leaves its surviving disk. */
  sweep(now: number): void {
    for (const machine of this.#machines.values()) {
      if (statusOf(machine, now) === 'gone') this.remove(machine);
    }
    for (const satellite of this.#satellites.values()) {
      if (now >= satellite.releasedAt + RELEASE_MS) this.#satellites.delete(satellite.id);
    }
  }

  /** Somebody else ends it, at once. */
  removeByOthers(machine: CloudMachine, now: number): void {
    machine.deletedByOthersAt = Math.min(machine.deletedByOthersAt, now);
    this.remove(machine);
  }

  remove(machine: CloudMachine): void {
    this.#machines.delete(machine.id);
    this.#addresses.giveBack(machine.address);
    const { seed, behaviour } = this.#plan;
    if (draw(seed, 'disk', machine.id) < behaviour.survivingDisks) this.attach(machine, 'disk');
  }

  attach(machine: CloudMachine, kind: CloudSatellite['kind']): CloudSatellite {
    this.#sequence += 1;
    const satellite: CloudSatellite = {
      id: this.#idOf(kind, this.#sequence),
      kind,
      region: machine.region,
      machineId: machine.id,
      tags: machine.tags,
      releasedAt: Number.POSITIVE_INFINITY,
    };
    this.#satellites.set(satellite.id, satellite);
    return satellite;
  }

  satellites(): CloudSatellite[] {
    return [...this.#satellites.values()];
  }

  usedVcpu(region: string, group: string): number {
    return this.in(region)
      .filter((machine) => machine.type.quotaGroup === group)
      .reduce((sum, machine) => sum + machine.type.vcpu, 0);
  }

  /** Room by hosts in a private cloud, by stock in a public one; faults are not considered. */
  room(region: PlannedRegion, zoneId: string, type: PlannedType, offer: PlannedOffer) {
    const hosts = this.#freeHosts(region, zoneId);
    if (hosts !== undefined) {
      const fits = hosts.map((host) =>
        Math.min(fit(host.vcpu, type.vcpu), fit(host.memoryMiB, type.memoryMiB)),
      );
      const free = fits.reduce((sum, each) => sum + each, 0);
      return { free, total: free + this.#running(zoneId, type.name, undefined) };
    }
    const total = offer.stockPerZone ?? Number.MAX_SAFE_INTEGER;
    return { free: Math.max(0, total - this.#running(zoneId, type.name, offer.option)), total };
  }

  /** The host with the most free vCPU that still carries the type; undefined in a public cloud. */
  hostFor(region: PlannedRegion, zoneId: string, type: PlannedType): number | undefined {
    return this.#freeHosts(region, zoneId)
      ?.filter((host) => host.vcpu >= type.vcpu && host.memoryMiB >= type.memoryMiB)
      .toSorted((a, b) => b.vcpu - a.vcpu || a.number - b.number)[0]?.number;
  }

  #freeHosts(region: PlannedRegion, zoneId: string) {
    const hosts = region.zones.find((zone) => zone.id === zoneId)?.hosts;
    if (hosts === undefined) return undefined;
    const free = Array.from({ length: hosts.count }, (_, number) => ({
      number,
      vcpu: hosts.vcpu,
      memoryMiB: hosts.memoryMiB,
    }));
    for (const { host, zone, type } of this.#machines.values()) {
      const carrier = zone === zoneId && host !== undefined ? free[host] : undefined;
      if (carrier === undefined) continue;
      carrier.vcpu -= type.vcpu;
      carrier.memoryMiB -= type.memoryMiB;
    }
    return free;
  }

  #running(zone: string, type: string, option: string | undefined): number {
    return this.all().filter(
      (machine) =>
        machine.zone === zone &&
        machine.type.name === type &&
        (option === undefined || machine.offer.option === option),
    ).length;
  }

  #idOf(prefix: string, sequence: number): string {
    const scatter = Math.floor(draw(this.#plan.seed, prefix, sequence) * 0x1_0000_0000);
    return `${prefix}-${scatter.toString(16).padStart(8, '0')}${sequence.toString(16).padStart(6, '0')}`;
  }
}

function fit(room: number, size: number): number {
  return Math.max(0, Math.floor(room / size));
}
