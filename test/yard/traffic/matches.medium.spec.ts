import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createEndpointGate, silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type RouteMatch } from '@springtide/provider-kit';
import { request } from 'undici';
import { manifest as haproxy } from '../../../providers/haproxy/index.js';
import { manifest as traefik } from '../../../providers/traefik/index.js';
import { yardLane } from '../tools/lane.js';
import { obtainHaproxy } from './obtain-haproxy.js';
import { obtainTraefik } from './obtain-traefik.js';
import { startTrafficYard, type TrafficYard } from './traffic-yard.js';

const engines = [
  ['haproxy', haproxy, await obtainHaproxy()],
  ['traefik', traefik, await obtainTraefik().catch(() => undefined)],
] as const;
const ROUTE = 'storefront';

const HERE = { sourceRanges: ['127.0.0.0/8'] };
const ELSEWHERE = { sourceRanges: ['192.0.2.0/24', '2001:db8::/32'] };
const ODD = { header: 'X-Odd', value: `a b;c\\d"e'f\`g~*()!%41+/=,{}[]<>|^$#&@?:` };
const PLAIN = { header: 'x-plain', value: 'yes' };

const match = (name: string, group: string, when: RouteMatch['when']): RouteMatch => ({ name, group, when });

for (const [engine, manifest, binary] of engines) {
  const suite = yardLane(`matches (${engine})`, binary !== undefined) ? describe : describe.skip;
  suite(`matches of a route in ${engine}`, () => {
    let folder = '';
    let yard: TrafficYard;
    let client: CloudClient;
    const servers: Server[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `springtide-matches-${engine}-`));
      yard = await startTrafficYard({ engine, folder, routes: [{ name: ROUTE }] });
      const { port, apiUrl } = yard.settings as { port?: number; apiUrl?: string };
      const open = apiUrl === undefined ? `127.0.0.1:${port}` : new URL(apiUrl).host;
      const gate = createEndpointGate({ openHostPorts: [open], privateRanges: [] });
      const context = { clock: systemClock, gate, log: silentLogger, account: 'spec' };
      client = await connectAccount(manifest, yard.settings, {}, context);
      for (const group of ['home', 'one', 'two']) {
        await client.traffic.setMembers(ROUTE, group, [await serve(servers, group)]);
      }
      await until(async () => {
        const { groups } = await client.traffic.readRoute(ROUTE);
        return groups.every(({ members }) => members.every(({ healthy }) => healthy));
      });
      await client.traffic.setWeights(ROUTE, { home: 100 });
    }, 60_000);
    afterAll(async () => {
      await client.close();
      await yard.stop();
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    const who = async (headers: Record<string, string> = {}): Promise<string> => {
      const answer = await request(yard.entrances[ROUTE] ?? '', { headers });
      return answer.body.text();
    };

    it('tries headers and ranges in one order', async () => {
      const both = { 'x-odd': ODD.value, 'x-plain': 'yes' };
      const odd = match('odd', 'one', ODD);
      const plain = match('plain', 'two', PLAIN);
      const here = match('here', 'two', HERE);
      await client.traffic.setMatches(ROUTE, [odd, plain]);
      expect([await who(both), await who({ 'x-plain': 'yes' }), await who()]).toEqual(['one', 'two', 'home']);
      await client.traffic.setMatches(ROUTE, [plain, odd]);
      expect([await who(both), await who({ 'x-odd': ODD.value })]).toEqual(['two', 'one']);
      await client.traffic.setMatches(ROUTE, [odd, here]);
      expect([await who(both), await who()]).toEqual(['one', 'two']);
      await client.traffic.setMatches(ROUTE, [here, odd]);
      expect([await who(both), await who()]).toEqual(['two', 'two']);
      await client.traffic.setMatches(ROUTE, [match('away', 'one', ELSEWHERE)]);
      expect([await who(both), await who()]).toEqual(['home', 'home']);
    }, 60_000);

    it('takes neither a longer value nor a longer name for a match', async () => {
      await client.traffic.setMatches(ROUTE, [match('plain', 'two', PLAIN)]);
      const near = { 'x-plain': 'yess', 'xx-plain': 'yes', 'x-plain-2': 'yes', 'x-other': 'x-plain: yes' };
      expect([await who(near), await who({ 'X-PLAIN': 'yes' })]).toEqual(['home', 'two']);
    }, 60_000);

    it('lets the narrower of two ranges win only when it comes first', async () => {
      const narrow = match('narrow', 'one', { sourceRanges: ['127.0.0.1/32'] });
      const wide = match('wide', 'two', HERE);
      await client.traffic.setMatches(ROUTE, [wide, narrow]);
      expect(await who()).toBe('two');
      await client.traffic.setMatches(ROUTE, [narrow, wide]);
      expect(await who()).toBe('one');
    }, 60_000);
  });
}

async function serve(servers: Server[], group: string) {
  const server = createServer((_incoming, answer) => answer.end(group));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  const at = server.address();
  return {
    id: `i-${group}`,
    address: '127.0.0.1',
    port: typeof at === 'object' && at !== null ? at.port : 0,
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 100) throw new Error('the members never became healthy');
    await wait(100);
  }
}
