import { toInstant, type Clock } from '@springtide/kernel';
import type { TrueMachine, TrueSatellite } from '../../../providers/simulated/index.js';
import type { CloudListing, Marks } from '../domain/index.js';

/** What a simulated cloud of this process truly holds. */
type SimulatedGround = Readonly<{ machines(): TrueMachine[]; satellites(): TrueSatellite[] }>;

/** Ground truth, without lag, faults or credentials. */
export function simulatedListing(
  cloud: SimulatedGround,
  accountId: string,
  clock: Pick<Clock, 'now'>,
): CloudListing {
  const askedAt = toInstant(clock.now());
  return {
    accountId,
    region: null,
    askedAt,
    incomplete: null,
    lagMs: 0,
    machines: cloud.machines().map(({ id, labels, state, createdAt }) => {
      return { id, createdAt, marks: marksIn(labels), state: state === 'terminating' ? 'ending' : 'alive' };
    }),
    satellites: cloud.satellites().map(({ id, machineId, labels }) => {
      return { id, machineId, marks: marksIn(labels) };
    }),
  };
}

/** A machine is ours only with the whole tag. Clouds spell the keys of it in two ways. */
export function marksIn(tags: Readonly<Record<string, string>>): Marks | null {
  const tag = (name: string) => tags[`springtide/${name}`] ?? tags[`springtide:${name}`];
  const [installation, tenant, intent, token] = ['installation', 'tenant', 'intent', 'token'].map(tag);
  if (!installation || !tenant || !intent || !token) return null;
  return { installation, tenant, intent, token, campaign: tag('campaign') ?? null };
}
