import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDemandCsv, resample, type DemandSeries, type Filling } from '@springtide/demand/domain';
import { MINUTE, SpringtideError } from '@springtide/kernel';
import { printLine } from './bench-line.js';
import { DAY_STEPS, WINDOWS, campaignWindows, type CampaignWindow } from './burst/campaign-windows.js';
import { forecastOf, type ErrorModel } from './burst/forecast-error.js';
import { BASELINES, POLICIES, type PolicyName } from './burst/policies.js';
import { costRatio, replay, servedShare, sumOf, type ReplayCase, type ReplayResult } from './burst/replay.js';
import { SYNTHETIC_SERIES, syntheticSeries } from './burst/synthetic-series.js';

const USAGE = `burst [--trace FILE.csv[,FILE.csv …]] [--synthetic all|NAME[,NAME …]] [--seeds 5] [--filling linear|hold]
      [--series-seed 11] [--envelope centred|trailing] [--roughness 0] [--peak window|series] [--boots fixed|spread]
names: ${Object.keys(SYNTHETIC_SERIES).join(', ')}`;

const GOAL = { served: 0.999, cost: 2 };
const RULES = { bootMs: 3 * MINUTE, minimumBillingSeconds: 60 };
/** Ten years by the minute. */
const MOST_STEPS = 5_300_000;

type Options = Readonly<{
  seeds: number;
  errors: ErrorModel;
  peak: 'window' | 'series';
  spread: boolean;
}>;

/** `burst.<series>.<policy>.served`, `.shortage` and `.cost`: a demand series replayed on the twin, policy by policy. */
export async function burstBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      trace: { type: 'string' },
      synthetic: { type: 'string' },
      seeds: { type: 'string', default: '5' },
      filling: { type: 'string', default: 'linear' },
      'series-seed': { type: 'string', default: '11' },
      envelope: { type: 'string', default: 'centred' },
      roughness: { type: 'string', default: '0' },
      peak: { type: 'string', default: 'window' },
      boots: { type: 'string', default: 'fixed' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(`${USAGE}\n`);
    return;
  }
  try {
    const options: Options = {
      seeds: numberOf('--seeds', values.seeds, 1),
      errors: {
        envelope: oneOf(['centred', 'trailing'], values.envelope),
        roughness: numberOf('--roughness', values.roughness, 0),
      },
      peak: oneOf(['window', 'series'], values.peak),
      spread: oneOf(['fixed', 'spread'], values.boots) === 'spread',
    };
    const filling = oneOf(['linear', 'hold'], values.filling);
    const seed = numberOf('--series-seed', values['series-seed'], 0);
    const traces = values.trace?.split(',') ?? [];
    const wanted = values.synthetic ?? (traces.length === 0 ? 'all' : '');
    const names = wanted === 'all' ? Object.keys(SYNTHETIC_SERIES) : wanted.split(',').filter(Boolean);
    for (const path of traces) {
      tellRefusal(() => benchSeries(basename(path, '.csv'), readTrace(path, filling), options), path);
    }
    for (const name of names) benchSeries(name, syntheticSeries(name, seed), options);
  } catch (thrown) {
    tell(thrown);
  }
}

/** What one file cannot be asked must not keep the others from being replayed. */
function tellRefusal(replayFile: () => void, path: string): void {
  try {
    replayFile();
  } catch (thrown) {
    tell(thrown, `${path}: `);
  }
}

function tell(thrown: unknown, of = ''): void {
  if (!(thrown instanceof SpringtideError)) throw thrown;
  process.stderr.write(
    `${of}${thrown.message}${thrown.nextStep === undefined ? '' : `\n${thrown.nextStep}`}\n`,
  );
  process.exitCode = 2;
}

function numberOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least) return value;
  throw new SpringtideError('invalid-argument', `${option} "${text}" is no number from ${least} on`, {
    nextStep: USAGE,
  });
}

function oneOf<Choice extends string>(choices: readonly Choice[], text: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new SpringtideError('invalid-argument', `"${text}" is none of ${choices.join(', ')}`, {
    nextStep: USAGE,
  });
}

function readTrace(path: string, filling: Filling): DemandSeries {
  return resample(parseDemandCsv(readText(path)), { stepMs: MINUTE, filling, mostSteps: MOST_STEPS });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpringtideError('invalid-argument', `it could not be read: ${why}`, { cause });
  }
}

