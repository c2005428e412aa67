import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type RouteMember } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { manifest } from './index.js';

const DOMAIN = 'spring.example';
const gate = loopbackGate();
const clients: CloudClient[] = [];
let yard: AlibabaYard;
let client: CloudClient;

beforeAll(async () => {
  yard = await startAlibabaYard({ settings: { configuringMs: 30 } });
});
beforeEach(async () => {
  await yard.admin.reset();
  client = await connect('acs3');
});
afterAll(async () => {
  for (const each of clients) await each.close();
  await gate.close();
  await yard.stop();
});

async function connect(signature: 'acs3' | 'rpc'): Promise<CloudClient> {
  const [region] = yard.regions;
  if (region === undefined) throw new Error('the yard has no region');
  const { listenerId, ruleId, homeGroupId } = region.balancing;
  const settings = {
    regions: [region.regionId],
    signature,
    endpoint: yard.endpoint,
    routes: {
      shop: {
        kind: 'alb',
        region: region.regionId,
        listenerId,
        ruleId,
        entrance: 'http://127.0.0.1:80',
        groups: { home: homeGroupId },
        vpcId: region.vpcId,
        drainWaitMs: 0,
      },
      old: {
        kind: 'slb',
        region: region.regionId,
        loadBalancerId: region.classic.loadBalancerId,
        serverGroupId: region.classic.groupId,
        entrance: 'http://127.0.0.1:80',
        drainWaitMs: 0,
      },
      name: {
        kind: 'dns',
        domain: DOMAIN,
        record: 'shop',
        entrance: `http://shop.${DOMAIN}`,
        groups: { home: ['192.0.2.1', '192.0.2.2'], burst: ['198.51.100.1'] },
      },
      bare: { kind: 'dns', domain: DOMAIN, record: 'bare', entrance: `http://bare.${DOMAIN}` },
      theirs: {
        kind: 'dns',
        domain: DOMAIN,
        record: 'bare',
        entrance: `http://bare.${DOMAIN}`,
        groups: { home: ['192.0.2.9'] },
      },
    },
  };
  const secret = { accessKeyId: yard.accessKeyId, accessKeySecret: yard.accessKeySecret };
  const opened = await connectAccount(manifest, settings, secret, {
    clock: systemClock,
    gate,
    log: silentLogger,
    account: 'traffic-spec',
  });
  clients.push(opened);
  return opened;
}

function members(group: string, count: number): RouteMember[] {
  const octet = group === 'home' ? 1 : 2;
  return Array.from({ length: count }, (_, n) => ({
    id: `i-${group}-${n}`,
    address: `127.88.${octet}.${n + 1}`,
    port: 8080,
  }));
}

async function weights(route = 'shop'): Promise<Record<string, number>> {
  const { groups } = await client.traffic.readRoute(route);
  return Object.fromEntries(groups.map(({ name, weight }) => [name, Math.round(weight)]));
}

async function join(group: string, count: number): Promise<readonly RouteMember[]> {
  const all = members(group, count);
  await client.traffic.setMembers('shop', group, all);
  return all;
}

/** What a data plane would do, by group name. */
async function live(): Promise<{ share: Record<string, number>; members: Record<string, string[]> }> {
  const truth = await yard.admin.traffic();
  const [region] = yard.regions;
  const listener = truth.listeners.find(({ id }) => id === region?.balancing.listenerId);
  const rule = listener?.rules.find(({ id }) => id === region?.balancing.ruleId);
  const tuples = rule?.actions[0]?.ForwardGroupConfig?.ServerGroupTuples ?? [];
  const nameOf = (id: string): string => (id === region?.balancing.homeGroupId ? 'home' : 'burst');
  const taking = (id: string): string[] =>
    (truth.groups[id] ?? []).filter(({ weight }) => weight > 0).map(({ address }) => address);
  return {
    share: Object.fromEntries(
      tuples.map(({ ServerGroupId, Weight }) => [nameOf(ServerGroupId), Weight ?? 100]),
    ),
    members: Object.fromEntries(
      tuples.map(({ ServerGroupId }) => [nameOf(ServerGroupId), taking(ServerGroupId)]),
    ),
  };
}

