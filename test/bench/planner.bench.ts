import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  checkPlan,
  solvePlan,
  type CapacityPlan,
  type PlanRow,
  type PlanningProblem,
} from '@springtide/planning';
import { baselinePlan, type Baseline } from './planner/baselines.js';
import { planFileOf, problemOf, type InstanceFile } from './planner/instance-file.js';
import { generateInstance } from './planner/instance-generator.js';

type Line = { name: string; value: number; unit: string; baseline: number; ratio: number };

const USAGE = `planner [--size 6x120x8[,12x120x8 …]] [--seeds 3] [--deadline 60000]
planner --instance FILE [--plan OUT] [--deadline 60000]`;

/** `planner.<size>.gap` and `planner.<size>.seconds`, against buying by hand in the same run. */
export async function plannerBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      instance: { type: 'string' },
      plan: { type: 'string' },
      size: { type: 'string', default: '3x40x6,6x120x8' },
      seeds: { type: 'string', default: '3' },
      deadline: { type: 'string', default: '60000' },
      help: { type: 'boolean', default: false },
    },
  });
  const deadlineMs = Number(values.deadline);
  if (values.help) process.stderr.write(`${USAGE}\n`);
  else if (values.instance !== undefined) await benchFile(values.instance, values.plan, deadlineMs);
  else for (const size of values.size.split(',')) await benchSize(size, Number(values.seeds), deadlineMs);
}

async function benchFile(path: string, out: string | undefined, deadlineMs: number): Promise<void> {
  const started = performance.now();
  const file = JSON.parse(readFileSync(path, 'utf8')) as InstanceFile;
  const problem = problemOf(file);
  const plan = await solvePlan(problem, { deadlineMs });
  const seconds = () => (performance.now() - started) / 1000;
  if (out !== undefined) writeFileSync(out, JSON.stringify(planFileOf(plan.machines, seconds())));
  report(sizeOf(file), [measure(problem, plan, seconds())]);
}

async function benchSize(size: string, seeds: number, deadlineMs: number): Promise<void> {
  const [classes = 0, pools = 0, phases = 0] = size.split('x').map(Number);
  const measures: Measure[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const file = generateInstance({ classes, pools, phases }, seed);
    const started = performance.now();
    const problem = problemOf(file);
    const plan = await solvePlan(problem, { deadlineMs });
    measures.push(measure(problem, plan, (performance.now() - started) / 1000));
  }
  report(size, measures);
}

type Measure = Readonly<{
  gap: number;
  seconds: number;
  short: number;
  violations: number;
  baselines: Readonly<Record<Baseline, BaselineMeasure>>;
}>;
type BaselineMeasure = Readonly<{ gap: number; seconds: number; short: number }>;

function measure(problem: PlanningProblem, plan: CapacityPlan, seconds: number): Measure {
  const check = checkPlan(problem, plan.machines);
  const bound = plan.lowerBound === null ? Number.NaN : Number(plan.lowerBound.amount);
  const compare = (baseline: Baseline): BaselineMeasure => {
    const started = performance.now();
    const rows = baselinePlan(problem, baseline);
    const spent = (performance.now() - started) / 1000;
    const objective = objectiveOf(problem, rows);
    // Its shortage stands in its own line: with the penalty the comparison would only show the penalty.
    return { gap: objective.cost / bound - 1, seconds: spent, short: objective.short };
  };
  return {
    gap: objectiveOf(problem, plan.machines).total / bound - 1,
    seconds,
    short: objectiveOf(problem, plan.machines).short,
    violations: check.violations.length,
    baselines: {
      'first-fit-decreasing': compare('first-fit-decreasing'),
      'cheapest-first': compare('cheapest-first'),
    },
  };
}

/** Cost and penalties as the independent checker reads them from the machines alone. */
function objectiveOf(
  problem: PlanningProblem,
  rows: readonly PlanRow[],
): { cost: number; total: number; short: number } {
  const check = checkPlan(problem, rows);
  let total = Number(check.cost.total.amount);
  let short = 0;
  for (const cell of check.shortage) {
    const hours = problem.phases.find((phase) => phase.id === cell.phase)?.hours ?? 0;
    const penalty = problem.classes.find((item) => item.id === cell.class)?.shortagePenaltyPerUnitHour.amount;
    short += cell.units * hours;
    total += cell.units * hours * Number(penalty ?? 0);
  }
  return { cost: Number(check.cost.total.amount), total, short };
}

function report(size: string, measures: readonly Measure[]): void {
  const mean = (read: (measure: Measure) => number) =>
    measures.reduce((sum, measure) => sum + read(measure), 0) / measures.length;
  const ffd = (read: (measure: BaselineMeasure) => number) =>
    mean((m) => read(m.baselines['first-fit-decreasing']));
  const cheapest = (read: (measure: BaselineMeasure) => number) =>
    mean((m) => read(m.baselines['cheapest-first']));
  const gap = mean((measure) => measure.gap);
  const seconds = mean((measure) => measure.seconds);
  print(
    line(
      `planner.${size}.gap`,
      gap,
      'share',
      ffd((b) => b.gap),
    ),
  );
  print(
    line(
      `planner.${size}.gap-against-cheapest-first`,
      gap,
      'share',
      cheapest((b) => b.gap),
    ),
  );
  print(
    line(
      `planner.${size}.seconds`,
      seconds,
      's',
      ffd((b) => b.seconds),
    ),
  );
  print(
    line(
      `planner.${size}.short`,
      mean((m) => m.short),
      'unit-hours',
      ffd((b) => b.short),
    ),
  );
  print(
    line(
      `planner.${size}.violations`,
      mean((m) => m.violations),
      'count',
      0,
    ),
  );
}

function line(name: string, value: number, unit: string, baseline: number): Line {
  return { name, value, unit, baseline, ratio: baseline === 0 ? value : value / baseline };
}

function print(entry: Line): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function sizeOf(file: InstanceFile): string {
  return `${file.classes.length}x${file.pools.length}x${file.phases.length}`;
}
