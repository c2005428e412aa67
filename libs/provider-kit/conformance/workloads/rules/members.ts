import { collectComplete } from '../../../client/listing.js';
import type { WorkloadRule } from '../rule.js';

export const memberRules: readonly WorkloadRule[] = [
  {
    id: 'W-20',
    title: 'scaling is absolute and idempotent, up, down, and to nothing and back',
    why: 'it is sent again after every doubt, and a burst ends at exactly what was before it',
    check: async (bench) => {
      const order = bench.order();
      await bench.running(order);
      for (const members of [5, 5, 1, 0, 3]) {
        const state = await bench.workloads.scale(bench.owned(order.spec), members);
        expect(state.desired).toBe(members);
        await bench.settled(order.spec, members);
        const truth = (await bench.controls.members(order.spec)).filter(({ leaving }) => !leaving);
        expect(truth).toHaveLength(members);
      }
    },
  },
  {
    id: 'W-21',
    title: 'what is not ours, or not there, is not scaled',
    why: 'two Springtides share a cluster; each must keep its hands off the other’s workloads',
    check: async (bench) => {
      const order = bench.order();
      const missing = await bench.refusal(async () => bench.workloads.scale(bench.owned(order.spec), 2));
      expect([missing.code, missing.effect]).toEqual(['not-found', 'none']);
      await bench.running(order);
      const stranger = { ...bench.owned(order.spec), installation: 'another-springtide' };
      const error = await bench.refusal(async () => bench.workloads.scale(stranger, 9));
      expect([error.code, error.effect]).toEqual(['failed-precondition', 'none']);
      expect((await bench.state(order.spec)).desired).toBe(2);
    },
  },
  {
    id: 'W-22',
    title: 'a used-up quota shows as quota-exceeded with the members that are missing, until there is room',
    why: 'it is answered by another cluster or by a request for more, not by waiting',
    check: async (bench) => {
      const undo = await bench.controls.limitMembers(3);
      try {
        for (const kind of ['stateless', 'stateful'] as const) {
          const order = bench.order({ kind, replicas: 5 });
          await bench.apply(order);
          await bench.until('the quota shows', async () => {
            const { obstacles, ready } = await bench.state(order.spec);
            return (
              ready === 3 && obstacles.some(({ code, members }) => code === 'quota-exceeded' && members === 2)
            );
          });
          const quotas = await bench.workloads.quotas({ namespace: bench.target.namespace });
          expect(quotas).toContainEqual(expect.objectContaining({ resource: 'pods', limit: 3, used: 3 }));
          expect((await bench.state(order.spec)).phase).not.toBe('settled');
          await bench.remove(order.spec, 'delete');
        }
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'W-23',
    title: 'members that find no room show as insufficient-capacity, with the cluster’s own reason',
    why: 'this is what makes a cluster grow, or the plan choose another',
    check: async (bench) => {
      const order = bench.order({ cpuMillis: 900_000 });
      await bench.apply(order);
      await bench.until('the lack of room shows', async () => {
        const { obstacles } = await bench.state(order.spec);
        return obstacles.some(({ code, members }) => code === 'insufficient-capacity' && members === 2);
      });
      const [obstacle] = (await bench.state(order.spec)).obstacles;
      expect(obstacle?.message).toMatch(/cpu/i);
    },
  },
  {
    id: 'W-24',
    title: 'a listing with an installation has its workloads and no others, and names no owner for theirs',
    why: 'what it returns may be deleted',
    check: async (bench) => {
      const mine = bench.order();
      const foreign = bench.order();
      await bench.apply(mine);
      bench.note(foreign.spec);
      await bench.controls.createForeign(foreign.spec);
      const { namespace } = bench.target;
      const owned = await collectComplete(
        bench.workloads.list({ namespace, ownedBy: bench.installation }),
        'workloads',
      );
      expect(owned.map(({ name }) => name)).toEqual([mine.spec.name]);
      const all = await collectComplete(bench.workloads.list({ namespace }), 'workloads');
      const owners = new Map(all.map(({ name, ownership }) => [name, ownership?.installation]));
      expect(owners.get(mine.spec.name)).toBe(bench.installation);
      expect(owners.has(foreign.spec.name)).toBe(true);
      expect(owners.get(foreign.spec.name)).toBeUndefined();
    },
  },
  {
    id: 'W-25',
    title: 'a search by intent finds its workloads, by their token too, and never those of others',
    why: 'the answer to an order may be lost; the search is the way back',
    check: async (bench) => {
      const one = bench.order();
      const other = bench.order({}, { ownership: one.ownership });
      await bench.apply(one);
      await bench.apply(other);
      const intent = one.ownership.intent;
      const found = await bench.workloads.findByIntent({ intent });
      expect(found.map(({ name }) => name).toSorted()).toEqual([one.spec.name, other.spec.name].toSorted());
      const exact = await bench.workloads.findByIntent({ intent, token: other.token });
      expect(exact.map(({ name }) => name)).toEqual([other.spec.name]);
      expect(await bench.workloads.findByIntent({ intent: 'nobody' })).toEqual([]);
    },
  },
];