describe.each(['acs3', 'rpc'] as const)('a rule of an application load balancer, by %s', (signature) => {
  beforeEach(async () => {
    client = await connect(signature);
  });

  it('makes a group that was not there, at weight 0, and moves shares absolutely', async () => {
    await join('home', 3);
    await client.traffic.setWeights('shop', { home: 100 });
    const burst = await join('burst', 2);
    expect(await weights()).toEqual({ home: 100, burst: 0 });
    const state = await client.traffic.setWeights('shop', { home: 63, burst: 37 });
    expect(Object.fromEntries(state.groups.map(({ name, weight }) => [name, weight]))).toEqual({
      home: 63,
      burst: 37,
    });
    await client.traffic.setWeights('shop', { home: 63, burst: 37 });
    expect(await live()).toEqual({
      share: { home: 63, burst: 37 },
      members: {
        home: members('home', 3).map(({ address }) => address),
        burst: burst.map(({ address }) => address),
      },
    });
    const read = await client.traffic.readRoute('shop');
    const found = read.groups.find(({ name }) => name === 'burst')?.members ?? [];
    expect(found.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
      burst.map((member) => ({ ...member, healthy: true, draining: false, activeConnections: null })),
    );
  });

  it('never points at nothing: neither at an unknown group nor at one without a healthy member', async () => {
    await join('home', 1);
    await client.traffic.setWeights('shop', { home: 100 });
    const [sick] = await join('burst', 1);
    await yard.admin.setHealth(sick?.address ?? '', sick?.port ?? 0, false);
    for (const wanted of [
      { home: 50, burst: 50 },
      { home: 50, nowhere: 50 },
    ]) {
      await expect(client.traffic.setWeights('shop', wanted)).rejects.toMatchObject({
        code: 'failed-precondition',
        effect: 'none',
      });
    }
    expect((await live()).share).toEqual({ home: 100, burst: 0 });
    await yard.admin.setHealth(sick?.address ?? '', sick?.port ?? 0, true);
    await client.traffic.setWeights('shop', { home: 50, burst: 50 });
    expect((await live()).share).toEqual({ home: 50, burst: 50 });
  });

  it('takes members out and in exactly, and hands the share of an emptied group over', async () => {
    await join('home', 2);
    await join('burst', 3);
    await client.traffic.setWeights('shop', { home: 40, burst: 60 });
    await client.traffic.setMembers('shop', 'burst', members('burst', 3).slice(1));
    await client.traffic.setMembers('shop', 'burst', members('burst', 3).slice(1));
    expect((await live()).members['burst']).toEqual(['127.88.2.2', '127.88.2.3']);
    await client.traffic.setMembers('shop', 'burst', []);
    expect(await live()).toMatchObject({ share: { home: 100 } });
    expect(await weights()).toEqual({ home: 100 });
  });

  it('matches by header and by source before the shares, in order, and takes them away again', async () => {
    await join('home', 1);
    await join('burst', 1);
    await client.traffic.setWeights('shop', { home: 100 });
    const matches = [
      { name: 'testers', group: 'burst', when: { header: 'x-version', value: 'next' } },
      { name: 'branch', group: 'burst', when: { sourceRanges: ['10.8.0.0/16', '10.9.0.0/16'] } },
    ];
    expect((await client.traffic.setMatches('shop', matches)).matches).toEqual(matches);
    expect((await client.traffic.setMatches('shop', matches.toReversed())).matches).toEqual(
      matches.toReversed(),
    );
    const truth = await yard.admin.traffic();
    const [region] = yard.regions;
    const rules = truth.listeners.find(({ id }) => id === region?.balancing.listenerId)?.rules ?? [];
    expect(rules.map(({ conditions }) => conditions.map(({ Type }) => Type).join('+'))).toEqual([
      'Path+SourceIp',
      'Path+Header',
      'Path',
    ]);
    expect((await client.traffic.setMatches('shop', [])).matches).toEqual([]);
  });
});

