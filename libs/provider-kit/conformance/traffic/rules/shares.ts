import { setTimeout as wait } from 'node:timers/promises';
import type { TrafficRule } from '../rule.js';
import { groupOf, weightsOf, type Tally, type TrafficBench } from '../traffic-bench.js';

const REQUESTS = 200;

export const shareRules: readonly TrafficRule[] = [
  {
    id: 'T-01',
    title: 'shares are exact for real requests, whatever the sizes of the groups',
    why: 'a group that gets more than its share is overloaded, one that gets less is paid for nothing',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 3, burst: 2 }, { home: 75, burst: 25 });
      await expectShares(bench, { home: 75, burst: 25 });
      for (const burst of [1, 37, 60, 100]) {
        const weights = { home: 100 - burst, burst };
        const state = await bench.traffic.setWeights(route, weights);
        expect(weightsOf(state)).toEqual(weights);
        await expectShares(bench, weights);
      }
    },
  },
  {
    id: 'T-02',
    title: 'setWeights is absolute and idempotent, and its answer is what is live',
    why: 'after a lost answer the same call is sent again; it must not shift twice',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 2, burst: 3 }, { home: 60, burst: 40 });
      const first = await bench.traffic.setWeights(route, { home: 60, burst: 40 });
      const again = await bench.traffic.setWeights(route, { home: 60, burst: 40 });
      expect(weightsOf(again)).toEqual({ home: 60, burst: 40 });
      expect(weightsOf(again)).toEqual(weightsOf(first));
      expect(weightsOf(await bench.readRoute(route))).toEqual({ home: 60, burst: 40 });
      await expectShares(bench, { home: 60, burst: 40 });
    },
  },
  {
    id: 'T-03',
    title: 'a share that would point at nothing is refused and nothing changes',
    why: 'traffic sent to a group without a healthy member is lost orders',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 2 }, { home: 100 });
      const dead = await bench.startDead('burst');
      await bench.traffic.setMembers(route, 'burst', [dead.member]);
      for (const weights of [
        { home: 50, burst: 50 },
        { home: 50, nowhere: 50 },
      ]) {
        await expect(bench.traffic.setWeights(route, weights)).rejects.toMatchObject({
          code: 'failed-precondition',
          effect: 'none',
        });
      }
      const tally = await bench.send(route, 50);
      expect(tally).toMatchObject({ failed: [] });
      expect(tally.byGroup).toEqual(new Map([['home', 50]]));
      const state = await bench.readRoute(route);
      expect(groupOf(state, 'home')?.weight).toBe(100);
      expect(groupOf(state, 'burst')?.weight ?? 0).toBe(0);
    },
  },
  {
    id: 'T-04',
    title: 'no request is lost while the shares move step by step, there and back',
    why: 'a shift happens under full load',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 2, burst: 2 }, { home: 100, burst: 0 });
      const tally = await bench.sendDuring(route, async () => {
        for (const burst of [25, 50, 75, 100, 40, 0]) {
          await bench.traffic.setWeights(route, { home: 100 - burst, burst });
          await wait(100);
        }
      });
      expect(tally.failed).toEqual([]);
      expect(tally.byGroup.get('burst') ?? 0).toBeGreaterThan(0);
      expect((await bench.send(route, 40)).byGroup).toEqual(new Map([['home', 40]]));
    },
  },
  {
    id: 'T-05',
    title: 'setWeights calls at the same time leave the shares of one of them, whole',
    why: 'two halves of two decisions are a third one that nobody took',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 3, burst: 3 }, { home: 100, burst: 0 });
      const shares = [10, 30, 50, 70, 90];
      await Promise.all(
        shares.map(async (burst) => bench.traffic.setWeights(route, { home: 100 - burst, burst })),
      );
      const { home = 0, burst = 0 } = weightsOf(await bench.readRoute(route));
      expect(shares).toContain(burst);
      expect(home).toBe(100 - burst);
      await expectShares(bench, { home, burst });
    },
  },
  {
    id: 'T-06',
    title: 'a route is not disturbed by changes of another',
    why: 'services of a campaign shift independently',
    check: async (bench) => {
      const [one, other] = bench.target.routes;
      await bench.share(one, { home: 2, burst: 2 }, { home: 70, burst: 30 });
      const tally = await bench.sendDuring(one, async () => {
        await bench.share(other, { home: 1, burst: 1 }, { home: 50, burst: 50 });
        await bench.traffic.setMembers(other, 'burst', []);
      });
      expect(tally.failed).toEqual([]);
      expect(weightsOf(await bench.readRoute(one))).toEqual({ home: 70, burst: 30 });
    },
  },
];

async function expectShares(bench: TrafficBench, weights: Readonly<Record<string, number>>): Promise<void> {
  const tally = await bench.send(bench.target.routes[0], REQUESTS);
  expect(tally.failed).toEqual([]);
  for (const [group, share] of Object.entries(weights)) expectShare(tally, group, share, bench.offBy);
}

function expectShare(tally: Tally, group: string, share: number, offBy: number): void {
  const answered = tally.byGroup.get(group) ?? 0;
  const expected = (share / 100) * REQUESTS;
  if (share === 0) expect(answered).toBe(0);
  else expect(Math.abs(answered - expected)).toBeLessThanOrEqual(offBy);
}
