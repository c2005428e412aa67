import type { CrashProfile } from './crash-profiles.js';
import { simulate } from './simulate.js';
import type { Fault } from './world/storm.js';

/** Written and not sent; sent; answered; recorded; while it is undone; again while the first death is recovered from. */
export const WINDOWS = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'] as const;
export type CrashWindow = (typeof WINDOWS)[number];

/** Where a process can die: in which activity, at which of its outside steps, the how many-th time. */
export type CrashPoint = Readonly<{ doing: string; label: string; nth: number; step: string; atMs: number }>;
export type CrashPlan = Readonly<{
  step: string;
  window: CrashWindow;
  faults: readonly Fault[];
  deaths: number;
}>;
export type CrashCell = Readonly<{
  cloud: string;
  step: string;
  window: CrashWindow;
  faults: readonly Fault[];
  outcome: 'holds' | 'broken' | 'not reached';
  broken: readonly string[];
}>;

/** The steps of a campaign and what carries them out: the activity, and the call that was made last in it. */
const STEPS: readonly (readonly [step: string, doing: RegExp, operation: RegExp])[] = [
  ['reserve budget', /^launchBatch$/, /^$/],
  ['buy machines', /^launchBatch$/, /./],
  ['wait until they run', /^awaitRunning$/, /^/],
  ['health gate', /^joinRoute$/, /^/],
  ['traffic up', /^(planShift|shiftStep|rollBackShift)$/, /^/],
  ['watch over it', /^guardTick$/, /^/],
  ['let machines go between phases', /^(leaveRoute|releaseMachines)$/, /^/],
  ['traffic back', /^lookAtWayBack$/, /^(setWeights|setMembers|readRoute)$/],
  ['delete machines', /^lookAtWayBack$/, /^terminate$/],
  ['read back gone', /^lookAtWayBack$/, /^describe$/],
  ['delete satellites', /^lookAtWayBack$/, /^(releaseSatellite|listSatellites)$/],
  ['verify gone', /^lookAtWayBack$/, /^list$/],
  ['close', /^(closeRun|beginWayBack|lookAtWayBack)$/, /^/],
  ['own, decide, tell', /^(?!reconcile)/, /^/],
];
export const STEP_NAMES = STEPS.map(([name]) => name);

/** Steps after which there is no way back: they are it. */
const WAY_BACK = new Set(STEP_NAMES.slice(7, 13));

const DOWN_MS = 500;
/** Machines carry traffic. */
const PEAK_MS = 85_000;
const ABORT = { command: 'abort', reason: 'somebody said so' } as const;

/** Every point that a story without accidents passes; of those that are passed often, the first `passes`. */
export async function crashPoints(
  { scenario, faults }: CrashProfile,
  passes: number,
): Promise<readonly CrashPoint[]> {
  const passed = new Map<string, number>();
  const operations = new Map<string, string>();
  const points: CrashPoint[] = [];
  await simulate(scenario.seed, faults, scenario, ({ label, doing, atMs }) => {
    const operation = operationIn(label) ?? operations.get(doing) ?? '';
    // An activity begins anew with its first transaction; what it called the last time is another one's step.
    operations.set(doing, label.startsWith('done ') ? '' : operation);
    const key = `${doing}|${label}`;
    const nth = (passed.get(key) ?? 0) + 1;
    passed.set(key, nth);
    const step = STEPS.find(([, d, o]) => d.test(doing) && o.test(operation))?.[0] ?? 'reconcile';
    // One activity has several steps: a transaction of it is another point in each of them.
    const inStep = passed.get(`${step}|${key}`) ?? 0;
    passed.set(`${step}|${key}`, inStep + 1);
    if (inStep < passes && !label.startsWith('sleep')) points.push({ doing, label, nth, atMs, step });
  });
  return points;
}

function operationIn(label: string): string | undefined {
  return /^(?:send|arrive|back|answer) (\w+)$/.exec(label)?.[1];
}

/** Each point of the four first windows, and per step how it is undone and recovered from. */
export function plansFor(points: readonly CrashPoint[]): readonly CrashPlan[] {
  return points
    .filter(({ step }) => step !== 'reconcile')
    .flatMap((point) => [once(point), ...(isCall(point) ? [undone(point), twice(point)] : [])]);
}

function isCall({ label, nth }: CrashPoint): boolean {
  return nth === 1 && /^(arrive|answer|database done)/.test(label);
}

export function once(point: CrashPoint): CrashPlan {
  return { step: point.step, window: windowOf(point), faults: [death(point)], deaths: 1 };
}

/** It dies a second time where it looks what had happened. */
export function twice(point: CrashPoint): CrashPlan {
  const second = { ...death({ ...point, label: 'database done', nth: 1 }), afterDeaths: 1 };
  return { step: point.step, window: 'w6', faults: [death(point), second], deaths: 2 };
}

/** Somebody aborts in the middle of the step, and whoever undoes it dies; a step of the way back dies in such a one. */
function undone(point: CrashPoint): CrashPlan {
  const { step, doing, label, nth } = point;
  if (WAY_BACK.has(step)) {
    const inPeak = { kind: 'command', atMs: PEAK_MS, order: ABORT } as const;
    return { step, window: 'w5', faults: [inPeak, death(point)], deaths: 1 };
  }
  const undoing = { ...point, doing: 'lookAtWayBack', label: 'database done', nth: 2 };
  const meanwhile = [{ kind: 'command', atMs: 0, order: ABORT }] as const;
  const amidst = { kind: 'at', atMs: 0, doing, label, nth, stopMs: 0, meanwhile } as const;
  return { step, window: 'w5', faults: [amidst, death(undoing)], deaths: 1 };
}

function death({ doing, label, nth }: CrashPoint) {
  return { kind: 'kill-at', atMs: 0, doing, label, nth, downMs: DOWN_MS } as const satisfies Fault;
}

function windowOf({ label }: CrashPoint): CrashWindow {
  if (label.startsWith('arrive') || label.startsWith('back')) return 'w2';
  if (label.startsWith('answer')) return 'w3';
  return label.startsWith('done') || label.endsWith(' done') || label === 'delivered' ? 'w4' : 'w1';
}

/** Tells the story with these deaths, and has the oracle judge it. */
export async function crashAt({ name, scenario, faults: manners }: CrashProfile, plan: CrashPlan) {
  const { step, window, faults, deaths } = plan;
  const told = await simulate(scenario.seed, [...manners, ...faults], scenario);
  const died = told.story.filter((line) => line.includes(' dies in ')).length;
  const broken = told.violations.map((one) => `${one.invariant}: ${one.what.split('\n')[0]}`);
  const outcome = broken.length > 0 ? 'broken' : died < deaths ? 'not reached' : 'holds';
  return { cloud: name, step, window, faults, outcome, broken } satisfies CrashCell;
}
