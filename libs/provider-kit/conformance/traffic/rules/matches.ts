import type { RouteMatch } from '../../../contract/traffic.js';
import { NotHere } from '../../suite-record.js';
import type { TrafficRule } from '../rule.js';
import { weightsOf, type TrafficBench } from '../traffic-bench.js';

const REQUESTS = 60;
/** Requests come from here; a client may be told to come from another address of its own machine. */
const HERE = '127.0.0.0/8';
const ELSEWHERE = '192.0.2.0/24';

export const matchRules: readonly TrafficRule[] = [
  {
    id: 'T-22',
    title: 'a request whose header matches goes to its group whatever the shares are, the others are spread',
    why: 'testers must meet the new version, and customers must not',
    capabilities: ['matchByHeader'],
    check: async (bench) => {
      const route = await twoGroups(bench, { home: 100, next: 0 });
      await bench.traffic.setMatches(route, [byHeader('testers', 'next', 'yes')]);
      expect(await groupsOf(bench, route, { 'x-tester': 'yes' })).toEqual({ next: REQUESTS });
      expect(await groupsOf(bench, route, { 'X-Tester': 'no' })).toEqual({ home: REQUESTS });
      expect(await groupsOf(bench, route)).toEqual({ home: REQUESTS });
      await bench.traffic.setWeights(route, { home: 0, next: 100 });
      await bench.traffic.setMatches(route, [byHeader('testers', 'home', 'yes')]);
      expect(await groupsOf(bench, route, { 'x-tester': 'yes' })).toEqual({ home: REQUESTS });
    },
  },
  {
    id: 'T-23',
    title: 'a request from a matching address goes to its group, one from elsewhere is spread',
    why: 'a branch of offices is moved first, and only that branch',
    capabilities: ['matchBySource'],
    check: async (bench) => {
      const route = await twoGroups(bench, { home: 100, next: 0 });
      await bench.traffic.setMatches(route, [bySource('branch', 'next', [ELSEWHERE, HERE])]);
      expect(await groupsOf(bench, route)).toEqual({ next: REQUESTS });
      await bench.traffic.setMatches(route, [bySource('branch', 'next', [ELSEWHERE])]);
      expect(await groupsOf(bench, route)).toEqual({ home: REQUESTS });
    },
  },
  {
    id: 'T-24',
    title: 'the first match that fits wins; matches are absolute, idempotent and read back in their order',
    why: 'an order that is lost sends somebody to a version that was not meant for them',
    capabilities: ['matchByHeader'],
    check: async (bench) => {
      const route = await twoGroups(bench, { home: 100, next: 0 });
      const narrow = byHeader('narrow', 'home', 'yes');
      const wide = byHeader('wide', 'next', 'yes');
      for (const matches of [[narrow, wide], [wide, narrow], [wide]]) {
        const answer = await bench.traffic.setMatches(route, matches);
        expect(answer.matches).toEqual(matches);
        expect((await bench.traffic.setMatches(route, matches)).matches).toEqual(matches);
        expect((await bench.readRoute(route)).matches).toEqual(matches);
        const group = matches[0]?.group ?? '';
        expect(await groupsOf(bench, route, { 'x-tester': 'yes' })).toEqual({ [group]: REQUESTS });
      }
    },
  },
  {
    id: 'T-25',
    title: 'a match that would point at nothing is refused and nothing changes',
    why: 'those who are matched have no other group to fall back to',
    capabilities: ['matchByHeader'],
    check: async (bench) => {
      const route = await twoGroups(bench, { home: 100, next: 0 });
      const good = [byHeader('testers', 'next', 'yes')];
      await bench.traffic.setMatches(route, good);
      const dead = await bench.startDead('empty');
      await bench.traffic.setMembers(route, 'empty', [dead.member]);
      for (const group of ['empty', 'no-such-group']) {
        const refused = bench.traffic.setMatches(route, [byHeader('testers', group, 'yes')]);
        await expect(refused).rejects.toMatchObject({ code: 'failed-precondition', effect: 'none' });
      }
      expect((await bench.readRoute(route)).matches).toEqual(good);
      expect(await groupsOf(bench, route, { 'x-tester': 'yes' })).toEqual({ next: REQUESTS });
    },
  },
  {
    id: 'T-26',
    title: 'matches come and go without losing a request, shares and other routes stay as they were',
    why: 'a gray release is begun and ended while customers buy',
    capabilities: ['matchByHeader'],
    check: async (bench) => {
      const route = await twoGroups(bench, { home: 50, next: 50 });
      const [, other] = bench.target.routes;
      await bench.share(other, { base: 1 }, { base: 100 });
      const met = await bench.sendDuring(route, async () => {
        for (let turn = 0; turn < 4; turn += 1) {
          await bench.traffic.setMatches(route, [byHeader('testers', 'next', 'yes')]);
          await bench.traffic.setMatches(route, []);
        }
      });
      expect(met.failed).toEqual([]);
      expect((await bench.readRoute(route)).matches ?? []).toEqual([]);
      expect(weightsOf(await bench.readRoute(route))).toEqual({ home: 50, next: 50 });
      const spread = await groupsOf(bench, route, { 'x-tester': 'yes' });
      expect(Object.keys(spread).toSorted()).toEqual(['home', 'next']);
      expect((await bench.readRoute(other)).matches ?? []).toEqual([]);
      expect(await groupsOf(bench, other, { 'x-tester': 'yes' })).toEqual({ base: REQUESTS });
    },
  },
];

function byHeader(name: string, group: string, value: string): RouteMatch {
  return { name, group, when: { header: 'x-tester', value } };
}

function bySource(name: string, group: string, sourceRanges: readonly string[]): RouteMatch {
  return { name, group, when: { sourceRanges } };
}

/** Each of two groups has members that answer. */
async function twoGroups(bench: TrafficBench, weights: Readonly<Record<string, number>>): Promise<string> {
  if (bench.target.names !== undefined) throw new NotHere('a name does not see requests');
  const [route] = bench.target.routes;
  await bench.share(route, { home: 1, next: 1 }, weights);
  return route;
}

/** Who answered how often; every request must have been answered. */
async function groupsOf(bench: TrafficBench, route: string, headers: Readonly<Record<string, string>> = {}) {
  const met = await bench.send(route, REQUESTS, '/', headers);
  expect(met.failed).toEqual([]);
  return Object.fromEntries(met.byGroup);
}
