import { Agenda } from './agenda.js';
import { Balancing } from './alb/balancing.js';
import { ClassicBalancing } from './slb/classic-balancing.js';
import { Names } from './dns/names.js';
import { Clusters } from './ack/clusters.js';
import { ClientTokens } from './client-tokens.js';
import { CloudClock } from './cloud-clock.js';
import type { Disk, Instance } from './ecs/instance.js';
import { Machines } from './ecs/machines.js';
import { PrivatePools } from './ecs/private-pools.js';
import type { NetworkInterface } from './ecs/network-interface.js';
import { Network } from './network.js';
import { OrderedStore } from './ordered-store.js';
import { MACHINE_TYPES, seedRegions, type MachineType, type RegionSeed } from './seed.js';
import { DEFAULT_SETTINGS, type CloudSettings } from './settings.js';
import { Stock } from './stock.js';
import { TrailLog } from './trail/trail-log.js';
import type { Eip } from './vpc/eip.js';
import { WireError } from './wire/wire-error.js';

/** The account and everything in it. */
export class AlibabaCloud {
  readonly clock: CloudClock;
  readonly agenda = new Agenda();
  readonly tokens = new ClientTokens();
  readonly stock = new Stock();
  readonly trail = new TrailLog();
  readonly privatePools = new PrivatePools();
  readonly instances = new OrderedStore<Instance>();
  readonly disks = new OrderedStore<Disk>();
  readonly interfaces = new OrderedStore<NetworkInterface>();
  readonly eips = new OrderedStore<Eip>();
  readonly regions: ReadonlyMap<string, RegionSeed>;
  readonly types: ReadonlyMap<string, MachineType> = new Map(MACHINE_TYPES.map((type) => [type.id, type]));
  readonly machines: Machines;
  network: Network;
  balancing: Balancing;
  classic: ClassicBalancing;
  names: Names;
  clusters: Clusters;
  settings: CloudSettings;

  constructor(
    private readonly initial: Partial<CloudSettings>,
    firstOctet: number,
    real: () => number,
  ) {
    this.clock = new CloudClock(real);
    this.regions = new Map(seedRegions(firstOctet).map((region) => [region.regionId, region]));
    this.network = new Network([...this.regions.values()]);
    this.settings = { ...DEFAULT_SETTINGS, ...initial };
    this.machines = new Machines(this);
    const seeds = [...this.regions.values()];
    this.balancing = new Balancing(this, seeds);
    this.classic = new ClassicBalancing(seeds);
    this.names = new Names();
    this.clusters = new Clusters();
  }

  change(part: Partial<CloudSettings>): void {
    this.settings = { ...this.settings, ...part };
    this.clock.offsetMs = this.settings.clockOffsetMs;
  }

  /** What had to happen by now has happened. */
  catchUp(): number {
    const now = this.clock.life();
    this.agenda.runUntil(now, this.clock);
    return now;
  }

  /** @throws WireError */
  region(id: string): RegionSeed {
    const region = this.regions.get(id);
    if (region === undefined) {
      throw new WireError(404, 'InvalidRegionId.NotFound', 'The specified RegionId does not exist.');
    }
    return region;
  }

  /** The region whose own endpoint that address is. */
  regionAt(address: string): string | undefined {
    const found = [...this.regions.values()].find((region) => endpointAddress(region) === address);
    return found?.regionId;
  }

  reset(): void {
    this.agenda.clear();
    this.tokens.clear();
    this.stock.clear();
    this.trail.clear();
    this.privatePools.clear();
    for (const store of [this.instances, this.disks, this.interfaces, this.eips]) store.clear();
    this.machines.reset();
    this.network = new Network([...this.regions.values()]);
    const seeds = [...this.regions.values()];
    this.balancing = new Balancing(this, seeds);
    this.classic = new ClassicBalancing(seeds);
    this.names = new Names();
    this.clusters = new Clusters();
    this.clock.reset();
    this.change({ ...DEFAULT_SETTINGS, ...this.initial });
  }
}

/** At the end of a region's addresses, where no machine lives. */
export function endpointAddress({ addressPrefix }: RegionSeed): string {
  return `${addressPrefix}.255.254`;
}
