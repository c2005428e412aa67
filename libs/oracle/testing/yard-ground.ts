import { toInstant, type Clock } from '@springtide/kernel';
import type { MachineSource } from '../../../test/yard/machines/machine-source.js';
import type { CloudListing } from '../domain/index.js';
import { marksIn } from './simulated-ground.js';

/**
 * What a cloud of the yard holds by its own admin view or list, past Springtide's providers: any source that the boot agent
 * can watch. Such views tell neither ages nor satellites.
 */
export async function yardListing(
  source: Pick<MachineSource, 'name' | 'list'>,
  accountId: string,
  clock: Pick<Clock, 'now'>,
): Promise<CloudListing> {
  const askedAt = toInstant(clock.now());
  const base = { accountId, region: null, askedAt, lagMs: 0 };
  try {
    const machines = (await source.list()).map(({ id, labels, state }) => {
      const ending = /terminat|shutting/i.test(state);
      return {
        id,
        marks: marksIn(labels),
        state: ending ? ('ending' as const) : ('alive' as const),
        createdAt: null,
      };
    });
    return { ...base, incomplete: null, machines };
  } catch (thrown) {
    return { ...base, incomplete: `${source.name}: ${String(thrown)}`, machines: [] };
  }
}
