import { Resolver } from 'node:dns/promises';
import { systemClock, createEndpointGate, silentLogger } from '@springtide/platform';
import { connectAccount, type CloudClient, type TrafficClient } from '@springtide/provider-kit';
import { findPowerdns } from '../../test/yard/powerdns/obtain-powerdns.js';
import { startPowerdnsYard, type PowerdnsYard } from '../../test/yard/powerdns/powerdns-yard.js';
import { updatesTarget } from '../../test/yard/powerdns/updates-conformance.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const available = yardLane('names (dynamic updates)', (await findPowerdns()) !== undefined);
const suite = available ? describe : describe.skip;
const ROUTE = 'storefront';

suite('names by dynamic updates', () => {
  let yard: PowerdnsYard;
  let account: Awaited<ReturnType<typeof updatesTarget>>['account'];
  let port = 0;
  const clients: CloudClient[] = [];

  beforeAll(async () => {
    yard = await startPowerdnsYard();
    const target = await updatesTarget(yard);
    account = target.account;
    port = target.names?.memberPort ?? 0;
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map(async (client) => client.close()));
    await yard.stop();
  }, 60_000);

  const open = async (secret: unknown = account.secret): Promise<CloudClient> => {
    const gate = createEndpointGate({ openHostPorts: [yard.server], privateRanges: [] });
    const context = { clock: systemClock, gate, log: silentLogger, account: 'spec' };
    const client = await connectAccount(manifest, account.settings, secret, context);
    clients.push(client);
    return client;
  };
  const join = async (traffic: TrafficClient, group: string, ...addresses: string[]): Promise<void> => {
    const members = addresses.map((address, n) => ({ id: `i"${group};${n}`, address, port }));
    await traffic.setMembers(ROUTE, group, members);
  };
  const answers = async (): Promise<readonly string[]> => {
    const resolver = new Resolver();
    resolver.setServers([yard.server]);
    const found = await resolver.resolve4(`${ROUTE}.${yard.zone}`);
    return found.toSorted();
  };

  it('gives every address the same share, and names the nearest shares for all else', async () => {
    const { traffic } = await open();
    await join(traffic, 'home', '10.0.0.1', '10.0.0.2', '10.0.0.3');
    await join(traffic, 'burst', '10.1.0.1');
    await traffic.setWeights(ROUTE, { home: 100 });
    expect(await answers()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    await expect(traffic.setWeights(ROUTE, { home: 60, burst: 40 })).rejects.toMatchObject({
      code: 'unsupported',
      effect: 'none',
      message: expect.stringContaining('burst 25 %, home 75 %'),
    });
    expect(await answers()).toHaveLength(3);
    const state = await traffic.setWeights(ROUTE, { home: 75, burst: 25 });
    expect(state.groups.map(({ name, weight }) => [name, weight])).toEqual([
      ['burst', 25],
      ['home', 75],
    ]);
    expect(await answers()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.1.0.1']);
    expect((await traffic.readRoute(ROUTE)).groups[0]?.members[0]?.id).toBe('i"burst;0');
  });

  it('lets one of two writers through, and tells the other', async () => {
    const writers = await Promise.all(Array.from({ length: 6 }, async () => open()));
    const all = await Promise.allSettled(
      writers.map(async ({ traffic }, n) => join(traffic, 'home', `10.2.0.${n}`)),
    );
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    for (const one of refused) expect(one).toMatchObject({ code: 'conflict', effect: 'none' });
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(writers.length);
    expect(await answers()).toHaveLength(2);
  });

  it('is refused with a wrong key, and with one that the server does not know', async () => {
    const wrong = Buffer.from('another secret of thirty-two b..').toString('base64');
    const { keyName, key } = account.secret as { keyName: string; key: string };
    for (const secret of [
      { keyName, key: wrong },
      { keyName: 'nobody', key },
    ]) {
      const client = await open(secret);
      const code: unknown = expect.stringMatching(/^(unauthenticated|permission-denied)$/);
      await expect(join(client.traffic, 'home', '10.9.9.9')).rejects.toMatchObject({ code, effect: 'none' });
      expect((await client.verify()).permissions.every(({ granted }) => !granted)).toBe(true);
    }
    expect(await answers()).not.toContain('10.9.9.9');
  });

  it('touches nothing that somebody else wrote under the name', async () => {
    const { traffic } = await open();
    const records = [{ content: '192.0.2.1', disabled: false }];
    const name = `${ROUTE}.${yard.zone}.`;
    const rrsets = [{ name, type: 'A', ttl: 1, changetype: 'REPLACE', records }];
    await yard.call('PATCH', `/zones/${yard.zone}.`, { rrsets });
    await expect(join(traffic, 'home', '10.3.0.1')).rejects.toMatchObject({ code: 'failed-precondition' });
    expect(await answers()).toEqual(['192.0.2.1']);
  });
});
