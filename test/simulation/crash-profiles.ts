import type { ProviderManifest } from '@springtide/provider-kit';
import { addMs } from '@springtide/kernel';
import { providers } from '@springtide/providers';
import { START } from './world/ids.js';
import type { Abilities, CloudShape, Scenario } from './world/scenario.js';
import type { Fault } from './world/storm.js';

/** A whole campaign on a cloud that behaves as one provider's does; `faults` are its manners, not accidents. */
export type CrashProfile = Readonly<{ name: string; scenario: Scenario; faults: readonly Fault[] }>;

type Manners = Readonly<{
  name: string;
  /** Whose manifest says what it can do; left out: the simulated cloud's own. */
  like?: string;
  shape: Partial<CloudShape>;
  faults?: readonly Fault[];
}>;

const MINUTE = 60_000;
const FIRST_PURCHASE = { atMs: 0, cloud: 0 } as const;

/** Room for two of the three machines of the first purchase; the third one is bought when there is room again. */
const PARTIAL: Fault = { ...FIRST_PURCHASE, kind: 'room', machines: 2, forMs: 40_000 };
/** Accepted, and then never there: creation goes on behind the answer. */
const FAILS_LATER: Fault = {
  ...FIRST_PURCHASE,
  kind: 'call',
  operation: 'RunMachines',
  effect: 'fail-boot',
  times: 1,
  delayMs: 0,
};
const INSIDE = { private: true, region: 'dc-1', zone: 'cluster-a', machineType: 'vm.2' } as const;
const PRIVATE = { ...INSIDE, purchaseOption: 'private' } as const;

const MANNERS: readonly Manners[] = [
  { name: 'alibaba', like: 'alibaba', shape: { tokens: 'kept', readLagMs: 2_000 }, faults: [PARTIAL] },
  { name: 'aws', like: 'aws', shape: { tokens: 'kept', readLagMs: 2_000 } },
  { name: 'tencent', like: 'tencent', shape: { tokens: 'kept', bootMs: 3_000 }, faults: [FAILS_LATER] },
  { name: 'openstack', like: 'openstack', shape: { ...PRIVATE, tokens: 'names' } },
  { name: 'vsphere, hosts nearly full', like: 'vsphere', shape: { ...PRIVATE, tokens: 'names', places: 3 } },
  { name: 'no tokens, no names', shape: { tokens: 'none' } },
  { name: 'private, remembers tokens', shape: { ...PRIVATE, tokens: 'kept' }, faults: [PARTIAL] },
];

/** The profiles that simulated clouds can play: every provider that sells machines, and two that nobody has. */
export async function crashProfiles(): Promise<readonly CrashProfile[]> {
  return await Promise.all(
    MANNERS.map(async ({ name, like, shape, faults = [] }) => {
      const manifest = like === undefined ? undefined : (await providers[like]?.())?.manifest;
      if (like !== undefined && manifest === undefined) throw new Error(`there is no provider ${like}`);
      const abilities = manifest === undefined ? {} : abilitiesOf(manifest);
      return { name, faults, scenario: scenarioOn({ ...shape, abilities }) };
    }),
  );
}

/** What decides how a purchase is made, repeated and looked for. */
function abilitiesOf({ capabilities }: ProviderManifest): Abilities {
  const { idempotencyToken, batchLaunch, partialLaunch, timeToLive, stockSignal, quotaSignal } = capabilities;
  return { idempotencyToken, batchLaunch, partialLaunch, timeToLive, stockSignal, quotaSignal };
}

/** One service that grows, shrinks, leaves disks behind, and goes back. */
function scenarioOn(shape: Partial<CloudShape>): Scenario {
  const cloud: CloudShape = {
    name: 'cloud-0',
    region: 'sim-east',
    zone: 'sim-east-a',
    machineType: 'c2.large',
    purchaseOption: 'on-demand',
    private: false,
    readLagMs: 500,
    survivingDisks: 0.6,
    tokens: 'kept',
    bootMs: 1_000,
    ...shape,
  };
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
  return { seed: 7, services: ['shop'], clouds: [cloud], phases, needs, spare: 2, policy: 'demo' };
}
