import { addMs, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { AnswerTime } from '../../../contract/traffic.js';
import type { TrafficRule } from '../rule.js';
import { weightsOf } from '../traffic-bench.js';

export const refusalRules: readonly TrafficRule[] = [
  {
    id: 'T-14',
    title: 'listRoutes shows every route of the account with its entrance, and says when it is complete',
    why: 'a route that is not seen is not scaled back',
    check: async (bench) => {
      const pages = [];
      for await (const page of bench.traffic.listRoutes()) pages.push(page);
      const names = pages.flatMap(({ items }) => items.map(({ name }) => name));
      expect(names.toSorted()).toEqual([...bench.target.routes].toSorted());
      expect(pages.map(({ complete }) => complete)).toEqual(pages.map((_, at) => at === pages.length - 1));
      for (const { entrance } of pages.flatMap(({ items }) => items))
        expect(entrance).toMatch(/^https?:\/\//);
    },
  },
  {
    id: 'T-15',
    title: 'an unknown route is not-found in every call',
    why: 'a spelling mistake must not look like an empty route',
    check: async (bench) => {
      const facet = await bench.bareFacet();
      const calls = [
        facet.readRoute('no-such-route', bench.options()),
        facet.setMembers('no-such-route', 'home', [], bench.options()),
        facet.setWeights('no-such-route', { home: 100 }, bench.options()),
        facet.readCounters('no-such-route', bench.options()),
      ];
      const refused = { code: 'not-found', effect: 'none' };
      await Promise.all(calls.map(async (call) => expect(call).rejects.toMatchObject(refused)));
    },
  },
  {
    id: 'T-16',
    title: 'bad input is an invalid-argument and changes nothing',
    why: 'names and numbers become commands and files of the proxy',
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 1 }, { home: 100 });
      const facet = await bench.bareFacet();
      const options = bench.options();
      const good = { id: 'i-1', address: '127.0.0.1', port: 80 };
      const calls = [
        facet.setWeights(route, { home: 60 }, options),
        facet.setWeights(route, { home: 120, burst: -20 }, options),
        facet.setWeights(route, { home: Number.NaN }, options),
        facet.setWeights(route, { 'home weight 0; del': 100 }, options),
        facet.setMembers(route, '../home', [good], options),
        facet.setMembers(route, 'home', [good, good], options),
        facet.setMembers(route, 'home', [{ ...good, port: 70_000 }], options),
        facet.setMembers(route, 'home', [{ ...good, address: 'shop.example' }], options),
        facet.setMembers(route, 'home', [{ ...good, id: 'i 1\nshutdown' }], options),
      ];
      const refused = { code: 'invalid-argument', effect: 'none' };
      await Promise.all(calls.map(async (call) => expect(call).rejects.toMatchObject(refused)));
      expect(weightsOf(await bench.readRoute(route))).toEqual({ home: 100 });
      expect(await bench.send(route, 20)).toMatchObject({ failed: [] });
    },
  },
  {
    id: 'T-17',
    title: 'a proxy that is not there is unavailable or a timeout, and nothing was done',
    why: 'the shift must wait, and must know that it may',
    check: async (bench) => {
      const nowhere = await bench.connect(bench.target.unreachable());
      const deadline = addMs(toInstant(systemClock.now()), 2_000);
      const call = nowhere.traffic.readRoute(bench.target.routes[0], { deadline });
      await expect(call).rejects.toMatchObject({
        code: expect.stringMatching(/^(unavailable|timeout)$/),
        effect: 'none',
      });
      await nowhere.close();
    },
  },
  {
    id: 'T-18',
    title: 'a passed deadline is a timeout without any effect',
    why: 'a woken old worker must not move traffic',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { home = [] } = await bench.share(route, { home: 1 }, { home: 100 });
      const facet = await bench.bareFacet();
      const past = { deadline: addMs(toInstant(systemClock.now()), -1) };
      await expect(facet.setMembers(route, 'home', [], past)).rejects.toMatchObject({
        code: 'timeout',
        effect: 'none',
      });
      const [group] = (await bench.readRoute(route)).groups;
      expect(group?.members.map(({ id }) => id)).toEqual(home.map(({ member }) => member.id));
    },
  },
  {
    id: 'T-19',
    title: 'counters rise by the requests that each group answered',
    why: 'the error gate of a shift step divides their differences',
    capabilities: ['requestCounters'],
    check: async (bench) => {
      const [route] = bench.target.routes;
      await bench.share(route, { home: 1, burst: 1 }, { home: 75, burst: 25 });
      const before = await bench.traffic.readCounters(route);
      const tally = await bench.send(route, 200);
      const after = await bench.traffic.readCounters(route);
      for (const group of ['home', 'burst']) {
        const [from, to] = [before, after].map((all) => all.find((counter) => counter.group === group));
        expect((to?.requests ?? 0) - (from?.requests ?? 0)).toBe(tally.byGroup.get(group));
        expect((to?.errors ?? 0) - (from?.errors ?? 0)).toBe(0);
      }
      const told = after.find(({ group }) => group === 'home')?.answerTime;
      if (told === undefined) return;
      await bench.send(route, 24, '/slow?ms=400');
      const later = (await bench.traffic.readCounters(route)).find(
        ({ group }) => group === 'home',
      )?.answerTime;
      // Some eighteen of them met this group: by seven seconds more in all, or by tens of milliseconds on average.
      expect(millisecondsOf(later) - millisecondsOf(told)).toBeGreaterThan('totalMs' in told ? 5_000 : 10);
    },
  },
  {
    id: 'T-20',
    title: 'verify tells the product and that every route can be moved',
    why: 'readiness is proven before the campaign, not during it',
    check: async (bench) => {
      const account = await bench.connect(bench.target.account);
      const report = await account.verify();
      expect(report.product).toMatch(/\d+\.\d+/);
      expect(report.permissions.filter(({ granted }) => !granted)).toEqual([]);
      for (const route of bench.target.routes) {
        expect(report.permissions.some(({ neededFor }) => neededFor === `route ${route}`)).toBe(true);
      }
      await account.close();
    },
  },
];

function millisecondsOf(time: AnswerTime | undefined): number {
  if (time === undefined) return 0;
  return 'totalMs' in time ? time.totalMs : time.recentMs;
}
