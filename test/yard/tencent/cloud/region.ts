import type { Balancer, BalancerTask } from './balancer.js';
import type { Cluster } from './cluster.js';
import type { Machine, Tag } from './machine.js';
import { fixedId } from './ids.js';
import type { Seed } from './seed.js';
import { Subnet, numberOf } from './subnet.js';

export type Disk = {
  readonly id: string;
  readonly zone: string;
  readonly usage: 'SYSTEM_DISK' | 'DATA_DISK';
  readonly type: string;
  readonly sizeGib: number;
  readonly createdAt: number;
  readonly projectId: number;
  name: string;
  tags: Tag[];
  machineId: string;
  deleteWithMachine: boolean;
};

export type PublicAddress = {
  readonly id: string;
  readonly ip: string;
  readonly createdAt: number;
  name: string;
  tags: Tag[];
  machineId: string;
};

export type NetworkInterface = {
  readonly id: string;
  readonly subnetId: string;
  readonly address: string;
  readonly createdAt: number;
  name: string;
  tags: Tag[];
  machineId: string;
};

export type Image = Readonly<{ id: string; name: string; os: string; type: string; sizeGib: number }>;
export type SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  tags: Tag[];
};

/** What one region holds. Everything here is only data; who changes it stands beside. */
export class Region {
  readonly zones: readonly string[];
  readonly vpc: Readonly<{ id: string; name: string; cidr: string }>;
  readonly routeTableId: string;
  readonly natGatewayId: string;
  readonly subnets = new Map<string, Subnet>();
  readonly securityGroups = new Map<string, SecurityGroup>();
  readonly images = new Map<string, Image>();
  readonly machines = new Map<string, Machine>();
  readonly disks = new Map<string, Disk>();
  readonly addresses = new Map<string, PublicAddress>();
  readonly interfaces = new Map<string, NetworkInterface>();
  readonly balancers = new Map<string, Balancer>();
  /** Of load balancers, by the id of the request that began them. */
  readonly tasks = new Map<string, BalancerTask>();
  readonly clusters = new Map<string, Cluster>();
  /** Machines still to be had by `zone/type`; absent: as many as one likes. */
  readonly stock = new Map<string, number>();
  readonly tokens = new Map<string, Readonly<{ fingerprint: string; ids: readonly string[] }>>();
  #newestFirst: readonly Machine[] | undefined;

  /** `prefix` is the first two octets of everything here. */
  constructor(
    readonly name: string,
    seed: Seed,
    prefix: string,
  ) {
    this.zones = Object.keys(seed.regions[name]?.zones ?? {});
    this.vpc = { id: fixedId('vpc', name), name: 'shop', cidr: `${prefix}.0.0/16` };
    this.routeTableId = fixedId('rtb', name);
    this.natGatewayId = fixedId('nat', name);
    this.zones.forEach((zone, n) => {
      const id = fixedId('subnet', zone);
      const base = numberOf(`${prefix}.${n * 64}.0`);
      const plan = { id, zone, name: `shop-${zone}`, vpcId: this.vpc.id, routeTableId: this.routeTableId };
      this.subnets.set(id, new Subnet({ ...plan, base, bits: 18 }));
    });
    for (const group of ['default', 'shop']) {
      const id = fixedId('sg', `${name}/${group}`);
      this.securityGroups.set(id, { id, name: group, isDefault: group === 'default', tags: [] });
    }
    for (const image of seed.images) {
      const id = fixedId('img', `${name}/${image.name}`);
      this.images.set(id, { id, ...image });
    }
  }

  addMachine(machine: Machine): void {
    this.machines.set(machine.id, machine);
    this.#newestFirst = undefined;
  }

  removeMachine(id: string): void {
    this.machines.delete(id);
    this.#newestFirst = undefined;
  }

  /** As lists show them. */
  machinesNewestFirst(): readonly Machine[] {
    this.#newestFirst ??= [...this.machines.values()].toReversed();
    return this.#newestFirst;
  }

  subnetOfZone(zone: string): Subnet | undefined {
    return [...this.subnets.values()].find(({ plan }) => plan.zone === zone);
  }
}
