import { seededRandom, type SeededRandom } from '@springtide/twin';
import type { StuckDecision } from '@springtide/contracts';
import type { Order } from './hands.js';
import type { Scenario } from './scenario.js';

type Operation = 'RunMachines' | 'DescribeMachines' | 'ListMachines' | 'TerminateMachines' | 'ListSatellites';
type Effect = 'lose' | 'delay' | 'throttle' | 'break' | 'truncate' | 'fail-boot' | 'stick-boot';

export type OperatorCommand =
  | Readonly<{ command: 'pause' | 'resume' }>
  | Readonly<{ command: 'abort'; reason: string }>
  | Readonly<{ command: 'extend'; minutes: number }>
  | Readonly<{
      command: 'change-target';
      service: string;
      phase: 'ramp' | 'peak' | 'decay';
      requestsPerSecond: number;
    }>;

/** One thing that goes wrong, or that somebody does. Each can be left out of a story on its own. */
export type Fault = Readonly<{ atMs: number }> &
  (
    | Readonly<{
        kind: 'call';
        cloud: number;
        operation: Operation;
        effect: Effect;
        times: number;
        delayMs: number;
      }>
    | Readonly<{ kind: 'room'; cloud: number; machines: number; forMs: number }>
    | Readonly<{ kind: 'quota'; cloud: number; forMs: number }>
    | Readonly<{ kind: 'hide-new'; cloud: number; lagMs: number; forMs: number }>
    | Readonly<{ kind: 'vanish' | 'interrupt' | 'disk'; cloud: number; nth: number }>
    | Readonly<{ kind: 'foreign' | 'sessions'; cloud: number }>
    /** Somebody copies a machine of ours, with its marks. */
    | Readonly<{ kind: 'clone'; cloud: number; nth: number }>
    | Readonly<{ kind: 'slow'; operation: string; times: number; thereMs: number; backMs: number }>
    | Readonly<{ kind: 'database'; forMs: number }>
    | Readonly<{ kind: 'commits'; times: number }>
    | Readonly<{ kind: 'kill'; worker: number; downMs: number }>
    | Readonly<{
        kind: 'kill-at';
        label: string;
        doing?: string;
        nth: number;
        downMs: number;
        /** Counts only from then on that so many processes have died at such places; left out: from the beginning. */
        afterDeaths?: number;
      }>
    | Readonly<{ kind: 'stop'; worker: number; forMs: number }>
    | Readonly<{ kind: 'proxy' }>
    | Readonly<{ kind: 'bad-group'; forMs: number }>
    | Readonly<{ kind: 'command'; order: OperatorCommand }>
    | Readonly<{ kind: 'stop-switch' }>
    /** Somebody gives an order, or several people at once who have seen the same; `next`: of the tenant next door. */
    | Readonly<{ kind: 'person'; next: boolean; orders: readonly Order[] }>
    /** Somebody looks at what is stuck and chooses. */
    | Readonly<{ kind: 'desk'; next: boolean; choice: StuckDecision['choice'] }>
    /** What an old order of ours brings after all: machines with the marks of a purchase that got fewer than it asked for. */
    | Readonly<{ kind: 'late-machines'; cloud: number; machines: number }>
    /** Listings of machines end before the first one, and say that they are not complete. */
    | Readonly<{ kind: 'cut'; cloud: number; times: number }>
    /** In the middle of a step: whoever does it stands still before it for `stopMs`, and this happens meanwhile. */
    | Readonly<{
        kind: 'at';
        label: string;
        doing: string;
        nth: number;
        stopMs: number;
        meanwhile: readonly Fault[];
      }>
  );

export type FaultKind = Fault['kind'];

/** Where a worker may die on purpose: labels of outside steps. */
export const DEADLY_LABELS = [
  'database',
  'database done',
  'send launch',
  'answer launch',
  'send findByIntent',
  'answer findByIntent',
  'answer describe',
  'send terminate',
  'answer terminate',
  'send setMembers',
  'answer setMembers',
  'send setWeights',
  'answer setWeights',
  'answer list',
  'answer listSatellites',
  'send releaseSatellite',
  'answer releaseSatellite',
  'answer setReleaseTime',
  'deliver',
  'delivered',
] as const;

/** What goes wrong in the world of this seed; sometimes little, sometimes everything at once. */
export function stormOf(scenario: Scenario): readonly Fault[] {
  const random = seededRandom(`storm/${scenario.seed}`);
  const count = random.pick([0, 2, 4, 8, 12, 20]);
  const unit = scenario.policy === 'demo' ? 1 : 10;
  const first = scenario.policy === 'demo' ? 25_000 : 12 * 60_000;
  const lastsMs = scenario.phases.length * 60_000 * unit + 60_000;
  const faults = Array.from({ length: count }, () => {
    const atMs = first + random.below(lastsMs);
    return { atMs, ...oneOf(scenario, random, unit) } as Fault;
  });
  return faults.toSorted((a, b) => a.atMs - b.atMs);
}