function benchSeries(name: string, series: DemandSeries, options: Options): void {
  const windows = campaignWindows(series);
  if (windows.length === 0) {
    throw new SpringtideError(
      'invalid-argument',
      'there is no demand above 0 in it, so there is nothing to serve',
    );
  }
  const cases = casesOf(series, windows, options);
  const policies = Object.keys(POLICIES) as PolicyName[];
  const rows = policies.map((policy) => {
    const results = cases.map((one) => replay(policy, one));
    return { policy, total: sumOf(results), worst: Math.min(...results.map(servedShare)), results };
  });
  process.stderr.write(table(`${name}, ${cases.length} campaigns${shortfall(windows)}`, cases.length, rows));
  for (const { policy, total } of rows) {
    printLine(`burst.${name}.${policy}.served`, servedShare(total), 'share', GOAL.served);
    printLine(`burst.${name}.${policy}.shortage`, total.shortageMinutes, 'min', cases.length * 1_440);
    printLine(`burst.${name}.${policy}.cost`, costRatio(total), '× clairvoyant', GOAL.cost);
  }
}

/** What the series is too short for. */
function shortfall(windows: readonly CampaignWindow[]): string {
  const steps = windows[0]?.demand.length ?? 0;
  if (steps < DAY_STEPS) return ` (the series has ${steps} minutes, less than the day that a campaign lasts)`;
  return windows.length < WINDOWS ? ` (of ${windows.length} days: more do not fit beside each other)` : '';
}

function casesOf(
  series: DemandSeries,
  windows: readonly CampaignWindow[],
  options: Options,
): readonly ReplayCase[] {
  const highest = Math.max(0, ...windows.map(({ peak }) => peak));
  return Array.from({ length: options.seeds }, (_, n) => n + 1).flatMap((run) =>
    windows.map((window, index) => {
      const seed = run * 1_000 + index;
      const { forecast, error } = forecastOf(series, window, options.errors, seed);
      return {
        window,
        beforehand: {
          latest: series.values[Math.max(0, window.from - 1)] ?? 0,
          error,
          demand: window.demand,
        },
        forecast,
        peak: options.peak === 'series' ? highest : window.peak,
        rules: { ...RULES, spread: options.spread },
        seed,
      };
    }),
  );
}

type Row = Readonly<{
  policy: PolicyName;
  total: ReplayResult;
  worst: number;
  results: readonly ReplayResult[];
}>;

function table(title: string, campaigns: number, rows: readonly Row[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(3)} %`.padStart(11);
  const head = `${'policy'.padEnd(22)}     served       worst  shortage min/campaign   cost × clairvoyant (25 % … 75 %)`;
  const lines = rows.map(({ policy, total, worst, results }) => {
    const minutes = (total.shortageMinutes / campaigns).toFixed(2).padStart(22);
    const ratios = results.map(costRatio).toSorted((a, b) => a - b);
    const quarter = (part: number) => (ratios[Math.floor(part * (ratios.length - 1))] ?? 0).toFixed(2);
    const cost = `${costRatio(total).toFixed(2).padStart(12)}  (${quarter(0.25)} … ${quarter(0.75)})`;
    return `${policy.padEnd(22)}${percent(servedShare(total))} ${percent(worst)} ${minutes} ${cost}`;
  });
  return `\n${title}: ${verdict(rows)}\n${head}\n${lines.join('\n')}\n`;
}

function verdict(rows: readonly Row[]): string {
  const totalOf = (name: PolicyName) => rows.find(({ policy }) => policy === name)?.total;
  const [ours, known] = [totalOf('springtide'), totalOf('known-demand')];
  if (ours === undefined || known === undefined) return '';
  const cheaper = rows.filter(
    ({ policy, total }) =>
      BASELINES.has(policy) &&
      servedShare(total) >= Math.min(GOAL.served, servedShare(ours)) &&
      costRatio(total) < costRatio(ours),
  );
  const isReached = servedShare(ours) >= GOAL.served && costRatio(ours) <= GOAL.cost && cheaper.length === 0;
  const better = cheaper.map(({ policy }) => policy).join(', ');
  return [
    isReached ? 'goal reached' : 'goal NOT reached',
    ...(better === '' ? [] : [`as good and cheaper: ${better}`]),
    ...(costRatio(known) > GOAL.cost
      ? [
          `out of reach: whoever waits for machines and drops nothing pays ${costRatio(known).toFixed(2)} even knowing the demand`,
        ]
      : []),
  ].join('; ');
}
