import { seededRandom, type SeededRandom } from '@springtide/twin';
import type { Scenario } from './scenario.js';
import { stormOf, type Fault } from './storm.js';

/**
 * Faults that belong together: each alone is harmless, and chance would bring them together once in thousands of stories.
 * Every plot is one in which a single safety keeps the world whole.
 */
type Plot = (scenario: Scenario, random: SeededRandom) => readonly Fault[];

/** Where somebody who stands still has looked already and has not acted yet, or has acted and not told anybody. */
const MOMENTS: readonly (readonly [doing: string, label: string])[] = [
  ['launchBatch', 'database'],
  ['launchBatch', 'send launch'],
  ['launchBatch', 'answer launch'],
  ['launchBatch', 'answer findByIntent'],
  ['awaitRunning', 'database'],
  ['awaitRunning', 'answer describe'],
  ['joinRoute', 'database'],
  ['joinRoute', 'send setMembers'],
  ['shiftStep', 'database'],
  ['shiftStep', 'send setWeights'],
  ['shiftStep', 'database done'],
  ['rollBackShift', 'database'],
  ['leaveRoute', 'database'],
  ['releaseMachines', 'database'],
  ['releaseMachines', 'send terminate'],
  ['guardTick', 'database'],
  ['guardTick', 'answer describe'],
  ['lookAtWayBack', 'database'],
  ['lookAtWayBack', 'answer terminate'],
  ['lookAtWayBack', 'answer list'],
  ['reconcilePass', 'answer list'],
  ['reconcilePass', 'database'],
];

/** Longer than a missed heartbeat, so that others go on with the work; the sleeper wakes among them. */
const ASLEEP_MS = [14_000, 25_000, 45_000, 70_000];

/** Somebody stands still in the middle of a step, and the run gets another owner, or the work another worker, meanwhile. */
const sleeper: Plot = (_scenario, random) => {
  const [doing, label] = random.pick(MOMENTS);
  const abort: Fault = { kind: 'command', atMs: 0, order: { command: 'abort', reason: 'somebody said so' } };
  const nth = random.between(1, label.startsWith('database') ? 8 : 3);
  const meanwhile = random.chance(0.6) ? [abort] : [];
  return [{ kind: 'at', atMs: 0, label, doing, nth, stopMs: random.pick(ASLEEP_MS), meanwhile }];
};

/** Where a change of an entrance, or an end of machines, is decided and not yet begun: in the how many-th transaction. */
const DECIDED: readonly (readonly [doing: string, transaction: number])[] = [
  ['joinRoute', 4],
  ['joinRoute', 5],
  ['shiftStep', 3],
  ['shiftStep', 4],
  ['leaveRoute', 4],
  ['releaseMachines', 3],
];

/** The run is brought back while somebody sleeps who has decided to change something: when it wakes, it must not. */
const overtaken: Plot = (_scenario, random) => {
  const [doing, transaction] = random.pick(DECIDED);
  const nth = Math.max(1, transaction - random.below(2));
  const abort: Fault = { kind: 'command', atMs: 0, order: { command: 'abort', reason: 'somebody said so' } };
  const stopMs = random.pick([30_000, 45_000, 70_000]);
  return [{ kind: 'at', atMs: 0, label: 'database', doing, nth, stopMs, meanwhile: [abort] }];
};

/** The first purchases of an account get less than they asked for, and what they lacked comes when nobody waits for it. */
const orphans: Plot = (scenario, random) => {
  const cloud = random.below(scenario.clouds.length);
  const unit = scenario.policy === 'demo' ? 1 : 10;
  return [
    { kind: 'room', atMs: 0, cloud, machines: random.between(0, 1), forMs: 45_000 * unit },
    {
      kind: 'late-machines',
      atMs: random.between(50_000, 90_000) * unit,
      cloud,
      machines: random.between(1, 4),
    },
  ];
};

/** The same, when everything else is back: only a whole listing tells of it. */
const lastMoment: Plot = (scenario, random) => {
  const cloud = random.below(scenario.clouds.length);
  const unit = scenario.policy === 'demo' ? 1 : 10;
  const late: Fault = { kind: 'late-machines', atMs: 0, cloud, machines: random.between(1, 4) };
  const cut: Fault = { kind: 'cut', atMs: 0, cloud, times: random.between(2, 6) };
  const meanwhile = random.chance(0.6) ? [late, cut] : [late];
  return [
    { kind: 'room', atMs: 0, cloud, machines: random.between(0, 1), forMs: 45_000 * unit },
    { kind: 'at', atMs: 0, label: 'send list', doing: 'lookAtWayBack', nth: 1, stopMs: 0, meanwhile },
  ];
};

const PLOTS: readonly Plot[] = [sleeper, overtaken, orphans, lastMoment];

/** What goes wrong in the world of this seed: a storm, a plot, or a plot in a storm. */
export function troubleOf(scenario: Scenario): readonly Fault[] {
  const random = seededRandom(`plot/${scenario.seed}`);
  const share = random.next();
  if (share < 0.35) return stormOf(scenario);
  const plot = random.pick(PLOTS)(scenario, random);
  return share < 0.7 ? plot : [...stormOf(scenario), ...plot].toSorted((a, b) => a.atMs - b.atMs);
}

/** Nothing of it holds anybody up: what is promised within seconds is promised all the same. */
export function isCalm(faults: readonly Fault[]): boolean {
  return faults.every((fault) =>
    fault.kind === 'at' ? fault.stopMs === 0 && isCalm(fault.meanwhile) : HARMLESS.has(fault.kind),
  );
}

const HARMLESS: ReadonlySet<Fault['kind']> = new Set([
  ...(['room', 'foreign', 'disk', 'late-machines'] as const),
  ...(['person', 'desk'] as const),
]);
