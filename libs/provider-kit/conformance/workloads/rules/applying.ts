import type { WorkloadRule } from '../rule.js';

export const applyingRules: readonly WorkloadRule[] = [
  {
    id: 'W-01',
    title: 'an applied workload comes to run with the members and the image that were ordered',
    why: 'a deployment that is accepted and does not run serves nobody',
    check: async (bench) => {
      const order = bench.order({ replicas: 3, service: true, minAvailable: 2 });
      const state = await bench.running(order);
      expect(state).toMatchObject({ desired: 3, current: 3, updated: 3, ready: 3, obstacles: [] });
      expect(state.image).toBe(order.spec.image);
      const members = await bench.controls.members(order.spec);
      expect(members.filter(({ ready }) => ready).map(({ image }) => image)).toEqual(
        Array.from({ length: 3 }, () => order.spec.image),
      );
    },
  },
  {
    id: 'W-02',
    title: 'the same token with the same spec changes nothing, even after the workload was scaled',
    why: 'every lost answer is repaired by sending again, and that must not undo what came after it',
    check: async (bench) => {
      const order = bench.order();
      const first = await bench.running(order);
      await bench.workloads.scale(bench.owned(order.spec), 4);
      const again = await bench.apply(order);
      expect([again.uid, again.desired]).toEqual([first.uid, 4]);
      const members = await bench.controls.members(order.spec);
      await bench.apply(order);
      expect((await bench.controls.members(order.spec)).map(({ name }) => name)).toEqual(
        expect.arrayContaining(members.map(({ name }) => name)),
      );
    },
  },
  {
    id: 'W-03',
    title: 'the same token with another spec is a conflict and changes nothing',
    why: 'it is a programming error that must not deploy what nobody planned',
    check: async (bench) => {
      const order = bench.order();
      await bench.running(order);
      const other = { ...order, spec: { ...order.spec, image: bench.target.newerImage } };
      const error = await bench.refusal(async () => bench.apply(other));
      expect([error.code, error.effect]).toEqual(['conflict', 'none']);
      expect((await bench.state(order.spec)).image).toBe(order.spec.image);
    },
  },
  {
    id: 'W-04',
    title: 'one token sent several times at the same time gives one workload',
    why: 'a paused worker wakes up while its successor sends the same order',
    check: async (bench) => {
      const order = bench.order({ service: true, minAvailable: 1 });
      const answers = await Promise.allSettled(Array.from({ length: 4 }, async () => bench.apply(order)));
      expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
      for (const answer of answers) {
        if (answer.status === 'rejected')
          expect(answer.reason).toMatchObject({ code: 'conflict', retry: 'same' });
      }
      await bench.apply(order);
      await bench.settled(order.spec, 2);
      expect(await bench.controls.members(order.spec)).toHaveLength(2);
    },
  },
  {
    id: 'W-05',
    title: 'the workload and every part of it carry the whole ownership tag, whatever its words',
    why: 'what carries half a tag is deleted by nobody, or by the wrong one',
    check: async (bench) => {
      const token = 't'.repeat(64);
      const order = bench.order(
        {
          service: true,
          minAvailable: 1,
          network: { from: [], to: [] },
          labels: { 部门: '电商', tier: 'web' },
        },
        {
          token,
          ownership: {
            installation: bench.installation,
            tenant: '集团/零售',
            intent: 'intent with spaces and ~ signs',
            token,
            campaign: 'Double 11',
          },
        },
      );
      const state = await bench.apply(order);
      expect(state.ownership).toEqual(order.ownership);
      expect(state.labels).toMatchObject(order.spec.labels);
      const parts = await bench.controls.parts(order.spec);
      expect(parts.length).toBeGreaterThanOrEqual(4);
      for (const part of parts) {
        const marks = await bench.controls.marksOf(order.spec, part);
        for (const word of [bench.installation, token, '集团/零售']) expect(marks).toContain(word);
      }
    },
  },
  {
    id: 'W-06',
    title: 'a workload that others made is refused untouched, and so is one of which a part is theirs',
    why: 'a name that is taken is somebody’s running service',
    check: async (bench) => {
      const order = bench.order({ service: true });
      bench.note(order.spec);
      await bench.controls.createForeign(order.spec);
      const before = await bench.state(order.spec);
      expect(before.ownership).toBeUndefined();
      const error = await bench.refusal(async () => bench.workloads.apply(order));
      expect([error.code, error.effect]).toEqual(['already-exists', 'none']);
      expect(await bench.state(order.spec)).toMatchObject({ uid: before.uid, image: before.image });

      const other = { ...order.spec, kind: 'stateful' as const };
      const part = await bench.refusal(async () => bench.workloads.apply({ ...order, spec: other }));
      expect([part.code, part.effect]).toEqual(['already-exists', 'none']);
      expect(await bench.workloads.read(other)).toBe('gone');
    },
  },
  {
    id: 'W-07',
    title: 'ordered to adopt, it takes over what others made, and then it is ours',
    why: 'companies come with clusters that run already',
    check: async (bench) => {
      const order = bench.order({ service: true, replicas: 3 }, { adopt: true });
      bench.note(order.spec);
      await bench.controls.createForeign(order.spec);
      const before = await bench.state(order.spec);
      const after = await bench.running(order);
      expect(after).toMatchObject({ uid: before.uid, ownership: order.ownership, image: order.spec.image });
      expect((await bench.workloads.scale(bench.owned(order.spec), 1)).desired).toBe(1);
    },
  },
  {
    id: 'W-08',
    title: 'what an order no longer asks for goes, what it asks for differently changes',
    why: 'a policy that was taken back and still holds is an outage nobody can explain',
    check: async (bench) => {
      const order = bench.order({ service: true, minAvailable: 1, network: { from: [], to: [] } });
      await bench.running(order);
      const before = await bench.controls.parts(order.spec);
      const { minAvailable: _, network: __, ...rest } = order.spec;
      const next = bench.order();
      await bench.apply({ ...next, spec: { ...rest, replicas: 3 } });
      await bench.settled(order.spec, 3);
      await bench.until('the parts that were taken back are gone', async () => {
        return (await bench.controls.parts(order.spec)).length === before.length - 2;
      });
    },
  },
  {
    id: 'W-09',
    title: 'an order that cannot be carried out is refused, and nothing is left of it',
    why: 'a plan is corrected before the peak, not searched for at it',
    check: async (bench) => {
      const nowhere = bench.order({ namespace: 'no-such-namespace', service: true });
      const place = await bench.refusal(async () => bench.workloads.apply(nowhere));
      expect([place.code, place.effect]).toEqual(['failed-precondition', 'none']);
      for (const changes of [
        { name: 'Has Capitals' },
        { name: 'x'.repeat(80) },
        { image: ' ' },
        { replicas: -1 },
        { replicas: 1.5 },
        { cpuMillis: 0 },
        { minAvailable: 0 },
        { autoscale: { minimum: 5, maximum: 2, cpuPercent: 50 } },
      ]) {
        const order = bench.order(changes);
        const error = await bench.refusal(async () => bench.workloads.apply(order));
        expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
        expect(await bench.controls.parts(order.spec)).toEqual([]);
      }
    },
  },
  {
    id: 'W-10',
    title: 'an order that was cut off between its parts is completed by sending it again',
    why: 'a workload without its budget or its policy looks well until the day on which it is needed',
    check: async (bench) => {
      const order = bench.order({ service: true, minAvailable: 1, network: { from: [], to: [] } });
      await bench.controls.loseNextChange();
      const error = await bench.refusal(async () => bench.apply(order));
      expect(error.effect).toBe('maybe');
      expect(await bench.workloads.read(order.spec)).toBe('gone');
      await bench.running(order);
      expect(await bench.controls.parts(order.spec)).toHaveLength(4);
    },
  },
];
