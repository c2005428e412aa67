/** What exists before anybody calls. Ids are the same after every start and reset. */
export type MachineType = Readonly<{
  id: string;
  family: string;
  vcpus: number;
  memoryGib: number;
  /** Sample price in CNY per hour, pay as you go, as a decimal. */
  hourly: string;
}>;

export type RegionSeed = Readonly<{
  regionId: string;
  localName: string;
  zones: readonly string[];
  /** First two octets of the machines' addresses: this computer answers there. */
  addressPrefix: string;
  vpcId: string;
  /** By zone. */
  vswitches: Readonly<Record<string, string>>;
  securityGroupId: string;
  imageId: string;
  /** An application load balancer: the rule forwards everything to both groups by weight, 100 to 0. */
  balancing: Readonly<{
    loadBalancerId: string;
    listenerId: string;
    ruleId: string;
    homeGroupId: string;
    burstGroupId: string;
  }>;
  /** A classic load balancer with one group of servers. */
  classic: Readonly<{ loadBalancerId: string; groupId: string }>;
}>;

/**
 * Sample prices, no price list: vCPUs at 0.1764 and GiB of memory at 0.0221 CNY per hour, which are the unit prices of
 * elastic container instances in the vendor's billing document, rounded to 0.0001.
 */
const VCPU_PRICE = 1_764;
const GIB_PRICE = 221;

const FAMILIES: Readonly<Record<string, number>> = { c7: 2, g7: 4, r7: 8, c8i: 2, g8i: 4 };
const SIZES: Readonly<Record<string, number>> = {
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
};

export const MACHINE_TYPES: readonly MachineType[] = Object.entries(FAMILIES).flatMap(([family, gibPerCpu]) =>
  Object.entries(SIZES).map(([size, vcpus]) => {
    const memoryGib = vcpus * gibPerCpu;
    const price = vcpus * VCPU_PRICE + memoryGib * GIB_PRICE;
    return {
      id: `ecs.${family}.${size}`,
      family: `ecs.${family}`,
      vcpus,
      memoryGib,
      hourly: `${Math.floor(price / 10_000)}.${String(price % 10_000).padStart(4, '0')}`,
    };
  }),
);

const REGIONS = [
  { regionId: 'cn-hangzhou', localName: '华东1（杭州）', letters: ['h', 'i', 'j', 'k'] },
  { regionId: 'cn-shanghai', localName: '华东2（上海）', letters: ['b', 'e', 'f', 'g'] },
  { regionId: 'cn-beijing', localName: '华北2（北京）', letters: ['f', 'h', 'k', 'l'] },
] as const;

export const ACCOUNT_ID = '1234567890123456';

/** Regions with addresses from `127.<firstOctet>` on, one second octet each. */
export function seedRegions(firstOctet: number): readonly RegionSeed[] {
  return REGIONS.map(({ regionId, localName, letters }, index) => {
    const zones = letters.map((letter) => `${regionId}-${letter}`);
    const mark = `bp1spring${index}`;
    return {
      regionId,
      localName,
      zones,
      addressPrefix: `127.${firstOctet + index}`,
      vpcId: `vpc-${mark}000000000`,
      vswitches: Object.fromEntries(zones.map((zone, n) => [zone, `vsw-${mark}00000000${n}`])),
      securityGroupId: `sg-${mark}000000000`,
      imageId: `m-${mark}000000000`,
      balancing: {
        loadBalancerId: `alb-spring${index}`,
        listenerId: `lsn-spring${index}`,
        ruleId: `rule-spring${index}`,
        homeGroupId: `sgp-home${index}`,
        burstGroupId: `sgp-burst${index}`,
      },
      classic: { loadBalancerId: `lb-${mark}`, groupId: `rsp-${mark}` },
    };
  });
}
