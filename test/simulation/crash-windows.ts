import { simulate } from './simulate.js';
import { addMs } from '@springtide/kernel';
import { START } from './world/ids.js';
import type { Scenario } from './world/scenario.js';
import type { Fault } from './world/storm.js';

/** Where a process can die: in which activity, at which of its outside steps, the how many-th time. */
export type CrashPoint = Readonly<{ doing: string; label: string; nth: number }>;
export type CrashWindow = 'w1' | 'w2' | 'w3' | 'w4' | 'w5' | 'w6';
export type CrashCell = CrashPoint &
  Readonly<{ step: string; window: CrashWindow; cloud: string; holds: boolean; broken: readonly string[] }>;

const MINUTE = 60_000;

/** The steps of a campaign and what carries them out. Steps that a run of machines does not have are not there. */
const STEPS: readonly (readonly [step: string, doing: RegExp, label: RegExp])[] = [
  ['reserve budget', /^launchBatch$/, /^database/],
  ['buy machines', /^launchBatch$/, /./],
  ['wait until they run', /^awaitRunning$/, /./],
  ['health gate', /^joinRoute$/, /./],
  ['traffic up', /^(planShift|shiftStep|rollBackShift)$/, /./],
  ['let machines go between phases', /^(leaveRoute|releaseMachines)$/, /./],
  ['traffic back', /^lookAtWayBack$/, /(setWeights|setMembers|readRoute)$/],
  ['delete machines', /^lookAtWayBack$/, /terminate$/],
  ['read back gone', /^lookAtWayBack$/, /describe$/],
  ['delete satellites', /^lookAtWayBack$/, /(releaseSatellite|listSatellites)$/],
  ['verify gone', /^lookAtWayBack$/, /list$/],
  ['way back, in our books', /^(lookAtWayBack|beginWayBack)$/, /./],
  ['close', /^closeRun$/, /./],
  ['own, decide, tell', /./, /./],
];

/** One service that grows on two clouds, shrinks, leaves disks behind, and goes back. */
function scenarioOn(tokens: 'kept' | 'none', inside: boolean): Scenario {
  const cloud = (at: number) => ({
    name: `cloud-${at}`,
    region: inside ? 'dc-1' : 'sim-east',
    zone: inside ? 'cluster-a' : 'sim-east-a',
    machineType: inside ? 'vm.2' : 'c2.large',
    purchaseOption: inside ? ('private' as const) : ('on-demand' as const),
    private: inside,
    readLagMs: 500,
    survivingDisks: 0.6,
    tokens,
    bootMs: 1_000,
  });
  const phases = (['peak', 'decay'] as const).map((name, at) => ({
    name,
    startsAt: addMs(START, (1 + at) * MINUTE),
    endsAt: addMs(START, (2 + at) * MINUTE),
  }));
  const needs = phases.map(({ name }, at) => ({
    service: 'shop',
    poolId: 'pool-0',
    phase: name,
    machines: 3 - at,
  }));
  return { seed: 7, services: ['shop'], clouds: [cloud(0)], phases, needs, spare: 2, policy: 'demo' };
}

export const CRASH_CLOUDS = {
  'public, remembers tokens': scenarioOn('kept', false),
  'public, no tokens': scenarioOn('none', false),
  'private, remembers tokens': scenarioOn('kept', true),
} as const satisfies Readonly<Record<string, Scenario>>;

/** Every point that a story without faults passes; of those that are passed often, the first `passes`. */
export async function crashPoints(scenario: Scenario, passes: number): Promise<readonly CrashPoint[]> {
  const passed = new Map<string, number>();
  const points: CrashPoint[] = [];
  await simulate(scenario.seed, [], scenario, ({ label, doing }) => {
    const key = `${doing}|${label}`;
    const nth = (passed.get(key) ?? 0) + 1;
    passed.set(key, nth);
    if (nth <= passes && !label.startsWith('sleep')) points.push({ doing, label, nth });
  });
  return points;
}

/** Dies there, comes back, and goes on; for w6 it dies a second time where it looks what had happened. */
export async function crashAt(
  cloud: string,
  scenario: Scenario,
  point: CrashPoint,
  again: boolean,
): Promise<CrashCell> {
  const { doing, label, nth } = point;
  const death = { kind: 'kill-at', atMs: 0, doing, label, nth, downMs: 500 } as const;
  const second = { ...death, nth: 1, atMs: 1 } satisfies Fault;
  const outcome = await simulate(scenario.seed, again ? [death, second] : [death], scenario);
  const window = again ? 'w6' : windowOf(point);
  const step = STEPS.find(([, d, l]) => d.test(doing) && l.test(label))?.[0] ?? 'own, decide, tell';
  const broken = outcome.violations.map((one) => `${one.invariant}: ${one.what.split('\n')[0]}`);
  return { ...point, step, window, cloud, holds: broken.length === 0, broken };
}

function windowOf({ doing, label }: CrashPoint): CrashWindow {
  if (/^(lookAtWayBack|beginWayBack|closeRun|releaseMachines)$/.test(doing)) return 'w5';
  if (label.startsWith('arrive') || label.startsWith('back')) return 'w2';
  if (label.startsWith('answer')) return 'w3';
  return label.startsWith('done') || label.endsWith(' done') ? 'w4' : 'w1';
}
