import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignReport } from '@springtide/contracts';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import type { LoadResult, PhaseResult } from '../../../test/yard/load/load-generator.js';
import { SERVICES } from './demand.js';
import type { GroundTruth } from './ground-truth.js';
import { count, money } from './numbers.js';
import { kubernetesLine, type KubernetesReport } from './report-kubernetes.js';
import { bold, paint, screen, table } from './screen.js';
import type { VerdictReport } from './verdicts.js';

type Served = Readonly<{ servedRatio: number | null; p99Ms: number | null }>;

export type DemoReport = Readonly<{
  passed: boolean;
  failures: readonly string[];
  engines: Readonly<Record<string, string>>;
  phases: readonly (Served &
    Readonly<{
      name: string;
      demandRps: number;
      measured: boolean;
      machinesReady: number;
      withoutBurst: Served;
    }>)[];
  machines: CampaignReport['machines'] & Readonly<{ groundTruth: string }>;
  cost: CampaignReport['cost'];
  timeToReadySeconds: CampaignReport['timeToReadySeconds'];
  /** Processes that ended during the story and were started again. */
  restarts: Readonly<Record<string, number>>;
  timeline: readonly Readonly<{ at: string; step: string; detail: string }>[];
  /** What the verifier says, from the clouds' own listings and the database. */
  invariants?: VerdictReport;
  /** Where a cluster ran beside the machines. */
  kubernetes?: KubernetesReport;
}>;

/** Served at least this share of what was wanted, in every phase: the target of the demo. */
const TARGET = 0.999;

export function assemble(
  report: CampaignReport,
  load: LoadResult,
  truth: GroundTruth,
  engines: DemoReport['engines'],
  restarts: DemoReport['restarts'],
): DemoReport {
  const phases = load.phases.map((phase) => {
    const own = report.phases.find((row) => row.name === phase.name);
    return {
      name: phase.name,
      demandRps: own?.demandRps ?? 0,
      machinesReady: own?.machinesReady ?? 0,
      measured: phase.measured,
      ...served(phase, false),
      withoutBurst: served(phase, true),
    };
  });
  const duplicated = report.machines.duplicated + truth.duplicated;
  const failures = [
    ...(phases.length === 0 ? ['nothing was measured'] : []),
    ...(report.state === 'closed' ? [] : [`the run is ${report.state}`]),
    ...phases.flatMap((phase) => {
      if (!phase.measured) return [`${phase.name} was not measured: the load generator itself lagged`];
      if (phase.servedRatio !== null && phase.servedRatio >= TARGET) return [];
      return [`${phase.name} served ${percent(phase.servedRatio)} instead of ${percent(TARGET)}`];
    }),
    ...(truth.leftover > 0 ? [`the clouds still hold ${count(truth.leftover, 'thing')} of ours`] : []),
    ...(duplicated > 0 ? [`${count(duplicated, 'machine was', 'machines were')} made twice`] : []),
  ];
  return {
    passed: failures.length === 0,
    failures,
    engines,
    phases,
    machines: {
      ...report.machines,
      duplicated,
      leftover: truth.leftover,
      groundTruth: truth.detail,
    },
    cost: report.cost,
    timeToReadySeconds: report.timeToReadySeconds,
    restarts,
    timeline: report.timeline.map(({ at, step, detail }) => ({ at, step, detail })),
  };
}

/** A violated invariant fails the story; one that could not be judged is named. */
export function withVerdict(report: DemoReport, invariants: VerdictReport): DemoReport {
  const failures = [...report.failures, ...invariants.violations];
  return { ...report, invariants, failures, passed: failures.length === 0 };
}

export async function writeReport(report: DemoReport): Promise<string> {
  const folder = join(projectRoot(), 'var', 'demo');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'report.json');
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}

export function showReport(report: DemoReport): void {
  screen.plain(`\n${bold('After-action report')}\n`);
  const rows = report.phases.map((phase) => [
    phase.name,
    String(phase.demandRps),
    String(phase.machinesReady),
    phase.measured ? percent(phase.servedRatio) : 'not measured',
    milliseconds(phase.p99Ms),
    percent(phase.withoutBurst.servedRatio),
    milliseconds(phase.withoutBurst.p99Ms),
  ]);
  screen.plain(
    table(['phase', 'requests/s', 'machines', 'served', 'p99', 'served without burst', 'p99 without'], rows),
  );
  const { machines, cost, timeToReadySeconds: ready } = report;
  screen.plain('');
  screen.plain(
    `Machines   ${machines.planned} planned, ${machines.created} created, ${machines.duplicated} twice, ${machines.leftover} left over`,
  );
  screen.plain(`           ${machines.groundTruth}`);
  if (ready !== null)
    screen.plain(
      `Readiness  p50 ${ready.p50.toFixed(1)} s, p95 ${ready.p95.toFixed(1)} s from order to serving`,
    );
  const inCurrency = (amount: string) => money(amount, cost.currency);
  screen.plain(
    `Cost       ${inCurrency(cost.actual)} spent (${inCurrency(cost.private)} of it private), ` +
      `${inCurrency(cost.planned)} planned, ${inCurrency(cost.budget)} approved`,
  );
  if (report.invariants !== undefined) {
    screen.plain(`Verified   ${report.invariants.summary}`);
    for (const reason of report.invariants.notJudged) screen.plain(`           ${reason}`);
  }
  if (report.kubernetes !== undefined) screen.plain(kubernetesLine(report.kubernetes));
  screen.plain(`Engines    ${Object.values(report.engines).join('\n           ')}`);
  const restarts = Object.entries(report.restarts).map(([name, times]) =>
    times === 1 ? name : `${name} (${times} times)`,
  );
  if (restarts.length > 0) screen.plain(`Restarts   ${restarts.join(', ')}`);
  screen.plain('');
  if (report.passed)
    screen.plain(paint(32, 'Every phase met its target, and the clouds hold nothing of ours.'));
  for (const failure of report.failures) screen.plain(paint(31, `Not met: ${failure}.`));
}

function served(phase: PhaseResult, alone: boolean): Served {
  const names = SERVICES.map(({ name }) => (alone ? `${name}-alone` : name));
  const results = names.flatMap((name) => phase.targets[name] ?? []);
  const intended = results.reduce((sum, target) => sum + target.intended, 0);
  const ok = results.reduce((sum, target) => sum + target.ok, 0);
  const latencies = results.flatMap((target) => (target.latencyMs === null ? [] : [target.latencyMs.p99]));
  return {
    servedRatio: intended === 0 ? null : ok / intended,
    p99Ms: latencies.length === 0 ? null : Math.round(Math.max(...latencies)),
  };
}

function percent(ratio: number | null): string {
  return ratio === null ? '–' : `${(Math.floor(ratio * 10_000) / 100).toFixed(2)} %`;
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${value} ms`;
}
