import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { solvePlan, type CapacityPlan } from '@springtide/planning';
import { printLine } from './bench-line.js';
import { baselinePlan, roundedUpPlan } from './planner/baselines.js';
import {
  machinesOf,
  problemOf,
  readInstance,
  type InstanceFile,
  type PlanFile,
} from './planner/instance-file.js';
import { generateInstance } from './planner/instance-generator.js';
import {
  INSTANCE_VARIANTS,
  isInstanceVariant,
  variantOf,
  type InstanceVariant,
} from './planner/instance-variants.js';
import { linearReference } from './planner/linear-reference.js';
import { checkMachines, type CheckedPlan } from './planner/plan-checker.js';

const USAGE = `planner [--size 6x120x8[,12x400x8 …]] [--variant plain] [--seeds 3] [--deadline 4500] [--reference auto|always|never]
planner --instance FILE [--plan OUT] [--deadline 4500] [--reference auto|always|never]
--variant: one of ${INSTANCE_VARIANTS.join(', ')}.
--reference: the linear model in HiGHS as a second bound, and rounded up as a baseline; auto: up to 6x120x8.`;

const GRID = '3x40x6,6x60x8,6x120x8,12x120x8,6x400x8,12x400x8';

type Options = Readonly<{ deadlineMs: number; reference: string }>;

/** `planner.<size>.gap` and `.seconds`, and against them what buying by hand and rounding up come to in the same run. */
export async function plannerBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      instance: { type: 'string' },
      plan: { type: 'string' },
      size: { type: 'string', default: GRID },
      variant: { type: 'string', default: 'plain' },
      seeds: { type: 'string', default: '3' },
      deadline: { type: 'string', default: '4500' },
      reference: { type: 'string', default: 'auto' },
      help: { type: 'boolean', default: false },
    },
  });
  const { variant, reference } = values;
  const sizes = values.size.split(',');
  const [deadlineMs, seeds] = [Number(values.deadline), Number(values.seeds)];
  const faults = [
    ...sizes.filter((size) => !SIZE.test(size)).map((size) => `"${size}" is no size`),
    ...(deadlineMs > 0 ? [] : [`"${values.deadline}" is no time in milliseconds`]),
    ...(Number.isInteger(seeds) && seeds > 0 ? [] : [`"${values.seeds}" is no number of seeds`]),
    ...(REFERENCES.includes(reference) ? [] : [`"${reference}" is no reference`]),
  ];
  const options = { deadlineMs, reference };
  if (values.help) process.stderr.write(`${USAGE}\n`);
  else if (faults.length > 0) refuse(faults.join('; '));
  else if (values.instance !== undefined) await benchFile(values.instance, values.plan, options);
  else if (!isInstanceVariant(variant)) refuse(`there is no variant ${variant}`);
  else for (const size of sizes) await benchSize({ size, variant }, seeds, options);
}

const SIZE = /^[1-9]\d*x[1-9]\d*x[1-9]\d*$/;
const REFERENCES: readonly string[] = ['auto', 'always', 'never'];

function refuse(fault: string): void {
  process.stderr.write(`${fault}, so nothing was measured\n${USAGE}\n`);
  process.exitCode = 2;
}

async function benchFile(path: string, out: string | undefined, options: Options): Promise<void> {
  const started = performance.now();
  const before = process.cpuUsage();
  let file: InstanceFile;
  try {
    file = readInstance(path);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return;
  }
  const plan = await solvePlan(problemOf(file), { deadlineMs: options.deadlineMs });
  const seconds = () => (performance.now() - started) / 1000;
  const written: PlanFile = {
    schema: 'burst-planner-plan/1',
    machines: machinesOf(plan.machines),
    seconds: seconds(),
  };
  if (out !== undefined && !write(out, written)) return;
  const spent = { seconds: seconds(), cpuSeconds: cpuSecondsSince(before) };
  report(sizeOf(file), [await measure(file, plan, spent, options)]);
}

function write(path: string, plan: PlanFile): boolean {
  try {
    writeFileSync(path, JSON.stringify(plan));
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`the plan was made and could not be written to ${path}: ${why}\n`);
    process.exitCode = 2;
    return false;
  }
}

type Kind = Readonly<{ size: string; variant: InstanceVariant }>;

async function benchSize({ size, variant }: Kind, seeds: number, options: Options): Promise<void> {
  const [classes = 0, pools = 0, phases = 0] = size.split('x').map(Number);
  const measures: Measure[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const file = variantOf(generateInstance({ classes, pools, phases }, seed), variant);
    const started = performance.now();
    const before = process.cpuUsage();
    const plan = await solvePlan(problemOf(file), { deadlineMs: options.deadlineMs });
    const seconds = (performance.now() - started) / 1000;
    const spent = { seconds, cpuSeconds: cpuSecondsSince(before) };
    measures.push(await measure(file, plan, spent, options));
  }
  report(variant === 'plain' ? size : `${size}.${variant}`, measures);
}

