import { addMs, type Instant } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import { seededRandom } from '@springtide/twin';
import { START } from './ids.js';

export type PhaseNeed = Readonly<{
  name: 'ramp' | 'peak' | 'decay';
  startsAt: Instant;
  endsAt: Instant;
}>;

export type Need = Readonly<{ service: string; poolId: string; phase: PhaseNeed['name']; machines: number }>;

export type CloudShape = Readonly<{
  name: string;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: 'on-demand' | 'spot' | 'private';
  private: boolean;
  readLagMs: number;
  survivingDisks: number;
  /**
   * What repeating a create call brings. `promised`: new machines, although the cloud says otherwise. `names`: machines are
   * made one by one, and a name that lives is that machine.
   */
  tokens: 'kept' | 'none' | 'promised' | 'names';
  bootMs: number;
  /** What it says it can do, where that is not what the simulated cloud says. */
  abilities?: Abilities;
  /** Of a private cloud: room for so many machines at once; left out: more than anybody needs. */
  places?: number;
  /** `cut-unsaid`: one that ends early says that it is whole. `empty`: they never show anything. Left out: as they are. */
  listings?: 'cut-unsaid' | 'empty';
}>;

export type Abilities = Partial<ProviderManifest['capabilities']>;

/** One campaign, as small as it may be and still have everything: services, clouds, phases that grow and shrink. */
export type Scenario = Readonly<{
  seed: number;
  services: readonly string[];
  clouds: readonly CloudShape[];
  phases: readonly PhaseNeed[];
  needs: readonly Need[];
  /** Approved as well, for what is refused. */
  spare: number;
  /** What the approval allows at once; left out: more than anybody wants. */
  maxMachines?: number;
  policy: 'demo' | 'standard';
  /** Another tenant of the same installation, at the same time; left out: none. */
  neighbour?: Neighbour;
}>;

/** Whose campaign it is makes no difference to how it is written down. */
export type Cast = Omit<Scenario, 'seed' | 'neighbour'>;

/** `isGuest`: it buys from the first cloud of the other tenant, under an account of its own. */
export type Neighbour = Cast & Readonly<{ isGuest: boolean }>;

/** What a world may do without, to see that it is missed. */
export const SAFETIES = ['whole-listings', 'listings'] as const;
type Safety = (typeof SAFETIES)[number];

export function without(scenario: Scenario, safety: Safety): Scenario {
  const listings = safety === 'listings' ? 'empty' : 'cut-unsaid';
  return { ...scenario, clouds: scenario.clouds.map((cloud) => ({ ...cloud, listings })) };
}

const MINUTE = 60_000;

export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(`scenario/${seed}`);
  const policy = random.chance(0.1) ? 'standard' : 'demo';
  const unit = policy === 'demo' ? MINUTE : 10 * MINUTE;
  const services = random.chance(0.5) ? ['shop'] : ['shop', 'pay'];
  const clouds = Array.from({ length: random.between(1, 3) }, (_, at) => cloudOf(at, random));
  const phases = phasesFrom(addMs(START, (policy === 'demo' ? 1 : 25) * MINUTE), unit, random.between(1, 3));
  const needs = services.flatMap((service) =>
    phases.flatMap(({ name }) =>
      clouds.map((_, at) => ({
        service,
        poolId: poolId(at),
        phase: name,
        machines: random.between(at === 0 ? 1 : 0, name === 'peak' ? 5 : 3),
      })),
    ),
  );
  const spare = random.between(0, 6);
  const alone = { seed, services, clouds, phases, needs, spare, ...envelopeOf(seed, needs), policy } as const;
  return { ...alone, ...neighbourOf(alone) };
}

/** Draws of its own: with or without a neighbour, the campaign of a seed stays what it was. */
function neighbourOf({ seed, clouds, phases, policy }: Scenario): Pick<Scenario, 'neighbour'> {
  const random = seededRandom(`neighbour/${seed}`);
  const [host] = clouds;
  if (!random.chance(0.15) || host === undefined) return {};
  const isGuest = random.chance(0.6);
  const own = phases.slice(0, random.between(1, Math.min(2, phases.length)));
  const services = ['news'];
  const needs = own.map(({ name: phase }) => {
    return { service: 'news', poolId: poolId(0), phase, machines: random.between(1, 3) };
  });
  const shape = isGuest ? host : { ...cloudOf(0, random), name: 'next-door' };
  return { neighbour: { services, clouds: [shape], phases: own, needs, spare: 4, policy, isGuest } };
}

/** Sometimes just what is needed, or little more: then the books refuse what a storm makes the run ask for. */
function envelopeOf(seed: number, needs: readonly Need[]): Pick<Scenario, 'maxMachines'> {
  const random = seededRandom(`envelope/${seed}`);
  if (!random.chance(0.3)) return {};
  const phases = [...Map.groupBy(needs, ({ phase }) => phase).values()];
  const most = phases.map((own) => own.reduce((sum, { machines }) => sum + machines, 0));
  return { maxMachines: Math.max(...most) + random.between(0, 2) };
}

export function poolId(cloud: number): string {
  return `pool-${cloud}`;
}

function cloudOf(at: number, random: ReturnType<typeof seededRandom>): CloudShape {
  const inside = at === 1 && random.chance(0.5);
  return {
    name: `cloud-${at}`,
    region: inside ? 'dc-1' : 'sim-east',
    zone: inside ? 'cluster-a' : 'sim-east-a',
    machineType: inside ? 'vm.2' : 'c2.large',
    purchaseOption: inside ? 'private' : random.pick(['on-demand', 'spot'] as const),
    private: inside,
    readLagMs: random.pick([0, 2_000, 2_000]),
    survivingDisks: random.pick([0, 0, 0.5]),
    tokens: random.chance(0.5) ? 'kept' : 'none',
    bootMs: random.pick([500, 3_000, 8_000]),
  };
}

const NAMES = ['ramp', 'peak', 'decay'] as const;

function phasesFrom(start: Instant, unitMs: number, count: number): readonly PhaseNeed[] {
  return NAMES.slice(0, count).map((name, at) => ({
    name,
    startsAt: addMs(start, at * unitMs),
    endsAt: addMs(start, (at + 1) * unitMs),
  }));
}

/** The entrance of a service. */
export function routeOf(service: string): string {
  return `${service}-entrance`;
}
