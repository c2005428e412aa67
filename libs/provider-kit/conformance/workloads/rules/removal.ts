import type { WorkloadRule } from '../rule.js';

export const removalRules: readonly WorkloadRule[] = [
  {
    id: 'W-60',
    title: 'a removed workload is on its way out at once, and gone when its last member and part are',
    why: 'scale-back ends in proof, read from the cluster',
    check: async (bench) => {
      const order = bench.order({ service: true, minAvailable: 1, network: { from: [], to: [] } });
      await bench.running(order);
      expect(await bench.workloads.remove(bench.owned(order.spec), 'keep')).toBe('removing');
      const now = await bench.workloads.read(order.spec);
      if (now !== 'gone') expect(now.phase).toBe('removing');
      await bench.remove(order.spec);
      expect(await bench.workloads.read(order.spec)).toBe('gone');
      expect(await bench.controls.members(order.spec)).toEqual([]);
      expect(await bench.controls.parts(order.spec)).toEqual([]);
    },
  },
  {
    id: 'W-61',
    title: 'removing again what is gone, or what somebody else removed, reports gone',
    why: 'after a crash everything is removed again',
    check: async (bench) => {
      const order = bench.order({ service: true });
      await bench.running(order);
      await bench.controls.deleteOutside(order.spec);
      await bench.until(
        'the workload is gone',
        async () => (await bench.workloads.read(order.spec)) === 'gone',
      );
      await bench.remove(order.spec);
      expect(await bench.workloads.remove(bench.owned(order.spec), 'keep')).toBe('gone');
      expect(await bench.controls.parts(order.spec)).toEqual([]);
    },
  },
  {
    id: 'W-62',
    title: 'what others made is not removed',
    why: 'a name is no proof of ownership',
    check: async (bench) => {
      const order = bench.order();
      bench.note(order.spec);
      await bench.controls.createForeign(order.spec);
      const error = await bench.refusal(async () =>
        bench.workloads.remove(bench.owned(order.spec), 'delete'),
      );
      expect([error.code, error.effect]).toEqual(['failed-precondition', 'none']);
      expect((await bench.state(order.spec)).phase).not.toBe('removing');
    },
  },
];
