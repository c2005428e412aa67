import { WAY_BACK_PHASES, type RunCommand } from '@springtide/contracts';
import { seededRandom, type SeededRandom } from '@springtide/twin';
import type { Order } from './hands.js';
import { troubleOf } from './plots.js';
import type { Cast, Scenario } from './scenario.js';
import type { Fault } from './storm.js';

/** Whose campaign it is, when its moments are, and who is asked. */
type Stage = Readonly<{
  cast: Cast;
  next: boolean;
  random: SeededRandom;
  /** When the first machines are bought, the first phase begins, and the last one ends. */
  buysMs: number;
  startsMs: number;
  endsMs: number;
  /** Demo campaigns last minutes, the others ten times as long. */
  unit: number;
}>;

/** What people do in one story. */
type Habit = (stage: Stage) => readonly Fault[];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * Everything that happens in the story of a seed: its trouble, its people, or both. Who does what is drawn for itself, so
 * that a seed in which nobody does anything is told as if there were no people.
 */
export function eventsOf(scenario: Scenario): readonly Fault[] {
  const random = seededRandom(`people/${scenario.seed}`);
  if (!random.chance(0.4)) return troubleOf(scenario);
  const next = scenario.neighbour !== undefined && random.chance(0.5);
  const stage = stageOf(scenario, next, random);
  const done = Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick(HABITS)(stage)).flat();
  // What people may expect within seconds can be judged where nothing else goes wrong.
  const trouble = random.chance(0.6) ? [] : troubleOf(scenario);
  return [...trouble, ...done].toSorted((a, b) => a.atMs - b.atMs);
}

function stageOf(scenario: Scenario, next: boolean, random: SeededRandom): Stage {
  const cast = (next ? scenario.neighbour : undefined) ?? scenario;
  const unit = scenario.policy === 'demo' ? 1 : 10;
  const startsMs = scenario.policy === 'demo' ? MINUTE : 25 * MINUTE;
  const leadMs = scenario.policy === 'demo' ? 30 * SECOND : 12 * MINUTE;
  const endsMs = startsMs + cast.phases.length * unit * MINUTE;
  return { cast, next, random, buysMs: startsMs - leadMs, startsMs, endsMs, unit };
}

/** Steps of a run in the middle of which somebody may act. */
const STEPS: readonly (readonly [doing: string, label: string])[] = [
  ['launchBatch', 'database'],
  ['launchBatch', 'send launch'],
  ['launchBatch', 'answer launch'],
  ['awaitRunning', 'answer describe'],
  ['joinRoute', 'send setMembers'],
  ['shiftStep', 'send setWeights'],
  ['leaveRoute', 'database'],
  ['releaseMachines', 'send terminate'],
  ['lookAtWayBack', 'database'],
  ['lookAtWayBack', 'answer terminate'],
  ['lookAtWayBack', 'answer list'],
];

/** In the middle of a step that is carried out for the `nth` time. */
function amid(stage: Stage, [doing, label]: (typeof STEPS)[number], orders: readonly Order[]): Fault {
  const nth = stage.random.between(1, label === 'database' ? 8 : 3);
  return { kind: 'at', atMs: 0, label, doing, nth, stopMs: 0, meanwhile: [person(stage, 0, ...orders)] };
}

function person({ next }: Stage, atMs: number, ...orders: readonly Order[]): Fault {
  return { kind: 'person', atMs, next, orders };
}

function within({ random }: Stage, fromMs: number, toMs: number): number {
  return fromMs + random.below(Math.max(1, toMs - fromMs));
}

const CANCEL: Order = { command: 'abort', reason: 'somebody said so' };
const STOP: Order = { command: 'stop' };
const PAUSE: Order = { command: 'pause' };
const RESUME: Order = { command: 'resume' };

const secondThoughts: Habit = (stage) => {
  const { random, unit, buysMs, endsMs } = stage;
  const atMs = within(stage, buysMs, random.chance(0.6) ? buysMs + 5 * SECOND * unit : endsMs);
  const backMs = atMs + random.between(8, 50) * SECOND * unit;
  const after = random.pick<readonly Order[]>([[RESUME], [RESUME], [CANCEL], []]);
  return [person(stage, atMs, PAUSE), ...after.map((order) => person(stage, backMs, order))];
};

const longer: Habit = (stage) => {
  const { random, unit, startsMs, endsMs } = stage;
  const times = random.pick([1, 1, 2]);
  const extended = Array.from({ length: times }, () => {
    return person(stage, within(stage, startsMs, endsMs - 2 * SECOND), extend(stage));
  });
  if (!random.chance(0.2)) return extended;
  return [...extended, person(stage, within(stage, endsMs, endsMs + 20 * SECOND * unit), CANCEL)];
};

function extend({ random, unit }: Stage): RunCommand {
  return { command: 'extend', minutes: random.pick([0.5, 1]) * unit };
}

