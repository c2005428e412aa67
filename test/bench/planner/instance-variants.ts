import type { InstanceFile } from './instance-file.js';

type Change = (file: InstanceFile) => InstanceFile;

const PER_MACHINE = 4;

const pools =
  (change: (pool: InstanceFile['pools'][number]) => Partial<InstanceFile['pools'][number]>): Change =>
  (file) => ({ ...file, pools: file.pools.map((pool) => ({ ...pool, ...change(pool) })) });

const classes =
  (change: (item: InstanceFile['classes'][number], index: number) => Partial<typeof item>): Change =>
  (file) => ({
    ...file,
    classes: file.classes.map((item, index) => ({ ...item, ...change(item, index) })),
  });

const scaled = (item: InstanceFile['classes'][number], factor: number) =>
  item.demand.map(({ vcpu, memGiB }) => ({
    vcpu: Math.round(vcpu * factor),
    memGiB: Math.round(memGiB * factor),
  }));

/** Instances unlike those of the generator: each stresses one rule, or one way in which whole machines do not fit. */
const CHANGES = {
  plain: (file) => file,
  /** A handful of machines per pool, demand to match. */
  'tiny-pools': (file) =>
    classes((item) => ({ demand: scaled(item, 0.2) }))(
      pools((pool) => ({ cap: Math.ceil(pool.cap / 5) }))({
        ...file,
        quotaGroups: file.quotaGroups.map((group) => ({ ...group, usedVcpu: 0 })),
      }),
    ),
  /** Machines four times as large, a quarter as many. */
  'large-machines': pools((pool) => ({
    vcpu: pool.vcpu * PER_MACHINE,
    memGiB: pool.memGiB * PER_MACHINE,
    priceHour: pool.priceHour * PER_MACHINE,
    startCost: pool.startCost * PER_MACHINE,
    cap: Math.ceil(pool.cap / PER_MACHINE),
  })),
  'tight-quota': (file) => ({
    ...file,
    quotaGroups: file.quotaGroups.map((group) => ({
      ...group,
      limitVcpu: Math.max(group.usedVcpu, Math.round(group.limitVcpu * 0.5)),
    })),
  }),
  /** All of the demand must survive the loss of a zone. */
  'zone-strict': classes(() => ({ zoneLossFraction: 1 })),
  /** A start costs as much as four hours. */
  'dear-starts': pools((pool) => ({ startCost: pool.priceHour * 4 })),
  /** An hour is billed at least, and phases are half as long. */
  'minimum-billing': (file) => ({
    ...pools((pool) => ({ startCost: pool.option === 'private' ? 0 : pool.priceHour }))(file),
    phases: file.phases.map((phase) => ({ ...phase, hours: phase.hours / 2 })),
  }),
  'mostly-spot': classes(() => ({ spotMax: 0.9, zoneLossFraction: 0.5 })),
  'one-dominates': classes((item, index) => ({ demand: scaled(item, index === 0 ? 3 : 0.4) })),
  /** Demand that jumps up and down from phase to phase. */
  'saw-tooth': classes((item, index) => ({
    demand: item.demand.map((entry, k) => (k % 2 === index % 2 ? entry : halved(entry))),
  })),
  /** Private pools of a few machines each: nearly everything is bought. */
  'scarce-private': pools((pool) => (pool.option === 'private' ? { cap: Math.min(pool.cap, 2) } : {})),
  /** Classes whose demands differ by orders of magnitude. */
  unequal: classes((item, index) => ({ demand: scaled(item, 2 / 3 ** index) })),
  /** Machines of one size, memory and price: all plans look alike. */
  uniform: pools(() => ({ vcpu: 16, memGiB: 64, priceHour: 0.6, startCost: 0.1 })),
  /** Nothing is short of memory, so that only a few sizes fit. */
  'memory-bound': classes((item) => ({
    demand: item.demand.map(({ vcpu }) => ({ vcpu: Math.round(vcpu / 2), memGiB: Math.round(vcpu * 4) })),
  })),
  /** Hardly more supply than demand. */
  scarce: classes((item) => ({ demand: scaled(item, 1.3) })),
} as const satisfies Record<string, Change>;

export type InstanceVariant = keyof typeof CHANGES;

export const INSTANCE_VARIANTS = Object.keys(CHANGES) as readonly InstanceVariant[];

export function isInstanceVariant(name: string): name is InstanceVariant {
  return name in CHANGES;
}

export function variantOf(file: InstanceFile, variant: InstanceVariant): InstanceFile {
  return { ...CHANGES[variant](file), name: `${file.name}-${variant}` };
}

function halved({ vcpu, memGiB }: InstanceFile['classes'][number]['demand'][number]) {
  return { vcpu: Math.round(vcpu / 2), memGiB: Math.round(memGiB / 2) };
}
