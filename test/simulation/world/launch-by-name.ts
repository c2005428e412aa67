import { asSpringtideError, type SpringtideError } from '@springtide/kernel';
import type { ComputeFacet, LaunchItem } from '@springtide/provider-kit';
import type { SimulatedCloud } from '../../../providers/simulated/index.js';

const NAME = 'name-of-one';

type Change = (compute: ComputeFacet) => Partial<ComputeFacet>;

/** A cloud that knows names and no tokens: a name that lives is that machine, one that is gone is made afresh. */
export function bySingleName(cloud: SimulatedCloud): Change {
  let calls = 0;
  return (compute) => ({
    launch: async (batch, options) => {
      const there = cloud
        .machines()
        .find(({ labels, state }) => labels[NAME] === batch.labels[NAME] && state !== 'terminating');
      if (there !== undefined) return { items: [{ outcome: 'accepted', machineId: there.id }] };
      calls += 1;
      return await compute.launch({ ...batch, token: `call-${calls}` }, options);
    },
  });
}

/** How a provider asks such a cloud: one call a machine, in the process that may die between any two of them. */
export const oneByOne: Change = (compute) => ({
  launch: async (batch, options) => {
    const items: LaunchItem[] = [];
    let refusal: SpringtideError | undefined;
    for (let index = 0; index < batch.count; index += 1) {
      const labels = { ...batch.labels, [NAME]: `${batch.token}/${index}` };
      try {
        const one = await compute.launch({ ...batch, count: 1, minimum: 1, labels }, options);
        items.push(...one.items);
      } catch (thrown) {
        refusal = asSpringtideError(thrown);
        // What is open makes the whole answer open.
        if (refusal.effect !== 'none') throw refusal;
        items.push({ outcome: 'refused', error: refusal });
      }
    }
    if (refusal !== undefined && items.every(({ outcome }) => outcome === 'refused')) throw refusal;
    return { items };
  },
});