const cancelled: Habit = (stage) => {
  const { random, buysMs, endsMs } = stage;
  if (random.chance(0.5)) return [amid(stage, random.pick(STEPS), [CANCEL])];
  return [person(stage, within(stage, buysMs, endsMs), CANCEL)];
};

/** Often in the ramp; now and then nobody but the ledger hears of it, because the relay is away. */
const stopped: Habit = (stage) => {
  const { random, buysMs, endsMs } = stage;
  const ramp = STEPS.slice(0, 4);
  const stop = random.chance(0.6)
    ? amid(stage, random.pick(ramp), [STOP])
    : person(stage, within(stage, buysMs, endsMs), STOP);
  if (!random.chance(0.5)) return [stop];
  const relay: Fault = {
    kind: 'kill',
    atMs: Math.max(SECOND, buysMs - SECOND),
    worker: 2,
    downMs: 25 * SECOND,
  };
  const effect = random.pick(['lose', 'throttle'] as const);
  const asked = { kind: 'call', atMs: 0, operation: 'RunMachines', effect, times: 4, delayMs: 0 } as const;
  return [relay, ...stage.cast.clouds.map((_, cloud) => ({ ...asked, cloud })), stop];
};

const held: Habit = (stage) => {
  const { random, unit, startsMs, endsMs } = stage;
  const at = random.pick(WAY_BACK_PHASES.slice(0, 5));
  const minutes = random.pick([0.5, 1, 2]) * unit;
  const hold: Order = { command: 'hold', at, minutes, reason: 'somebody thinks' };
  const begun = random.chance(0.2)
    ? amid(stage, random.pick(STEPS.slice(-3)), [hold])
    : person(stage, within(stage, startsMs, endsMs), hold);
  const goOn: RunCommand = random.chance(0.5) ? { command: 'go-on', at } : { command: 'go-on' };
  const ended = random.pick<readonly Order[]>([
    [],
    [goOn],
    [CANCEL],
    [STOP],
    [{ command: 'skip-waiting', at }],
  ]);
  const endedMs = endsMs + random.between(5, 50) * SECOND * unit;
  const early = random.chance(0.3) ? [person(stage, within(stage, startsMs, endsMs), CANCEL)] : [];
  return [begun, ...early, ...ended.map((order) => person(stage, endedMs, order))];
};

const atOnce: Habit = (stage) => {
  const orders = [anyOrder(stage), anyOrder(stage)];
  return [person(stage, within(stage, stage.buysMs, stage.endsMs), ...orders)];
};

const restless: Habit = (stage) => {
  const { random, buysMs, endsMs } = stage;
  return Array.from({ length: random.between(2, 4) }, () => {
    return person(stage, within(stage, buysMs, endsMs), anyOrder(stage));
  });
};

/** What keeps a cloud from giving, telling or ending machines for longer than people wait. */
const LEFT_OPEN = [
  [{ operation: 'RunMachines', effect: 'stick-boot', times: 3 }],
  [{ operation: 'TerminateMachines', effect: 'break', times: 40 }],
  [
    { operation: 'RunMachines', effect: 'lose', times: 2 },
    { operation: 'ListMachines', effect: 'break', times: 60 },
  ],
] as const;

/** Clouds that leave things open for long, and somebody who decides about them. */
const atTheDesk: Habit = (stage) => {
  const { random, unit, buysMs, startsMs, next } = stage;
  const bad = random.pick(LEFT_OPEN);
  const stuck = bad.map((one): Fault => ({ kind: 'call', atMs: 0, cloud: 0, delayMs: 0, ...one }));
  const choice = random.pick(['retry', 'adopt', 'abandon', 'abandon'] as const);
  const looks = Array.from({ length: 6 }, (_, look): Fault => {
    return { kind: 'desk', atMs: startsMs + (look + random.next()) * 40 * SECOND * unit, next, choice };
  });
  const early = random.chance(0.5) ? [person(stage, within(stage, buysMs, startsMs), CANCEL)] : [];
  return [...stuck, ...early, ...looks];
};

function anyOrder(stage: Stage): Order {
  const { cast, random } = stage;
  const service = random.pick(cast.services);
  const phase = random.pick(cast.phases).name;
  const byRequestsPerSecond = random.between(1, 4) * 100;
  return random.pick<() => Order>([
    () => PAUSE,
    () => RESUME,
    () => RESUME,
    () => CANCEL,
    () => extend(stage),
    () => ({ command: 'grow', service, phase, byRequestsPerSecond }),
    () => ({ command: 'shrink', service, phase, byRequestsPerSecond }),
    () => ({ command: 'change-target', service, phase, requestsPerSecond: random.between(0, 8) * 100 }),
    () => ({ command: 'raise-budget', budget: { currency: 'CNY', amount: '2000' } }),
  ])();
}

const HABITS: readonly Habit[] = [
  secondThoughts,
  secondThoughts,
  longer,
  longer,
  cancelled,
  stopped,
  stopped,
  held,
  held,
  atOnce,
  restless,
  atTheDesk,
];
