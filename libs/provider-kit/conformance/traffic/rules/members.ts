import { setTimeout as wait } from 'node:timers/promises';
import type { TrafficRule } from '../rule.js';
import { groupOf, weightsOf } from '../traffic-bench.js';

export const memberRules: readonly TrafficRule[] = [
  {
    id: 'T-07',
    title: "a new group starts at share 0, and the proxy's own checks find its members healthy in time",
    why: 'the health gate of a shift reads this, and a step must not wait longer than it has to',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const members = await bench.start('burst', 3);
      await bench.join(route, 'burst', members);
      const state = groupOf(await bench.readRoute(route), 'burst');
      expect(state?.weight).toBe(0);
      expect(state?.members.map(({ id, address, port }) => ({ id, address, port })).toSorted(byId)).toEqual(
        members.map(({ member }) => member).toSorted(byId),
      );
      expect(state?.members.every(({ draining }) => !draining)).toBe(true);
    },
  },
  {
    id: 'T-08',
    title: 'setMembers is exact and idempotent',
    why: 'it is sent again after every doubt',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { home = [] } = await bench.share(route, { home: 3 }, { home: 100 });
      const members = home.map(({ member }) => member);
      await bench.traffic.setMembers(route, 'home', members);
      await bench.traffic.setMembers(route, 'home', members);
      const state = await bench.readRoute(route);
      expect(
        groupOf(state, 'home')
          ?.members.map(({ id }) => id)
          .toSorted(),
      ).toEqual(members.map(({ id }) => id).toSorted());
      expect(weightsOf(state)).toEqual({ home: 100 });
      expect(await bench.send(route, 60)).toMatchObject({ failed: [] });
    },
  },
  {
    id: 'T-09',
    title: 'members that join a group under load keep its share and lose no request, not even a dead one',
    why: 'capacity is added while customers buy',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { burst = [] } = await bench.share(route, { home: 2, burst: 2 }, { home: 60, burst: 40 });
      const more = await bench.start('burst', 2);
      const dead = await bench.startDead('burst');
      const all = [...burst, ...more, dead].map(({ member }) => member);
      const tally = await bench.sendDuring(route, async () => {
        await bench.traffic.setMembers(route, 'burst', all);
        await wait(1_000);
      });
      expect(tally.failed).toEqual([]);
      await bench.traffic.setWeights(route, { home: 60, burst: 40 });
      expect(weightsOf(await bench.readRoute(route))).toEqual({ home: 60, burst: 40 });
      const after = await bench.send(route, 200);
      expect(after.failed).toEqual([]);
      expect(Math.abs((after.byGroup.get('burst') ?? 0) - 80)).toBeLessThanOrEqual(bench.offBy);
      expect([...after.byMember.keys()].filter((name) => name.startsWith('burst'))).toHaveLength(4);
    },
  },
  {
    id: 'T-10',
    title: 'a removed member gets no new request, and its running one ends well',
    why: 'machines are terminated after they were removed',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { home = [] } = await bench.share(route, { home: 2 }, { home: 100 });
      const [first, second] = home;
      const shows = bench.harness.manifest.capabilities.showsDraining?.supported === true;
      const running = bench.send(route, 4, `/slow?ms=${shows ? 2_500 : 700}`);
      await wait(200);
      const leaving = bench.traffic.setMembers(route, 'home', first ? [first.member] : []);
      if (shows)
        await bench.until('who drains is shown, with its request', async () => {
          const members = groupOf(await bench.readRoute(route), 'home')?.members ?? [];
          const one = members.find(({ id }) => id === second?.member.id);
          return one?.draining === true && (one.activeConnections ?? 0) > 0;
        });
      await leaving;
      const after = await bench.send(route, 40);
      expect(after).toMatchObject({ failed: [] });
      expect([...after.byMember.keys()]).toEqual([`home/${first?.member.id}`]);
      expect(await running).toMatchObject({ failed: [] });
      await bench.until('the removed member is gone', async () => {
        const left = groupOf(await bench.readRoute(route), 'home')?.members ?? [];
        return left.every(({ id }) => id !== second?.member.id);
      });
    },
  },
  {
    id: 'T-11',
    title: "a dead member leaves by the proxy's own checks, and comes back the same way",
    why: 'nobody is awake at midnight, and the orchestrator may be down',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { home = [] } = await bench.share(route, { home: 3 }, { home: 100 });
      const [victim] = home;
      const healthyCount = async (): Promise<number> =>
        (groupOf(await bench.readRoute(route), 'home')?.members ?? []).filter(({ healthy }) => healthy)
          .length;
      await victim?.down();
      await bench.until('the proxy sees that the member died', async () => (await healthyCount()) === 2);
      const without = await bench.send(route, 60);
      expect(without).toMatchObject({ failed: [] });
      expect(without.byMember.size).toBe(2);
      await victim?.up();
      await bench.until('the proxy sees that the member is back', async () => (await healthyCount()) === 3);
      expect((await bench.send(route, 60)).byMember.size).toBe(3);
    },
  },
  {
    id: 'T-12',
    title: 'after a restart of the proxy the same calls bring back the same state',
    why: 'a proxy forgets what it was told at run time; truth is in our books',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const groups = await bench.share(route, { home: 2, burst: 2 }, { home: 55, burst: 45 });
      await bench.target.restartProxy();
      for (const [group, members] of Object.entries(groups)) await bench.join(route, group, members);
      const state = await bench.traffic.setWeights(route, { home: 55, burst: 45 });
      expect(weightsOf(state)).toEqual({ home: 55, burst: 45 });
      const tally = await bench.send(route, 200);
      expect(tally.failed).toEqual([]);
      expect(Math.abs((tally.byGroup.get('burst') ?? 0) - 90)).toBeLessThanOrEqual(bench.offBy);
    },
  },
  {
    id: 'T-13',
    title: 'emptying a group hands its share to the others without losing a request',
    why: 'the last machine of a group may be lost to the cloud at any time',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 2, burst: 2 }, { home: 50, burst: 50 });
      const tally = await bench.sendDuring(route, async () => {
        await bench.traffic.setMembers(route, 'burst', []);
      });
      expect(tally.failed).toEqual([]);
      expect((await bench.send(route, 40)).byGroup).toEqual(new Map([['home', 40]]));
      expect(groupOf(await bench.readRoute(route), 'home')?.weight).toBe(100);
    },
  },
];

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
