import { readFileSync } from 'node:fs';
import type { PlanRow, PlanningProblem } from '@springtide/planning';
import type { Money } from '@springtide/kernel';
import { z } from 'zod';

const amount = z.number().min(0);
const phaseForm = z.object({ id: z.string(), hours: amount });
const quotaForm = z.object({ id: z.string(), limitVcpu: amount, usedVcpu: amount.default(0) });
const poolForm = z.object({
  id: z.string(),
  account: z.string().default('account'),
  region: z.string().default('region'),
  zone: z.string(),
  type: z.string().default('type'),
  family: z.string().default('family'),
  arch: z.string().default('amd64'),
  option: z.enum(['private', 'reserved', 'on-demand', 'spot']),
  vcpu: z.number().positive(),
  memGiB: amount,
  priceHour: amount,
  startCost: amount.default(0),
  cap: amount,
  quotaGroup: z
    .string()
    .nullish()
    .transform((group) => group ?? null),
  interruptionPerHour: amount.default(0),
});
const classForm = z.object({
  id: z.string(),
  headroom: amount.default(0),
  spotMax: z.number().min(0).max(1).default(1),
  zoneLossFraction: z.number().min(0).max(1).default(0),
  demand: z.array(z.object({ vcpu: amount, memGiB: amount.default(0) })),
  allowed: z.array(z.string()),
});

/** The neutral file form `burst-planner-instance/1`, so that planners can be compared on the same work. */
const instanceForm = z.object({
  schema: z.literal('burst-planner-instance/1'),
  name: z.string().default('instance'),
  seed: z.number().default(0),
  currency: z.string().default('EUR'),
  shortagePenaltyPerVcpuHour: amount.default(10),
  phases: z.array(phaseForm).min(1),
  quotaGroups: z.array(quotaForm).default([]),
  pools: z.array(poolForm),
  classes: z.array(classForm),
});

export type InstanceFile = z.infer<typeof instanceForm>;
export type InstancePool = InstanceFile['pools'][number];
export type InstanceClass = InstanceFile['classes'][number];

/** @throws Error that names every fault: a file that is not an instance is not solved as something else. */
export function readInstance(path: string): InstanceFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} cannot be read as JSON, so nothing was planned: ${String(cause)}`, { cause });
  }
  const parsed = instanceForm.safeParse(content);
  const faults = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  const shown = faults.slice(0, 10).join('; ');
  throw new Error(`${path} is no burst-planner-instance/1, so nothing was planned: ${shown}`);
}

function contradictions(file: InstanceFile): readonly string[] {
  const groups = new Set(file.quotaGroups.map((group) => group.id));
  const pools = new Set(file.pools.map((pool) => pool.id));
  return [
    ...repeated('phase', file.phases),
    ...repeated('quota group', file.quotaGroups),
    ...repeated('pool', file.pools),
    ...repeated('class', file.classes),
    ...file.pools
      .filter((pool) => pool.quotaGroup !== null && !groups.has(pool.quotaGroup))
      .map((pool) => `pool ${pool.id}: quota group ${String(pool.quotaGroup)} is unknown`),
    ...file.classes
      .filter((item) => item.demand.length !== file.phases.length)
      .map((item) => `class ${item.id}: needs one demand per phase`),
    ...file.classes.flatMap((item) =>
      item.allowed.filter((id) => !pools.has(id)).map((id) => `class ${item.id}: pool ${id} is unknown`),
    ),
  ];
}

function repeated(what: string, items: readonly { id: string }[]): readonly string[] {
  const counts = Map.groupBy(items, (item) => item.id);
  return [...counts].filter(([, same]) => same.length > 1).map(([id]) => `${what} ${id} is listed twice`);
}

/** The least length that a phase has for the planner; one of no length costs nothing but starts. */
const INSTANT = 1e-9;
/** More machines than any plan needs stand for "as many as you like". */
const PLENTY = 1_000_000;

/** Cover is in vCPU there: one machine gives a class its vCPUs. */
export function problemOf(file: InstanceFile): PlanningProblem {
  const money = (value: number): Money => ({ currency: file.currency, amount: String(value) });
  const vcpu = new Map(file.pools.map((pool) => [pool.id, pool.vcpu]));
  return {
    currency: file.currency,
    objective: 'cheapest',
    phases: file.phases.map(({ id, hours }) => ({ id, hours: Math.max(INSTANT, hours) })),
    quotaGroups: file.quotaGroups,
    pools: file.pools.map(({ type, memGiB, priceHour, startCost, ...pool }) => ({
      ...pool,
      cap: Math.min(PLENTY, pool.cap),
      machineType: type,
      memoryGiB: memGiB,
      pricePerHour: money(priceHour),
      startCost: money(startCost),
    })),
    classes: file.classes.map(({ demand, allowed, ...item }) => ({
      ...item,
      unit: 'vCPU',
      // Without vCPUs asked for, the form has no measure for missing memory.
      demand: demand.map((entry) => ({ units: entry.vcpu, memoryGiB: entry.vcpu === 0 ? 0 : entry.memGiB })),
      allowed: [...new Set(allowed)].map((pool) => ({ pool, units: vcpu.get(pool) ?? 0 })),
      shortagePenaltyPerUnitHour: money(file.shortagePenaltyPerVcpuHour),
    })),
  };
}

/** Machines running, by class, pool and phase. */
export type PlanMachines = Record<string, Record<string, readonly number[]>>;
export type PlanFile = { schema: 'burst-planner-plan/1'; machines: PlanMachines; seconds: number };

export function machinesOf(rows: readonly PlanRow[]): PlanMachines {
  const machines: PlanMachines = {};
  for (const row of rows) {
    const ofClass = (machines[row.class] ??= {});
    ofClass[row.pool] = row.counts;
  }
  return machines;
}