type Maker = (
  scenario: Scenario,
  random: SeededRandom,
  unit: number,
) => Record<string, unknown> & { kind: FaultKind };

const MAKERS: readonly (readonly [weight: number, make: Maker])[] = [
  [
    8,
    (scenario, random) => ({
      kind: 'call',
      cloud: random.below(scenario.clouds.length),
      operation: random.pick([
        'RunMachines',
        'RunMachines',
        'DescribeMachines',
        'ListMachines',
        'TerminateMachines',
        'ListSatellites',
      ]),
      effect: random.pick([
        'lose',
        'lose',
        'delay',
        'throttle',
        'break',
        'truncate',
        'fail-boot',
        'stick-boot',
      ]),
      times: random.between(1, 4),
      delayMs: random.pick([500, 5_000, 20_000, 70_000]),
    }),
  ],
  // Purchases whose outcome nobody knows: the moments in which a second one would be made.
  [
    10,
    (scenario, random) => ({
      kind: 'call',
      cloud: random.below(scenario.clouds.length),
      operation: 'RunMachines',
      effect: random.pick(['lose', 'lose', 'lose', 'delay', 'stick-boot', 'fail-boot']),
      times: random.between(1, 3),
      delayMs: random.pick([2_000, 20_000, 70_000]),
      // From the beginning on: it waits for the first purchase there.
      ...(random.chance(0.6) ? { atMs: 0 } : {}),
    }),
  ],
  [
    3,
    (scenario, random, unit) => ({
      kind: 'room',
      cloud: random.below(scenario.clouds.length),
      machines: random.between(0, 4),
      forMs: random.between(5_000, 60_000) * unit,
    }),
  ],
  [
    1,
    (scenario, random, unit) => ({
      kind: 'quota',
      cloud: random.below(scenario.clouds.length),
      forMs: random.between(5_000, 60_000) * unit,
    }),
  ],
  [
    2,
    (scenario, random) => ({
      kind: 'hide-new',
      cloud: random.below(scenario.clouds.length),
      lagMs: random.between(500, 2_000),
      forMs: 60_000,
    }),
  ],
  [
    2,
    (scenario, random) => ({
      kind: random.pick(['vanish', 'interrupt', 'disk']),
      cloud: random.below(scenario.clouds.length),
      nth: random.below(8),
    }),
  ],
  [
    1,
    (scenario, random) => ({
      kind: random.pick(['foreign', 'sessions']),
      cloud: random.below(scenario.clouds.length),
    }),
  ],
  [
    4,
    (_, random) => ({
      kind: 'slow',
      operation: random.pick([
        'launch',
        'launch',
        'describe',
        'terminate',
        'list',
        'findByIntent',
        'setWeights',
        'setMembers',
      ]),
      times: random.between(1, 3),
      thereMs: random.pick([50, 4_000, 14_900, 40_000]),
      backMs: random.pick([50, 4_000, 14_900, 90_000]),
    }),
  ],
  [2, (_, random) => ({ kind: 'database', forMs: random.between(500, 45_000) })],
  [2, (_, random) => ({ kind: 'commits', times: random.between(1, 3) })],
  [3, (_, random) => ({ kind: 'kill', worker: random.below(2), downMs: random.pick([0, 2_000, 30_000]) })],
  [
    8,
    (_, random) => ({
      kind: 'kill-at',
      label: random.pick(DEADLY_LABELS),
      nth: random.between(1, 4),
      downMs: random.pick([0, 2_000, 15_000]),
    }),
  ],
  [
    4,
    (_, random) => ({
      kind: 'stop',
      worker: random.below(2),
      forMs: random.pick([3_000, 12_000, 30_000, 70_000]),
    }),
  ],
  [1, () => ({ kind: 'proxy' })],
  [1, (_, random) => ({ kind: 'bad-group', forMs: random.between(5_000, 40_000) })],
  [4, (scenario, random) => ({ kind: 'command', order: orderOf(scenario, random) })],
  [1, () => ({ kind: 'stop-switch' })],
];

function oneOf(scenario: Scenario, random: SeededRandom, unit: number) {
  let left = random.below(MAKERS.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of MAKERS) {
    if (left < weight) return make(scenario, random, unit);
    left -= weight;
  }
  return { kind: 'proxy' };
}

function orderOf(scenario: Scenario, random: SeededRandom): OperatorCommand {
  return random.pick<() => OperatorCommand>([
    () => ({ command: 'pause' }),
    () => ({ command: 'resume' }),
    () => ({ command: 'resume' }),
    () => ({ command: 'abort', reason: 'somebody said so' }),
    () => ({ command: 'extend', minutes: random.between(1, 2) }),
    () => ({
      command: 'change-target',
      service: random.pick(scenario.services),
      phase: random.pick(scenario.phases).name,
      requestsPerSecond: random.between(0, 8) * 100,
    }),
  ])();
}

/** In plain words, for the story. */
export function describeFault(fault: Fault): string {
  const { atMs: _, kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => {
    return `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  });
  return [kind, ...details].join(', ');
}
