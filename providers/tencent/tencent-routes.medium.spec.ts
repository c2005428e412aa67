import { SpringtideError, addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type RouteMember } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { makeBalancer, type YardRule } from '../../test/yard/tencent/tencent-balancer.js';
import { publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import { startTencentYard, type TencentYard } from '../../test/yard/tencent/tencent-yard.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const secret = { secretId: 'AKIDroutesroutesroutesroutes', secretKey: 'yardRoutesNeverARealSecretKey' };

describe('routes of Tencent Cloud, over the wire', () => {
  const gate = loopbackGate();
  let yard: TencentYard;
  let rule: YardRule;
  let client: CloudClient;

  beforeAll(async () => {
    yard = await startTencentYard({
      settings: { balancerTaskMs: 30, healthMs: 50, bootMs: 0, rates: { '*': null } },
    });
    await yard.admin.putCredential({ ...secret, policy: await publishedPolicy() });
    const vpc = yard.regions[REGION]?.vpcId ?? '';
    rule = await makeBalancer(yard, { region: REGION, vpc, name: 'storefront', port: 80 });
    client = await connect();
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  async function connect(): Promise<CloudClient> {
    const settings = {
      ...yardSettings(yard.endpoint, yard),
      routes: {
        storefront: {
          kind: 'load-balancer',
          region: REGION,
          ...rule,
          entrance: 'http://shop.example:80',
          drainMs: 100,
        },
        shop: {
          kind: 'name',
          domain: 'shop.example',
          subDomain: 'www',
          entrance: 'http://www.shop.example:80',
        },
      },
    };
    const context = { account: 'routes', clock: systemClock, gate, log: silentLogger };
    return connectAccount(manifest, settings, secret, { ...context, policy: { readAttempts: 1 } });
  }

  /** What the load balancer really does, by the yard's own books. */
  async function truth(): Promise<Readonly<Record<string, number>>> {
    const balancers = await yard.admin.balancers();
    const targets = balancers.flatMap(({ listeners }) =>
      listeners.flatMap(({ rules }) => rules.flatMap((each) => each.targets)),
    );
    return Object.fromEntries(targets.map(({ ip, port, weight }) => [`${ip}:${port}`, weight]));
  }

  async function healthy(route: string, group: string): Promise<void> {
    for (let looks = 0; looks < 100; looks += 1) {
      const state = await client.traffic.readRoute(route);
      const members = state.groups.find(({ name }) => name === group)?.members ?? [];
      if (members.length > 0 && members.every((member) => member.healthy)) return;
      await systemClock.sleep(20);
    }
    throw new Error(`group ${group} never became healthy`);
  }

  const home: RouteMember[] = [1, 2].map((n) => ({ id: `vm-${n}`, address: `10.9.0.${n}`, port: 8080 }));
  const burst: RouteMember[] = [1, 2, 3].map((n) => ({ id: `b-${n}`, address: `10.9.1.${n}`, port: 8080 }));

  describe('a load balancer', () => {
    it('starts a group at share 0, and sends nothing to what is not healthy', async () => {
      await client.traffic.setMembers('storefront', 'home', home);
      await expect(client.traffic.setWeights('storefront', { nowhere: 100 })).rejects.toMatchObject({
        code: 'failed-precondition',
        effect: 'none',
      });
      expect(Object.values(await truth())).toEqual([0, 0]);
      await healthy('storefront', 'home');
      const state = await client.traffic.setWeights('storefront', { home: 100 });
      expect(state.groups).toMatchObject([{ name: 'home', weight: 100 }]);
    });

    it('moves shares absolutely, exactly, and reads them back', async () => {
      await client.traffic.setMembers('storefront', 'burst', burst);
      await healthy('storefront', 'burst');
      for (const share of [25, 60, 1, 37]) {
        const weights = { home: 100 - share, burst: share };
        await client.traffic.setWeights('storefront', weights);
        const { groups } = await client.traffic.setWeights('storefront', weights);
        expect(Object.fromEntries(groups.map(({ name, weight }) => [name, weight]))).toEqual(weights);
        const live = await truth();
        const sumOf = (members: readonly RouteMember[]): number =>
          members.reduce((sum, { address, port }) => sum + (live[`${address}:${port}`] ?? 0), 0);
        expect(sumOf(burst) / (sumOf(burst) + sumOf(home))).toBeCloseTo(share / 100, 10);
      }
    });

    it('refuses a share for a group whose members are all dead, and changes nothing', async () => {
      await client.traffic.setWeights('storefront', { home: 100, burst: 0 });
      const before = await truth();
      for (const { address, port } of burst) await yard.admin.tellHealth(address, port, false);
      await expect(client.traffic.setWeights('storefront', { home: 50, burst: 50 })).rejects.toMatchObject({
        code: 'failed-precondition',
        retry: 'same',
      });
      expect(await truth()).toEqual(before);
      for (const { address, port } of burst) await yard.admin.tellHealth(address, port, null);
    });

    it('leaves the shares of one of several calls at the same time, whole', async () => {
      const shares = [10, 30, 50, 70];
      await Promise.all(
        shares.map(async (share) =>
          client.traffic.setWeights('storefront', { home: 100 - share, burst: share }),
        ),
      );
      const { groups } = await client.traffic.readRoute('storefront');
      expect(shares).toContain(groups.find(({ name }) => name === 'burst')?.weight);
    });

    it('keeps a group its share while members join and leave, and hands it on when it is emptied', async () => {
      await client.traffic.setWeights('storefront', { home: 60, burst: 40 });
      await client.traffic.setMembers('storefront', 'burst', burst.slice(0, 1));
      const { groups } = await client.traffic.readRoute('storefront');
      expect(groups.map(({ name, weight, members }) => [name, weight, members.length])).toEqual([
        ['home', 60, 2],
        ['burst', 40, 1],
      ]);
      await client.traffic.setMembers('storefront', 'burst', []);
      expect((await client.traffic.readRoute('storefront')).groups).toMatchObject([
        { name: 'home', weight: 100 },
      ]);
    });

    it('names machines by their id, and everything else by its address', async () => {
      const region = yard.regions[REGION];
      const [zone = ''] = region?.zones ?? [];
      const { ids } = await yard.admin.launchForeign({ zone, machineType: 'S5.LARGE8' });
      const machine = (await yard.admin.machines()).find(({ id }) => id === ids[0]);
      const member = { id: ids[0] ?? '', address: machine?.address ?? '', port: 80 };
      await client.traffic.setMembers('storefront', 'cloud', [member]);
      const { groups } = await client.traffic.readRoute('storefront');
      expect(groups.find(({ name }) => name === 'cloud')?.members).toMatchObject([member]);
      await client.traffic.setMembers('storefront', 'cloud', []);
    });

    it('is refused while somebody else’s target stands in it', async () => {
      const { callWire } = await import('../../test/yard/tencent/wire-client.js');
      const target = { ListenerId: rule.listener, LocationId: rule.rule, EniIp: '10.9.9.9', Port: 80 };
      const change = { version: '2018-03-17', scope: 'clb', region: REGION };
      const params = { LoadBalancerId: rule.loadBalancer, Targets: [target] };
      await callWire(yard, { ...change, action: 'BatchRegisterTargets', params });
      await systemClock.sleep(100);
      await expect(client.traffic.setWeights('storefront', { home: 100 })).rejects.toMatchObject({
        code: 'failed-precondition',
        effect: 'none',
      });
      await callWire(yard, { ...change, action: 'BatchDeregisterTargets', params });
      await systemClock.sleep(100);
      await client.traffic.setWeights('storefront', { home: 100 });
    });
  });

  describe('a name', () => {
    const away: RouteMember[] = [{ id: 'lb-away', address: '198.51.100.7', port: 80 }];
    const near: RouteMember[] = [{ id: 'lb-home', address: '198.51.100.1', port: 80 }];

    async function records() {
      const all = await yard.admin.names();
      return all
        .filter(({ name, type }) => name === 'www' && type === 'A')
        .map(({ value, weight, enabled }) => [value, enabled ? weight : 0]);
    }

    it('pauses records without a share and weighs the others', async () => {
      await client.traffic.setMembers('shop', 'home', near);
      expect(await records()).toEqual([['198.51.100.1', 0]]);
      await client.traffic.setWeights('shop', { home: 100 });
      await client.traffic.setMembers('shop', 'burst', away);
      expect(await records()).toEqual([
        ['198.51.100.1', 100],
        ['198.51.100.7', 0],
      ]);
      const { groups } = await client.traffic.setWeights('shop', { home: 70, burst: 30 });
      expect(groups.map(({ name, weight }) => [name, weight])).toEqual([
        ['home', 70],
        ['burst', 30],
      ]);
      expect(groups[1]?.members).toMatchObject(away);
      expect(await records()).toEqual([
        ['198.51.100.1', 70],
        ['198.51.100.7', 30],
      ]);
    });

    it('leads nowhere only when nobody is left', async () => {
      await client.traffic.setWeights('shop', { home: 100, burst: 0 });
      await client.traffic.setMembers('shop', 'home', []);
      expect(await records()).toEqual([['198.51.100.7', 100]]);
      await client.traffic.setMembers('shop', 'burst', []);
      expect(await records()).toEqual([]);
    });
  });

  it('lists its routes, knows no others, and does nothing after the deadline', async () => {
    const pages = [];
    for await (const page of client.traffic.listRoutes()) pages.push(page);
    expect(pages.map(({ items, complete }) => [items.map(({ name }) => name), complete])).toEqual([
      [['storefront', 'shop'], true],
    ]);
    await expect(client.traffic.readRoute('no-such-route')).rejects.toMatchObject({ code: 'not-found' });
    const before = await truth();
    const past = { deadline: addMs(toInstant(systemClock.now()), -1) };
    await expect(client.traffic.setMembers('storefront', 'home', [], past)).rejects.toMatchObject({
      code: 'timeout',
      effect: 'none',
    });
    expect(await truth()).toEqual(before);
  });

  it('verifies that every route can be moved', async () => {
    const { permissions } = await client.verify();
    expect(permissions.filter(({ granted }) => !granted)).toEqual([]);
    expect(permissions.map(({ neededFor }) => neededFor)).toEqual(
      expect.arrayContaining(['route storefront', 'route shop']),
    );
  });

  it('says it when a change of the load balancer is not carried out in time', async () => {
    await yard.admin.change({ balancerTaskMs: 5_000 });
    const deadline = addMs(toInstant(systemClock.now()), 1_200);
    const thrown: unknown = await client.traffic
      .setMembers('storefront', 'late', burst.slice(0, 1), { deadline })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SpringtideError);
    expect(thrown).toMatchObject({ code: 'timeout', effect: 'maybe' });
  });
});
