import { WireError } from './wire/wire-error.js';
import type { RegionSeed } from './seed.js';

/** First and last addresses of a vswitch that the vendor keeps: one and three. */
const RESERVED_AT_END = 3;
const PER_VSWITCH = 1 << 14;

/** A vswitch of one zone, a quarter of its VPC. */
export class VSwitch {
  private next = 1;
  private readonly returned: string[] = [];
  private taken = 0;
  /** Addresses that somebody else uses up. */
  occupied = 0;

  constructor(
    readonly id: string,
    readonly vpcId: string,
    readonly regionId: string,
    readonly zoneId: string,
    readonly name: string,
    private readonly prefix: string,
    private readonly index: number,
  ) {}

  get cidr(): string {
    return `${this.prefix}.${this.index * 64}.0/18`;
  }

  get free(): number {
    return Math.max(0, PER_VSWITCH - 1 - RESERVED_AT_END - this.taken - this.occupied);
  }

  /** @throws WireError when the vswitch is full. */
  take(): string {
    if (this.free === 0) {
      const text = 'The specified VSwitch does not have enough IP addresses.';
      throw new WireError(400, 'InvalidVSwitchId.IpNotEnough', text);
    }
    this.taken += 1;
    const again = this.returned.shift();
    if (again !== undefined) return again;
    const at = this.next;
    this.next += 1;
    return `${this.prefix}.${this.index * 64 + (at >> 8)}.${at & 255}`;
  }

  giveBack(address: string): void {
    this.taken -= 1;
    this.returned.push(address);
  }
}

export type Vpc = Readonly<{ id: string; regionId: string; name: string; cidr: string }>;

export type SecurityGroup = Readonly<{ id: string; regionId: string; vpcId: string; name: string }>;

export type Image = Readonly<{
  id: string;
  regionId: string;
  name: string;
  sizeGib: number;
  system: boolean;
}>;

export class Network {
  readonly vpcs = new Map<string, Vpc>();
  readonly vswitches = new Map<string, VSwitch>();
  readonly securityGroups = new Map<string, SecurityGroup>();
  readonly images = new Map<string, Image>();

  constructor(regions: readonly RegionSeed[]) {
    for (const region of regions) this.addRegion(region);
  }

  private addRegion(region: RegionSeed): void {
    const { regionId, vpcId, addressPrefix } = region;
    this.vpcs.set(vpcId, { id: vpcId, regionId, name: 'shop', cidr: `${addressPrefix}.0.0/16` });
    region.zones.forEach((zone, index) => {
      const id = region.vswitches[zone] ?? '';
      const name = `shop-${zone}`;
      this.vswitches.set(id, new VSwitch(id, vpcId, regionId, zone, name, addressPrefix, index));
    });
    const group = { id: region.securityGroupId, regionId, vpcId, name: 'shop' };
    this.securityGroups.set(group.id, group);
    const images = [
      { id: region.imageId, regionId, name: 'shop-1.0', sizeGib: 20, system: false },
      {
        id: 'aliyun_3_x64_20G_alibase_20260320.vhd',
        regionId,
        name: 'aliyun_3_x64_20G_alibase_20260320.vhd',
        sizeGib: 20,
        system: true,
      },
    ];
    for (const image of images) this.images.set(`${regionId} ${image.id}`, image);
  }

  image(regionId: string, id: string): Image | undefined {
    return this.images.get(`${regionId} ${id}`);
  }
}
