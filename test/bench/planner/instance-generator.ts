import type { InstanceClass, InstanceFile, InstancePool } from './instance-file.js';

export type InstanceSize = Readonly<{ classes: number; pools: number; phases: number }>;

type Random = () => number;

const FAMILIES = [
  { id: 'c', memPerVcpu: 2, factor: 0.85, group: 'std' },
  { id: 'm', memPerVcpu: 4, factor: 1, group: 'std' },
  { id: 'r', memPerVcpu: 8, factor: 1.3, group: 'mem' },
] as const;
const SIZES = [4, 8, 8, 16, 16, 32, 32, 48, 64, 96];
const OPTIONS = [
  { id: 'private', share: 0.25, factor: 0.35 },
  { id: 'reserved', share: 0.15, factor: 0.65 },
  { id: 'on-demand', share: 0.38, factor: 1 },
  { id: 'spot', share: 0.22, factor: 0.4 },
] as const;

/** Instances of any size like those of the documented form, the same for the same seed. */
export function generateInstance(size: InstanceSize, seed: number): InstanceFile {
  const random = numbers(seed);
  const pools = makePools(size.pools, random);
  const phases = makePhases(size.phases);
  const classes = Array.from({ length: size.classes }, (_, g) => makeClass(g, pools, phases.length, random));
  fitDemand(classes, pools, 0.55 + 0.15 * random());
  return {
    schema: 'burst-planner-instance/1',
    name: `${size.classes}x${size.pools}x${size.phases}-g${seed}`,
    seed,
    currency: 'EUR',
    shortagePenaltyPerVcpuHour: 10,
    phases,
    quotaGroups: makeQuotas(pools, random),
    pools,
    classes,
  };
}

function numbers(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 16_777_216;
  };
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function makePhases(count: number): InstanceFile['phases'] {
  const ramps = Math.max(1, Math.round((count - 2) / 2.5));
  const peakAt = 1 + ramps;
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return { id: 'prewarm', hours: 1 };
    if (k < peakAt) return { id: `ramp-${k}`, hours: 0.5 };
    if (k === peakAt) return { id: 'peak', hours: 1.5 };
    if (k === count - 1) return { id: 'decay', hours: 2 };
    return { id: `plateau-${k - peakAt}`, hours: 3 + ((k - peakAt) % 2) };
  });
}

function makePools(count: number, random: Random): InstancePool[] {
  const pools = new Map<string, InstancePool>();
  while (pools.size < count) {
    const pool = makePool(random, Math.ceil(count / POOLS_PER_REGIONS));
    if (!pools.has(pool.id)) pools.set(pool.id, pool);
  }
  return [...pools.values()];
}

/** More pools than this need more regions than three to be different ones. */
const POOLS_PER_REGIONS = 1_200;

function makePool(random: Random, worlds: number): InstancePool {
  const option = pickOption(random);
  const family = pick(FAMILIES, random);
  const vcpu = pick(SIZES, random);
  const generation = 6 + Math.floor(random() * 3);
  const account = option.id === 'private' ? 'private' : pick(['acc1', 'acc2'], random);
  const places = option.id === 'private' ? (['dc', 2] as const) : (['reg', 3] as const);
  const region = `${places[0]}${1 + Math.floor(random() * places[1] * worlds)}`;
  const zone = `${region}${pick(option.id === 'private' ? ['a', 'b'] : ['a', 'b', 'c'], random)}`;
  const type = `${family.id}${generation}x.${vcpu}`;
  const priceHour = round(vcpu * 0.042 * family.factor * option.factor * (0.75 + 0.5 * random()), 4);
  return {
    id: `${account}/${zone}/${type}/${option.id}`,
    account,
    region,
    zone,
    type,
    family: family.id,
    arch: 'amd64',
    option: option.id,
    vcpu,
    memGiB: vcpu * family.memPerVcpu,
    priceHour,
    startCost: round(priceHour * (0.1 + 0.2 * random()), 4),
    cap: random() < 0.07 ? 0 : Math.ceil((40 + 900 * random() * random()) / vcpu),
    quotaGroup: option.id === 'private' ? null : `${account}/${region}/${family.group}/${option.id}`,
    interruptionPerHour: option.id === 'spot' ? round(0.01 + 0.1 * random(), 3) : 0,
  };
}

function pickOption(random: Random): (typeof OPTIONS)[number] {
  let left = random();
  for (const option of OPTIONS) {
    left -= option.share;
    if (left < 0) return option;
  }
  return OPTIONS[2];
}

function makeQuotas(pools: readonly InstancePool[], random: Random): InstanceFile['quotaGroups'] {
  const groups = [...new Set(pools.flatMap((pool) => (pool.quotaGroup === null ? [] : [pool.quotaGroup])))];
  return groups.toSorted().map((id) => {
    const most = pools
      .filter((pool) => pool.quotaGroup === id)
      .reduce((sum, pool) => sum + pool.cap * pool.vcpu, 0);
    const limitVcpu = 64 * Math.max(1, Math.ceil((most * (0.4 + 0.6 * random())) / 64));
    return { id, limitVcpu, usedVcpu: 8 * Math.floor((limitVcpu * 0.1 * random()) / 8) };
  });
}

function makeClass(g: number, pools: readonly InstancePool[], phases: number, random: Random): InstanceClass {
  const share = 0.45 + 0.55 * random();
  const peakAt = 1 + Math.max(1, Math.round((phases - 2) / 2.5));
  const perVcpu = 2.5 + 4 * random();
  const weight = 0.3 + random();
  const demand = Array.from({ length: phases }, (_, k) => {
    const distance = k <= peakAt ? (peakAt - k) / (peakAt + 1) : (k - peakAt) / (phases - peakAt);
    const vcpu = 1000 * weight * (1 - 0.7 * distance) * (0.95 + 0.1 * random());
    return { vcpu, memGiB: vcpu * perVcpu * (0.97 + 0.06 * random()) };
  });
  return {
    id: `class${String(g + 1).padStart(2, '0')}`,
    headroom: pick([0.1, 0.15, 0.2, 0.25], random),
    spotMax: pick([0, 0.2, 0.3, 0.5], random),
    zoneLossFraction: pick([0.6, 0.7, 0.75, 0.8], random),
    demand,
    allowed: pools.filter(() => random() < share).map((pool) => pool.id),
  };
}

/** Scales all demand so that its peak takes the given share of what the pools could give. */
function fitDemand(classes: readonly InstanceClass[], pools: readonly InstancePool[], share: number): void {
  const supply = pools.reduce((sum, pool) => sum + pool.cap * pool.vcpu, 0);
  const peak = classes.reduce((sum, item) => sum + Math.max(...item.demand.map((entry) => entry.vcpu)), 0);
  const memory = classes.reduce(
    (sum, item) => sum + Math.max(...item.demand.map((entry) => entry.memGiB)),
    0,
  );
  const memorySupply = pools.reduce((sum, pool) => sum + pool.cap * pool.memGiB, 0);
  const factor = (share * 0.7) / Math.max(peak / supply, memory / memorySupply);
  for (const entry of classes.flatMap((item) => item.demand)) {
    entry.vcpu = Math.round(entry.vcpu * factor);
    entry.memGiB = Math.round(entry.memGiB * factor);
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
