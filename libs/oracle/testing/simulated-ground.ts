import { toInstant, type Clock } from '@springtide/kernel';
import type { TrueMachine, TrueSatellite } from '../../../providers/simulated/index.js';
import type { CloudListing, Marks } from '../domain/index.js';

/** What a simulated cloud truly holds: an object in this process, or its answers over HTTP. */
export type SimulatedGround = Readonly<{ machines(): TrueMachine[]; satellites(): TrueSatellite[] }>;

const PREFIX = 'springtide/';

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

/** The same over the control endpoint of the yard, for clouds of another process. */
export async function simulatedListingOver(
  endpoint: string,
  accountId: string,
  clock: Pick<Clock, 'now'>,
): Promise<CloudListing> {
  const get = async (what: string): Promise<unknown> => {
    const answer = await fetch(`${endpoint}/${what}`, { signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`${endpoint} did not list its ${what}: HTTP ${answer.status}`);
    return await answer.json();
  };
  const askedAt = clock.now();
  const [machines, satellites] = await Promise.all([get('machines'), get('satellites')]);
  const ground = {
    machines: () => machines as TrueMachine[],
    satellites: () => satellites as TrueSatellite[],
  };
  return simulatedListing(ground, accountId, { now: () => askedAt });
}

/** A machine is ours only with the whole tag. */
function marksIn(tags: Readonly<Record<string, string>>): Marks | null {
  const [installation, tenant, intent, token] = ['installation', 'tenant', 'intent', 'token'].map(
    (name) => tags[PREFIX + name],
  );
  if (!installation || !tenant || !intent || !token) return null;
  return { installation, tenant, intent, token, campaign: tags[`${PREFIX}campaign`] ?? null };
}
