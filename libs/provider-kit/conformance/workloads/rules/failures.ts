import { collect } from '../../../client/listing.js';
import type { WorkloadRule } from '../rule.js';

export const failureRules: readonly WorkloadRule[] = [
  {
    id: 'W-70',
    title: 'a throttled order is rate-limited without effect and says how long to wait; then it works',
    why: 'API servers shed load at exactly the moment when everybody deploys',
    check: async (bench) => {
      const order = bench.order();
      await bench.controls.throttleChanges(1);
      const error = await bench.refusal(async () => bench.apply(order));
      expect([error.code, error.effect]).toEqual(['rate-limited', 'none']);
      expect(error.retryAfterMs).toBeGreaterThan(0);
      expect(await bench.workloads.read(order.spec)).toBe('gone');
      await bench.running(order);
    },
  },
  {
    id: 'W-71',
    title: 'a throttled read is repeated by the client and comes through',
    why: 'the client can only repeat what the provider names rate-limited',
    check: async (bench) => {
      const order = bench.order();
      await bench.apply(order);
      await bench.controls.throttleReads(2);
      expect((await bench.state(order.spec)).name).toBe(order.spec.name);
    },
  },
  {
    id: 'W-72',
    title: 'after a lost answer the search finds what was made, and the same order completes it',
    why: 'the answer gets lost on the way back as on the way out',
    check: async (bench) => {
      const order = bench.order({ replicas: 3 });
      await bench.controls.loseNextChange();
      const error = await bench.refusal(async () => bench.apply(order));
      expect(error.effect).toBe('maybe');
      const [found] = await bench.workloads.findByIntent({
        intent: order.ownership.intent,
        token: order.token,
      });
      expect(found?.ownership).toEqual(order.ownership);
      expect((await bench.running(order)).uid).toBe(found?.uid);
    },
  },
  {
    id: 'W-73',
    title: 'an error that no table knows may have had an effect',
    why: 'calling it harmless would be a guess',
    check: async (bench) => {
      await bench.controls.breakNextChange();
      const error = await bench.refusal(async () => bench.apply(bench.order()));
      expect([error.code, error.effect]).toEqual(['unknown', 'maybe']);
    },
  },
  {
    id: 'W-74',
    title: 'a call whose deadline has passed is not sent',
    why: 'a woken old worker must not act',
    check: async (bench) => {
      const order = bench.order();
      await bench.running(order);
      const late = { deadline: bench.inMs(-1) };
      const error = await bench.refusal(async () => bench.workloads.scale(bench.owned(order.spec), 9, late));
      expect([error.code, error.effect]).toEqual(['timeout', 'none']);
      expect((await bench.state(order.spec)).desired).toBe(2);
    },
  },
  {
    id: 'W-75',
    title: 'a listing over several pages has every workload once; one that was cut short is an error',
    why: 'a short list read as the whole makes workloads look lost',
    check: async (bench) => {
      const many = Math.ceil(bench.target.listPageSize * 1.2);
      await bench.controls.createManyForeign(many);
      const { namespace } = bench.target;
      const { items, complete } = await collect(bench.workloads.list({ namespace }));
      expect(complete).toBe(true);
      expect(items.length).toBeGreaterThanOrEqual(many);
      expect(new Set(items.map(({ uid }) => uid)).size).toBe(items.length);
      await bench.controls.breakNextCursor();
      const error = await bench.refusal(async () => collect(bench.workloads.list({ namespace })));
      expect(error.effect).toBe('none');
    },
  },
];