/** On a busy machine this says more than the clock. */
function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

type Spent = Readonly<{ seconds: number; cpuSeconds: number }>;
type Timed = Readonly<{ checked: CheckedPlan; seconds: number }>;
type Measure = Readonly<{
  /** The optimum of the linear model, if HiGHS gave one; else the planner's own bound. */
  bound: number;
  ownBound: number;
  own: Timed & Spent;
  baselines: Readonly<Record<string, Timed>>;
}>;

async function measure(
  file: InstanceFile,
  plan: CapacityPlan,
  spent: Spent,
  options: Options,
): Promise<Measure> {
  const checked = checkMachines(file, machinesOf(plan.machines));
  for (const violation of checked.violations) process.stderr.write(`broken rule: ${violation}\n`);
  if (checked.violations.length > 0) process.exitCode = 1;
  const ownBound = plan.lowerBound === null ? Number.NaN : Number(plan.lowerBound.amount);
  const baselines: Record<string, Timed> = {};
  for (const baseline of ['first-fit-decreasing', 'cheapest-first'] as const) {
    const started = performance.now();
    const machines = baselinePlan(file, baseline);
    baselines[baseline] = {
      checked: checkMachines(file, machines),
      seconds: (performance.now() - started) / 1000,
    };
  }
  let bound = ownBound;
  if (wantsReference(file, options.reference)) {
    const reference = await linearReference(file);
    const started = performance.now();
    const machines = roundedUpPlan(file, reference);
    const rounding = (performance.now() - started) / 1000;
    baselines['rounded-up'] = {
      checked: checkMachines(file, machines),
      seconds: reference.seconds + rounding,
    };
    if (Number.isFinite(reference.bound)) bound = reference.bound;
  }
  for (const { checked: other } of [{ checked }, ...Object.values(baselines)]) {
    if (other.violations.length > 0 || ownBound <= other.total * (1 + 1e-6)) continue;
    process.stderr.write(`the bound ${ownBound} is above a plan that costs ${other.total}\n`);
    process.exitCode = 1;
  }
  return { bound, ownBound, own: { checked, ...spent }, baselines };
}

const REFERENCE_MOST = 6 * 120 * 8;

function wantsReference(file: InstanceFile, reference: string): boolean {
  if (reference !== 'auto') return reference === 'always';
  return file.classes.length * file.pools.length * file.phases.length <= REFERENCE_MOST;
}

function report(size: string, measures: readonly Measure[]): void {
  const mean = (read: (one: Measure) => number) =>
    measures.reduce((sum, one) => sum + read(one), 0) / measures.length;
  const gapOf = ({ checked }: Timed, bound: number) => checked.total / bound - 1;
  const of = (name: string, read: (timed: Timed, bound: number) => number) =>
    mean((one) => {
      const timed = one.baselines[name];
      return timed === undefined ? Number.NaN : read(timed, one.bound);
    });
  const names = Object.keys(measures[0]?.baselines ?? {});
  const nearest = names.includes('rounded-up') ? 'rounded-up' : 'first-fit-decreasing';
  const gap = mean((one) => gapOf(one.own, one.bound));
  const seconds = mean((one) => one.own.seconds);
  const short = mean((one) => one.own.checked.short);
  printLine(`planner.${size}.gap`, gap, 'share', of(nearest, gapOf));
  printLine(
    `planner.${size}.gap-proven`,
    mean((one) => gapOf(one.own, one.ownBound)),
    'share',
    gap,
  );
  printLine(
    `planner.${size}.seconds`,
    seconds,
    's',
    of(nearest, (timed) => timed.seconds),
  );
  printLine(
    `planner.${size}.cpu-seconds`,
    mean((one) => one.own.cpuSeconds),
    's',
    seconds,
  );
  printLine(
    `planner.${size}.short`,
    short,
    'vCPU-hours',
    of('first-fit-decreasing', (timed) => timed.checked.short),
  );
  for (const name of names) {
    // Its shortage stands aside: with the penalty the comparison would only show the penalty.
    const dearer = of(name, ({ checked }, bound) => checked.cost / bound - 1);
    printLine(`planner.${size}.gap-against-${name}`, gap, 'share', dearer);
  }
  const broken = mean((one) => one.own.checked.violations.length);
  printLine(`planner.${size}.violations`, broken, 'count', 0);
  process.stderr.write(`load ${loadavg()[0]?.toFixed(1) ?? '?'} after ${size}\n`);
}

function sizeOf(file: InstanceFile): string {
  return `${file.classes.length}x${file.pools.length}x${file.phases.length}`;
}
