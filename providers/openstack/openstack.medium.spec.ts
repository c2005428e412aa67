import { SpringtideError, toInstant } from '@springtide/kernel';
import { systemClock, silentLogger } from '@springtide/platform';
import {
  collectComplete,
  connectAccount,
  type CloudClient,
  type LaunchBatch,
  type Machine,
  type ResourceKind,
} from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { openstackAccount } from '../../test/yard/openstack/openstack-account.js';
import { openstackSource } from '../../test/yard/openstack/openstack-source.js';
import {
  openstackYardAvailable,
  startOpenstackYard,
  type OpenstackYard,
} from '../../test/yard/openstack/openstack-yard.js';
import { askOpenstackOracle, openstack } from '../../test/yard/openstack/oracle.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const state = await openstackYardAvailable();
const runs = yardLane('openstack provider', state.available, state.available ? '' : state.reason);
const suite = runs ? describe : describe.skip;

const PATIENCE_MS = 60_000;
const RULE_MS = 180_000;

suite('the OpenStack provider, over the wire', () => {
  const gate = loopbackGate();
  const clients: CloudClient[] = [];
  let yard: OpenstackYard;
  let client: CloudClient;
  let batches = 0;

  const connect = async (
    changes: Readonly<Record<string, unknown>> = {},
    password?: string,
  ): Promise<CloudClient> => {
    const { settings, secret } = openstackAccount(yard, { pageSize: 3, ...changes });
    const context = { account: `medium-${clients.length}`, clock: systemClock, gate, log: silentLogger };
    const opened = await connectAccount(manifest, settings, password === undefined ? secret : { password }, {
      ...context,
      policy: { readAttempts: 1 },
    });
    clients.push(opened);
    return opened;
  };

  const batch = (changes: Partial<LaunchBatch> = {}): LaunchBatch => {
    batches += 1;
    const token = `token-${batches}`;
    return {
      token,
      region: yard.region,
      zone: 'az2',
      machineType: 's1',
      purchaseOption: 'private',
      count: 1,
      minimum: 1,
      namePrefix: `shop-${batches}`,
      image: yard.image,
      securityGroups: [],
      ownership: { installation: 'medium', tenant: 'acme', intent: `intent-${batches}`, token },
      labels: {},
      ...changes,
    };
  };

  const launch = async (order: LaunchBatch, by = client): Promise<readonly string[]> =>
    (await by.compute.launch(order)).items.flatMap((item) =>
      item.outcome === 'accepted' ? [item.machineId] : [],
    );

  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const found = await look();
      if (found !== undefined) return found;
      await systemClock.sleep(300);
    }
    throw new Error(`${what} was waited for in vain`);
  };

  const running = async (ids: readonly string[]): Promise<readonly Machine[]> =>
    until('running machines', async () => {
      const seen = await client.compute.describe(ids, { region: yard.region });
      const machines = ids.flatMap((id) => {
        const machine = seen.get(id);
        return machine === undefined || machine === 'gone' ? [] : [machine];
      });
      return machines.every(({ state: now, addresses }) => now === 'running' && addresses.length > 0)
        ? machines
        : undefined;
    });

  const listAll = async (): Promise<readonly Machine[]> => {
    const machines: Machine[] = [];
    for await (const page of client.compute.list({ region: yard.region })) machines.push(...page.items);
    return machines;
  };

  beforeAll(async () => {
    yard = await startOpenstackYard();
    client = await connect();
  }, 600_000);
  afterEach(async () => {
    await yard.admin.makeSchedulable('s1');
    const scope = { region: yard.region };
    const ours = (await listAll()).filter(({ ownership }) => ownership !== undefined).map(({ id }) => id);
    await client.compute.terminate(ours, scope);
    await until('an empty project', async () =>
      (await listAll()).some(({ ownership }) => ownership !== undefined) ? undefined : true,
    );
  }, RULE_MS);
  afterAll(async () => {
    for (const each of clients) await each.close();
    await gate.close();
    await yard.stop();
  }, 60_000);

  it(
    'agrees with the openstack command about what it created',
    async () => {
      const order = batch({ count: 3, minimum: 3, labels: { 店铺: '双十一 🌊', tier: 'web' } });
      const machines = await running(await launch(order));
      const seen = (await askOpenstackOracle(yard)).filter(
        ({ properties }) => properties['springtide.token'] === order.token,
      );
      const shown = machines.map(({ id, name, addresses, image, machineType, zone }) => ({
        ...{ id, name, status: 'ACTIVE', addresses, image, flavor: machineType, zone },
      }));
      expect(
        seen
          .map(({ properties: _properties, ...server }) => server)
          .toSorted((a, b) => a.id.localeCompare(b.id)),
      ).toEqual(shown.toSorted((a, b) => a.id.localeCompare(b.id)));
      expect(seen.map(({ properties }) => properties['springtide.intent'])).toEqual(
        machines.map(() => order.ownership.intent),
      );
      expect(machines.map(({ name }) => name).toSorted()).toEqual(
        [0, 1, 2].map((n) => `${order.namePrefix}-${n}`),
      );
      expect(machines.every(({ labels }) => labels['店铺'] === '双十一 🌊')).toBe(true);
    },
    RULE_MS,
  );

  it(
    'lists what the openstack command created, touches it never, sees it go, and knows who ended it',
    async () => {
      const since = toInstant(new Date());
      const order = [
        '--image',
        yard.image,
        '--flavor',
        's2',
        '--network',
        yard.network,
        '--availability-zone',
        'az1',
      ];
      await openstack(yard, ['server', 'create', '--wait', ...order, 'made-by-hand']);
      const theirs = (await listAll()).find(({ name }) => name === 'made-by-hand');
      expect(theirs).toMatchObject({ state: 'running', machineType: 's2', zone: 'az1', image: yard.image });
      expect(theirs?.ownership).toBeUndefined();
      const id = theirs?.id ?? '';
      const scope = { region: yard.region };
      expect((await client.compute.terminate([id], scope)).get(id)).toMatchObject({
        code: 'permission-denied',
      });
      expect((await askOpenstackOracle(yard)).find((server) => server.id === id)?.status).toBe('ACTIVE');
      await openstack(yard, ['server', 'delete', '--wait', id]);
      expect((await client.compute.describe([id], scope)).get(id)).toBe('gone');
      const machines = [
        { id, name: 'made-by-hand' },
        { id: '00000000-0000-4000-8000-000000000000', name: 'never there' },
      ];
      const deeds = await client.compute.trail({ ...scope, machines, since });
      expect(deeds.map(({ machineId, what }) => [machineId, what])).toEqual([
        [id, 'delete'],
        [id, 'create'],
      ]);
      expect(deeds.every(({ who }) => /^user [0-9a-f]{32}$/.test(who))).toBe(true);
      const after = toInstant(new Date(Date.now() + 600_000));
      expect(await client.compute.trail({ ...scope, machines, since: after })).toEqual([]);
    },
    RULE_MS,
  );

  it(
    'makes one batch of a token that two processes send at once',
    async () => {
      const order = batch({ count: 3, minimum: 3 });
      const [one, other] = [await connect(), await connect()];
      const [first, second] = await Promise.all([launch(order, one), launch(order, other)]);
      expect(first.toSorted()).toEqual(second.toSorted());
      await running(first);
      const made = (await askOpenstackOracle(yard)).filter(
        ({ properties }) => properties['springtide.token'] === order.token,
      );
      expect(made.map(({ id }) => id).toSorted()).toEqual(first.toSorted());
      expect(JSON.stringify(await openstack(yard, ['keypair', 'list']))).toBe('[]');
    },
    RULE_MS,
  );

  it(
    'tells why nova could not build what it had accepted',
    async () => {
      await yard.admin.makeUnschedulable('s1');
      const [id = ''] = await launch(batch());
      const failed = await until('a failed machine', async () => {
        const machine = (await client.compute.describe([id], { region: yard.region })).get(id);
        return machine !== 'gone' && machine?.state === 'failed' ? machine : undefined;
      });
      expect(failed.stateReason).toContain('No valid host');
    },
    RULE_MS,
  );

  it(
    'works with an application credential',
    async () => {
      const made = (await openstack(yard, ['application', 'credential', 'create', 'springtide'])) as Record<
        string,
        unknown
      >;
      const own = await connect(
        { applicationCredentialId: String(made['id'] ?? made['ID']), user: undefined, project: undefined },
        String(made['secret'] ?? made['Secret']),
      );
      expect((await own.verify()).identity).toBe('burst in burst');
      const [id = ''] = await launch(batch(), own);
      await running([id]);
    },
    RULE_MS,
  );

  it(
    'knows hosts, routers, addresses, security groups and ports, and how machines hang on them',
    async () => {
      const [id = ''] = await launch(batch());
      await running([id]);
      const of = async (kind: ResourceKind) => {
        const found = [];
        for await (const page of client.resources.listResources({ region: yard.region, kind })) {
          found.push(...page.items);
        }
        return found;
      };
      expect((await of('host')).map(({ name }) => name).toSorted()).toEqual(['yard-c1', 'yard-c2']);
      const port = (await of('network-interface')).find(({ relations }) =>
        relations.some((each) => each.to === 'machine' && each.id === id),
      );
      expect(port?.relations).toContainEqual({ kind: 'inside', to: 'network', id: yard.network });
      const groups = (await of('security-group')).map((group) => group.id);
      const machine = (await listAll()).find((each) => each.id === id);
      expect(machine?.relations).toEqual(
        expect.arrayContaining([
          { kind: 'made-from', to: 'image', id: yard.image },
          { kind: 'runs-on', to: 'host', id: 'yard-c2' },
          { kind: 'inside', to: 'network', id: yard.network },
          { kind: 'guarded-by', to: 'security-group', id: groups[0] },
        ]),
      );
      await yard.admin.asPerson('POST', 'neutron', '/v2.0/floatingips', {
        floatingip: { floating_network_id: yard.outside, port_id: port?.id },
      });
      const [address] = await of('address');
      expect(address?.relations).toContainEqual({ kind: 'attached-to', to: 'machine', id });
      expect(await of('disk')).toEqual([]);
      await expect(of('load-balancer')).rejects.toMatchObject({ code: 'unsupported' });
    },
    RULE_MS,
  );

  it(
    'tells the network of machines that name none, and offers nothing while that is open',
    async () => {
      const scope = { region: yard.region };
      const look = async (changes: Readonly<Record<string, unknown>>) => {
        const account = await connect(changes);
        const networks = await collectComplete(account.network.listNetworks(scope), 'networks');
        const offerings = await collectComplete(account.compute.listOfferings(scope), 'offerings');
        const refused = (await account.verify()).permissions.filter(({ granted }) => !granted);
        return {
          account,
          seen: networks.map(({ id }) => id),
          taking: networks.flatMap(({ id, takesUnnamed }) => (takesUnnamed === true ? [id] : [])),
          offered: offerings.length > 0,
          refused: refused.map(({ neededFor }) => neededFor),
        };
      };
      const alone = await look({ network: undefined });
      expect(alone).toMatchObject({ taking: [yard.network], offered: true, refused: [] });
      // It has addresses too, and could be the roomiest.
      expect(alone.seen).toContain(yard.outside);
      await openstack(yard, ['network', 'create', 'second']);
      try {
        const open = await look({ network: undefined });
        expect(open).toMatchObject({ taking: [], offered: false });
        expect(open.refused).toEqual([expect.stringContaining('offering machines')]);
        await expect(open.account.compute.launch(batch())).rejects.toMatchObject({
          code: 'invalid-argument',
          effect: 'none',
          message: expect.stringContaining('2 networks'),
        });
        expect(await look({})).toMatchObject({ taking: [yard.network], offered: true, refused: [] });
      } finally {
        await openstack(yard, ['network', 'delete', 'second']);
      }
    },
    RULE_MS,
  );

  it(
    'plans without stock, and says so, where the account may not see hosts',
    async () => {
      const { settings, secret } = openstackAccount(await yard.admin.addPlainMember('plain'));
      const context = { account: 'plain', clock: systemClock, gate, log: silentLogger };
      const plain = await connectAccount(manifest, settings, secret, {
        ...context,
        policy: { readAttempts: 1 },
      });
      clients.push(plain);
      const refused = (await plain.verify()).permissions.filter(({ granted }) => !granted);
      expect(refused.map(({ action }) => action)).toEqual([
        'get_network_ip_availabilities',
        'os_compute_api:os-availability-zone:detail',
        'os_compute_api:os-hypervisors:list-detail',
        'placement:allocation_candidates:list',
      ]);
      const offerings = [];
      for await (const page of plain.compute.listOfferings({ region: yard.region }))
        offerings.push(...page.items);
      expect(new Set(offerings.map(({ stock }) => stock.level))).toEqual(new Set(['unknown']));
      expect(await launch(batch(), plain)).toHaveLength(1);
    },
    RULE_MS,
  );

  it(
    'shows a watcher of its own where machines can be reached',
    async () => {
      const [id = ''] = await launch(batch());
      const [machine] = await running([id]);
      const source = openstackSource('private', { ...yard, url: yard.directUrl });
      const listed = (await source.list()).find((each) => each.id === id);
      expect(listed).toMatchObject({ machineType: 's1', state: 'running', address: machine?.addresses[0] });
      expect(listed?.address).toMatch(/^127\.88\./);
      await source.close();
    },
    RULE_MS,
  );

  it('is refused by its own deadline before anything is sent', async () => {
    const error: unknown = await client.compute
      .launch(batch(), { deadline: new Date(Date.now() - 1).toISOString() })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SpringtideError);
    expect(error).toMatchObject({ code: 'timeout', effect: 'none' });
  });
});