describe('a server group of a classic load balancer', () => {
  const total = (found: readonly Readonly<{ address: string; weight: number }>[], group: string): number =>
    found
      .filter(({ address }) => address.startsWith(group === 'home' ? '127.88.1.' : '127.88.2.'))
      .reduce((sum, { weight }) => sum + weight, 0);

  async function carried() {
    const [region] = yard.regions;
    return (await yard.admin.traffic()).groups[region?.classic.groupId ?? ''] ?? [];
  }

  it('keeps the shares of groups of any size, by the weight of every server', async () => {
    await client.traffic.setMembers('old', 'home', members('home', 3));
    await client.traffic.setWeights('old', { home: 100 });
    await client.traffic.setMembers('old', 'burst', members('burst', 2));
    expect(await weights('old')).toEqual({ home: 100, burst: 0 });
    await client.traffic.setWeights('old', { home: 63, burst: 37 });
    expect(await weights('old')).toEqual({ home: 63, burst: 37 });
    await client.traffic.setMembers('old', 'burst', members('burst', 30));
    expect(await weights('old')).toEqual({ home: 63, burst: 37 });
    await client.traffic.setWeights('old', { home: 99, burst: 1 });
    expect(await weights('old')).toEqual({ home: 99, burst: 1 });
    await client.traffic.setWeights('old', { home: 63, burst: 37 });
    const truth = await carried();
    const burst = total(truth, 'burst') / (total(truth, 'burst') + total(truth, 'home'));
    expect(Math.abs(burst - 0.37)).toBeLessThan(0.005);
  });

  it('never points at nothing, and hands the share of an emptied group over', async () => {
    await client.traffic.setMembers('old', 'home', members('home', 1));
    await client.traffic.setMembers('old', 'burst', members('burst', 1));
    await client.traffic.setWeights('old', { home: 20, burst: 80 });
    await client.traffic.setMembers('old', 'burst', []);
    expect(await weights('old')).toEqual({ home: 100 });
    await expect(client.traffic.setWeights('old', { home: 50, burst: 50 })).rejects.toMatchObject({
      code: 'failed-precondition',
      effect: 'none',
    });
  });

  it('matches nothing, and says so', async () => {
    const match = { name: 'testers', group: 'home', when: { header: 'x-version', value: 'next' } };
    await expect(client.traffic.setMatches('old', [match])).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a weighted name', () => {
  const target = `shop.${DOMAIN} A`;

  it('shares by records, adds before it takes away, and leaves the last record alone', async () => {
    await client.traffic.setWeights('name', { home: 100, burst: 0 });
    expect((await yard.admin.traffic()).names[target]?.records.map(({ value }) => value)).toEqual([
      '192.0.2.1',
      '192.0.2.2',
    ]);
    const state = await client.traffic.setWeights('name', { home: 60, burst: 40 });
    expect(state.groups.map(({ name, weight }) => [name, Math.round(weight)])).toEqual([
      ['home', 60],
      ['burst', 40],
    ]);
    expect((await yard.admin.traffic()).names[target]).toEqual({
      weighted: true,
      records: [
        { value: '192.0.2.1', weight: 60 },
        { value: '192.0.2.2', weight: 60 },
        { value: '198.51.100.1', weight: 80 },
      ],
    });
    await client.traffic.setWeights('name', { home: 0, burst: 100 });
    expect(await weights('name')).toEqual({ home: 0, burst: 100 });
    expect((await yard.admin.traffic()).names[target]?.records.map(({ value }) => value)).toEqual([
      '198.51.100.1',
    ]);
  });

  it('refuses a group without an entrance', async () => {
    await expect(client.traffic.setWeights('name', { nowhere: 100 })).rejects.toMatchObject({
      code: 'failed-precondition',
      effect: 'none',
    });
    expect((await yard.admin.traffic()).names[target]).toBeUndefined();
  });

  it('is joined and left by machines of a campaign, beside entrances of the settings', async () => {
    await client.traffic.setWeights('name', { home: 100 });
    const machines = members('pool-a', 3);
    await client.traffic.setMembers('name', 'pool-a', machines);
    await client.traffic.setMembers('name', 'pool-a', machines);
    expect((await yard.admin.traffic()).names[target]?.records).toHaveLength(2);
    const { groups } = await client.traffic.setWeights('name', { home: 99, 'pool-a': 1 });
    expect(groups.find(({ name }) => name === 'pool-a')).toMatchObject({
      weight: 1,
      members: machines.map(({ id, address, port }) => ({ id, address, port })),
    });
    await client.traffic.setMembers('name', 'pool-a', []);
    expect(await weights('name')).toEqual({ home: 100, burst: 0 });
  });

  it('takes over what answers already for the group that names it, and changes nothing beside what nobody names', async () => {
    // Somebody else's record, put there by another route of that name.
    await client.traffic.setWeights('theirs', { home: 100 });
    const there = { id: 'i-there', address: '192.0.2.9', port: 80 };
    const [joins] = members('pool-a', 1);
    const refused = client.traffic.setMembers('bare', 'pool-a', joins === undefined ? [] : [joins]);
    await expect(refused).rejects.toMatchObject({ code: 'failed-precondition', effect: 'none' });
    await client.traffic.setMembers('bare', 'home', [there]);
    expect(await weights('bare')).toEqual({ home: 100 });
    await client.traffic.setMembers('bare', 'pool-a', joins === undefined ? [] : [joins]);
    await client.traffic.setWeights('bare', { home: 75, 'pool-a': 25 });
    expect((await yard.admin.traffic()).names[`bare.${DOMAIN} A`]).toEqual({
      weighted: true,
      records: [
        { value: '192.0.2.9', weight: 75 },
        { value: joins?.address, weight: 25 },
      ],
    });
  });

  it('gives no address to two members: a name knows no ports', async () => {
    const [first] = members('pool-a', 1);
    if (first === undefined) throw new Error('one was made');
    const tried = client.traffic.setMembers('bare', 'pool-a', [first, { ...first, id: 'i-2', port: 81 }]);
    await expect(tried).rejects.toMatchObject({ code: 'failed-precondition', effect: 'none' });
    expect((await client.traffic.readRoute('bare')).groups).toEqual([]);
  });

  it('takes its entrances from the settings only', async () => {
    const entrance = { id: '198.51.100.1', address: '198.51.100.1', port: 80 };
    await client.traffic.setMembers('name', 'burst', [entrance]);
    await expect(client.traffic.setMembers('name', 'burst', [])).rejects.toMatchObject({
      code: 'failed-precondition',
    });
  });
});

it('lists every route of the account, and knows no other', async () => {
  const names: string[] = [];
  for await (const page of client.traffic.listRoutes()) names.push(...page.items.map(({ name }) => name));
  expect(names).toEqual(['shop', 'old', 'name', 'bare', 'theirs']);
  await expect(client.traffic.readRoute('no-such-route')).rejects.toMatchObject({ code: 'not-found' });
});
