import { createServer, type AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { startAlibabaYard, type AlibabaYard } from './alibaba-yard.js';
import { call, send, signedQuery, type CallAnswer, type Caller } from './signed-call.js';

const TYPE = 'ecs.c7.large';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Parameters = Readonly<Record<string, string | number | boolean>>;
type WireMachine = Readonly<{
  InstanceId: string;
  Status: string;
  OperationLocks: Readonly<{ LockReason: readonly Readonly<{ LockReason: string }>[] }>;
}>;

describe('the Alibaba Cloud yard', () => {
  let yard: AlibabaYard;
  let caller: Caller;
  let region = '';
  let zone = '';
  let place: Parameters = {};

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 0, startingMs: 0, releaseMs: 0 } });
    const [first] = yard.regions;
    if (first === undefined) throw new Error('the yard has no region');
    region = first.regionId;
    zone = first.zones[0] ?? '';
    caller = { endpoint: yard.endpoint, accessKeyId: yard.accessKeyId, secret: yard.accessKeySecret };
    place = {
      RegionId: region,
      InstanceType: TYPE,
      ImageId: first.imageId,
      SecurityGroupId: first.securityGroupId,
      VSwitchId: first.vswitches[zone] ?? '',
    };
  });
  afterEach(() => yard.admin.reset());
  afterAll(() => yard.stop());

  const ecs = (action: string, parameters: Parameters = {}) =>
    call(caller, 'ecs', action, { RegionId: region, ...parameters });
  const launch = (parameters: Parameters = {}) => ecs('RunInstances', { ...place, ...parameters });
  const idsOf = ({ body }: CallAnswer) =>
    (body['InstanceIdSets'] as { InstanceIdSet: string[] } | undefined)?.InstanceIdSet ?? [];
  const machinesOf = ({ body }: CallAnswer) => (body['Instances'] as { Instance: WireMachine[] }).Instance;
  const look = async (parameters: Parameters = {}) =>
    machinesOf(await ecs('DescribeInstances', { MaxResults: 100, ...parameters }));
  const remove = (ids: readonly string[], parameters: Parameters = {}) =>
    ecs('DeleteInstances', {
      ...Object.fromEntries(ids.map((id, n) => [`InstanceId.${n + 1}`, id])),
      ...parameters,
    });

  describe('asks who is calling', () => {
    it('takes a signed request once', async () => {
      const query = signedQuery(caller, 'ecs', 'DescribeRegions', {});
      expect((await send(yard.endpoint, query)).status).toBe(200);
      const replay = await send(yard.endpoint, query);
      expect([replay.status, replay.code]).toEqual([400, 'SignatureNonceUsed']);
    });

    it('refuses unknown keys, wrong secrets, changed parameters and wrong clocks', async () => {
      const codeOf = async (as: Caller) => (await call(as, 'ecs', 'DescribeRegions')).code;
      expect(await codeOf({ ...caller, accessKeyId: 'nobody' })).toBe('InvalidAccessKeyId.NotFound');
      expect(await codeOf({ ...caller, secret: 'wrong' })).toBe('SignatureDoesNotMatch');
      const late = { ...caller, now: () => new Date(Date.now() - 16 * MINUTE_MS) };
      expect(await codeOf(late)).toBe('InvalidTimeStamp.Expired');
      const query = signedQuery(caller, 'ecs', 'DescribeInstances', { RegionId: region });
      const changed = await send(yard.endpoint, query.replace(region, 'cn-beijing'));
      expect(changed.code).toBe('SignatureDoesNotMatch');
      await yard.admin.change({ clockOffsetMs: 20 * MINUTE_MS });
      expect(await codeOf(caller)).toBe('InvalidTimeStamp.Expired');
    });

    it('lets a key do what its policy allows, and lent keys only with their token', async () => {
      const lent = { accessKeyId: 'STS.yard', secret: 'lent', securityToken: 'the token' };
      await yard.admin.putKey({ ...lent, allowedActions: ['ecs:Describe*'] });
      const as = { ...caller, accessKeyId: lent.accessKeyId, secret: lent.secret };
      const withToken = { RegionId: region, SecurityToken: lent.securityToken };
      expect((await call(as, 'ecs', 'DescribeInstances', { RegionId: region })).code).toBe(
        'MissingSecurityToken',
      );
      expect((await call(as, 'ecs', 'DescribeInstances', withToken)).status).toBe(200);
      const refused = await call(as, 'ecs', 'RunInstances', { ...place, ...withToken });
      expect([refused.status, refused.code]).toEqual([403, 'Forbidden.RAM']);
    });
  });

  it.each([
    ['an unknown parameter', { Amonut: 2 }, 'InvalidParameter'],
    ['a number that is none', { Amount: 'two' }, 'InvalidParameter'],
    ['a number out of range', { Amount: 101 }, 'InvalidParameter'],
    ['a word that is not in the list', { SpotStrategy: 'Cheap' }, 'InvalidParameter'],
    ['an unknown member of a list', { 'Tag.1.Name': 'x' }, 'InvalidParameter'],
    ['too long a list', { 'Tag.21.Key': 'x' }, 'InvalidParameter'],
    ['too long a token', { ClientToken: 'x'.repeat(65) }, 'InvalidParameter'],
    ['a missing one', { InstanceType: '' }, 'MissingParameter'],
    [
      'a release that is too near',
      { AutoReleaseTime: '2020-01-01T00:00:00Z' },
      'InvalidAutoReleaseTime.Malformed',
    ],
    ['a vswitch of another zone', { ZoneId: 'cn-hangzhou-k' }, 'InvalidParameter.Mismatch'],
  ])('refuses %s', async (_what, parameters, code) => {
    const answer = await launch(parameters);
    expect([answer.code, await yard.admin.machines()]).toEqual([code, []]);
    expect(Object.keys(answer.body).toSorted()).toEqual([
      'Code',
      'HostId',
      'Message',
      'Recommend',
      'RequestId',
    ]);
  });

  it('remembers a token: the same order again, another order, and a refusal for want of stock', async () => {
    const first = await launch({ Amount: 3, ClientToken: 'a' });
    expect(idsOf(await launch({ Amount: 3, ClientToken: 'a' }))).toEqual(idsOf(first));
    expect((await launch({ Amount: 4, ClientToken: 'a' })).code).toBe('IdempotentParameterMismatch');
    await yard.admin.setStock(zone, TYPE, 0);
    expect((await launch({ ClientToken: 'b' })).code).toBe('OperationDenied.NoStock');
    await yard.admin.setStock(zone, TYPE, null);
    expect((await launch({ ClientToken: 'b' })).code).toBe('OperationDenied.NoStock');
    expect((await launch({ ClientToken: 'c' })).status).toBe(200);
    expect(await yard.admin.machines()).toHaveLength(4);
  });

  it('gives all, or at least the minimum, or none', async () => {
    await yard.admin.setStock(zone, TYPE, 5);
    expect((await launch({ Amount: 6 })).code).toBe('OperationDenied.NoStock');
    expect(idsOf(await launch({ Amount: 6, MinAmount: 2 }))).toHaveLength(5);
    expect((await launch({ DryRun: true })).code).toBe('OperationDenied.NoStock');
    const [id = ''] = (await yard.admin.machines()).map((machine) => machine.id);
    await remove([id], { Force: true });
    expect((await launch({ DryRun: true })).code).toBe('DryRunOperation');
    expect(await yard.admin.machines()).toHaveLength(4);
  });

  it('keeps to quota, balance and free addresses', async () => {
    await yard.admin.change({ vcpuLimit: 4 });
    expect((await launch({ Amount: 3 })).code).toBe('QuotaExceed.ElasticQuota');
    expect(idsOf(await launch({ Amount: 3, MinAmount: 1 }))).toHaveLength(2);
    await yard.admin.change({ vcpuLimit: null, balance: '99.99' });
    expect((await launch()).code).toBe('InvalidAccountStatus.NotEnoughBalance');
    await yard.admin.change({ balance: '100.00' });
    await yard.admin.occupyAddresses(String(place['VSwitchId']), 16_384);
    expect((await launch()).code).toBe('InvalidVSwitchId.IpNotEnough');
  });

  it('starts in steps, and lets nothing be deleted before it runs', async () => {
    await yard.admin.change({ pendingMs: 1_000_000, startingMs: 1_000_000 });
    const ids = idsOf(await launch());
    expect((await look())[0]?.Status).toBe('Pending');
    expect((await remove(ids, { Force: true })).code).toBe('IncorrectInstanceStatus.Initializing');
    await yard.admin.advance(1_000_001);
    expect((await look())[0]?.Status).toBe('Starting');
    expect((await remove(ids, { Force: true })).code).toBe('IncorrectInstanceStatus.Initializing');
    await yard.admin.advance(1_000_000);
    expect((await look())[0]?.Status).toBe('Running');
    expect((await remove(ids)).code).toBe('IncorrectInstanceStatus');
    expect((await remove(ids, { Force: true })).status).toBe(200);
    expect(await look()).toEqual([]);
    expect((await remove(ids, { Force: true })).code).toBe('InvalidInstanceId.NotFound');
  });

  it('releases on time, and takes spot machines back after a notice', async () => {
    const at = `${new Date(Date.now() + HOUR_MS).toISOString().slice(0, 16)}:00Z`;
    await launch({ AutoReleaseTime: at });
    const [spot = ''] = idsOf(await launch({ SpotStrategy: 'SpotAsPriceGo' }));
    await yard.admin.reclaim([spot]);
    const told = (await look()).find(({ InstanceId }) => InstanceId === spot);
    expect(told?.OperationLocks.LockReason[0]?.LockReason).toBe('Recycling');
    await yard.admin.advance(6 * MINUTE_MS);
    expect(await look()).toHaveLength(1);
    await yard.admin.advance(HOUR_MS);
    expect(await look()).toEqual([]);
  });

  it('shows new machines late when it is told to, by id too', async () => {
    await yard.admin.change({ readLagMs: HOUR_MS });
    const [id = ''] = idsOf(await launch());
    expect(await look({ InstanceIds: JSON.stringify([id]) })).toEqual([]);
    await yard.admin.advance(HOUR_MS);
    expect(await look()).toHaveLength(1);
  });

  it('pages by token through what is there, whatever comes and goes', async () => {
    const { ids } = await yard.admin.createForeign({ machineType: TYPE, zone, count: 25, running: true });
    const newestFirst = ids.toReversed();
    const first = await ecs('DescribeInstances', { MaxResults: 10 });
    await yard.admin.release(newestFirst.slice(0, 12));
    await yard.admin.createForeign({ machineType: TYPE, zone, count: 3, running: true });
    const second = await ecs('DescribeInstances', {
      MaxResults: 10,
      NextToken: String(first.body['NextToken']),
    });
    const seen = [...machinesOf(first), ...machinesOf(second)].map(({ InstanceId }) => InstanceId);
    expect(seen).toEqual([...newestFirst.slice(0, 10), ...newestFirst.slice(12, 22)]);
  });

  it('shows at most 1,000 by tag, and all of them by ListTagResources', async () => {
    const order = { machineType: TYPE, zone, count: 1_100, running: true, tags: { who: 'us' } };
    await yard.admin.createForeign(order);
    let found = 0;
    for (let token = ''; ;) {
      const more: Parameters = token === '' ? {} : { NextToken: token };
      const page = await ecs('DescribeInstances', { MaxResults: 100, 'Tag.1.Key': 'who', ...more });
      found += machinesOf(page).length;
      token = String(page.body['NextToken']);
      if (token === '') break;
    }
    expect(found).toBe(1_000);
    let rows = 0;
    for (let token = ''; ;) {
      const more: Parameters = token === '' ? {} : { NextToken: token };
      const wanted = { ResourceType: 'instance', 'Tag.1.Key': 'who', ...more };
      const { body } = await ecs('ListTagResources', wanted);
      rows += (body['TagResources'] as { TagResource: unknown[] }).TagResource.length;
      token = String(body['NextToken']);
      if (token === '') break;
    }
    expect(rows).toBe(1_100);
  });

  it('throttles by the minute, and fails as it is told to', async () => {
    await yard.admin.change({ ratesPerMinute: { 'ecs:DescribeInstances': 1 } });
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push((await ecs('DescribeInstances')).code);
    expect(codes).toContain('Throttling.User');
    await yard.admin.addFaults({ operation: 'RunInstances', kind: 'lost-answer' });
    await expect(launch({ ClientToken: 'lost' })).rejects.toThrow('other side closed');
    expect(await yard.admin.machines()).toHaveLength(1);
    expect(idsOf(await launch({ ClientToken: 'lost' }))).toHaveLength(1);
    expect(await yard.admin.machines()).toHaveLength(1);
    await yard.admin.addFaults({ operation: '*', kind: 'error', code: 'Odd', status: 500 });
    const odd = await launch();
    expect([odd.status, odd.code]).toEqual([500, 'Odd']);
  });

  it('can cut a listing so that only its count tells, and fall silent in one region', async () => {
    await yard.admin.createForeign({ machineType: TYPE, zone, count: 15, running: true });
    await yard.admin.addFaults({ operation: 'ecs:DescribeInstances', kind: 'truncate' });
    const cut = await ecs('DescribeInstances', { MaxResults: 10 });
    expect([machinesOf(cut).length, cut.body['NextToken'], cut.body['TotalCount']]).toEqual([10, '', 15]);
    await yard.admin.change({ brokenRegions: [region] });
    expect((await ecs('DescribeInstances')).code).toBe('ServiceUnavailable');
    expect((await ecs('DescribeInstances', { RegionId: 'cn-beijing' })).status).toBe(200);
  });

  it('lets disks, interfaces and addresses outlive their machine', async () => {
    const [id = ''] = idsOf(await launch());
    await yard.admin.createDisk({ zone, attachTo: id, tags: { k: 'v' } });
    await yard.admin.createInterface(id, { k: 'v' });
    await yard.admin.createEip(id, { k: 'v' });
    expect(((await ecs('DescribeDisks')).body['Disks'] as { Disk: unknown[] }).Disk).toHaveLength(2);
    await remove([id], { Force: true });
    const states = async () => {
      const disks = (await ecs('DescribeDisks')).body['Disks'] as { Disk: { Status: string }[] };
      const cards = (await ecs('DescribeNetworkInterfaces')).body['NetworkInterfaceSets'] as {
        NetworkInterfaceSet: { Status: string }[];
      };
      const eips = (await call(caller, 'vpc', 'DescribeEipAddresses', { RegionId: region })).body[
        'EipAddresses'
      ] as { EipAddress: { Status: string }[] };
      return [...disks.Disk, ...cards.NetworkInterfaceSet, ...eips.EipAddress].map(({ Status }) => Status);
    };
    expect(await states()).toEqual(['Available', 'Available', 'Available']);
  });

  it('bills what ran, by the second', async () => {
    await launch({ Amount: 2 });
    await yard.admin.advance(HOUR_MS);
    const machines = await yard.admin.machines();
    await yard.admin.release(machines.map(({ id }) => id));
    const months = [0, HOUR_MS].map((ahead) =>
      new Date(Date.now() + ahead + 8 * HOUR_MS).toISOString().slice(0, 7),
    );
    let gross = 0;
    for (const BillingCycle of new Set(months)) {
      const { body } = await call(caller, 'bssopenapi', 'QueryBill', { BillingCycle });
      const { Items } = body['Data'] as { Items: { Item: { PretaxGrossAmount: number }[] } };
      for (const { PretaxGrossAmount } of Items.Item) gross += PretaxGrossAmount;
    }
    // Two machines at 0.4412 an hour and 40 GiB at 0.0021; a second more may have begun.
    expect(gross).toBeGreaterThanOrEqual(1.0504);
    expect(gross).toBeLessThan(1.053);
  });

  it('changes members and shares of a load balancer after a while, one change at a time', async () => {
    const { burstGroupId, homeGroupId, ruleId } = yard.regions[0]?.balancing ?? {
      burstGroupId: '',
      homeGroupId: '',
      ruleId: '',
    };
    // Longer than a busy machine needs for what is asked meanwhile; the clock is put forward past it.
    await yard.admin.change({ configuringMs: MINUTE_MS });
    const member = {
      'Servers.1.ServerId': '127.60.9.9',
      'Servers.1.ServerIp': '127.60.9.9',
      'Servers.1.Port': 80,
    };
    const addTo = () =>
      call(caller, 'alb', 'AddServersToServerGroup', { ServerGroupId: burstGroupId, ...member });
    expect((await addTo()).status).toBe(200);
    expect((await addTo()).code).toBe('ResourceInConfiguring.ServerGroup');
    const tuple = 'RuleActions.1.ForwardGroupConfig.ServerGroupTuples';
    await call(caller, 'alb', 'UpdateRuleAttribute', {
      RuleId: ruleId,
      'RuleActions.1.Type': 'ForwardGroup',
      [`${tuple}.1.ServerGroupId`]: homeGroupId,
      [`${tuple}.1.Weight`]: 70,
      [`${tuple}.2.ServerGroupId`]: burstGroupId,
      [`${tuple}.2.Weight`]: 30,
    });
    expect((await yard.admin.traffic()).groups[burstGroupId]).toEqual([]);
    await yard.admin.advance(2 * MINUTE_MS);
    const { groups, listeners } = await yard.admin.traffic();
    expect(groups[burstGroupId]).toEqual([{ address: '127.60.9.9', port: 80, weight: 100, healthy: true }]);
    const tuples = listeners[0]?.rules[0]?.actions[0]?.ForwardGroupConfig?.ServerGroupTuples;
    expect(tuples?.map(({ Weight }) => Weight)).toEqual([70, 30]);
  });

  it('knocks at members where it is asked to', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', resolve);
    });
    const { port } = listener.address() as AddressInfo;
    const burst = yard.regions[0]?.balancing.burstGroupId ?? '';
    await yard.admin.change({ healthProbeMs: 20, configuringMs: 0 });
    await call(caller, 'alb', 'AddServersToServerGroup', {
      ServerGroupId: burst,
      'Servers.1.ServerId': '127.0.0.1',
      'Servers.1.ServerIp': '127.0.0.1',
      'Servers.1.Port': port,
    });
    const isHealthy = async () => (await yard.admin.traffic()).groups[burst]?.[0]?.healthy;
    const becomes = async (wanted: boolean) => {
      for (const end = Date.now() + 5_000; (await isHealthy()) !== wanted && Date.now() < end;)
        await wait(20);
      return isHealthy();
    };
    expect(await becomes(true)).toBe(true);
    await new Promise<void>((resolve) => {
      listener.close(() => resolve());
    });
    expect(await becomes(false)).toBe(false);
  });

  it('takes the region of a call from its endpoint where it names none', async () => {
    const seen = async (endpoint = '') => {
      const { body } = await call({ ...caller, endpoint }, 'alb', 'ListLoadBalancers');
      return (body['LoadBalancers'] as { LoadBalancerId: string }[]).map(
        ({ LoadBalancerId }) => LoadBalancerId,
      );
    };
    expect(await seen(yard.regionEndpoints[region])).toEqual([yard.regions[0]?.balancing.loadBalancerId]);
    expect(await seen(yard.endpoint)).toHaveLength(3);
  });

  it('bears 20,000 machines', async () => {
    for (const each of yard.regions[0]?.zones ?? []) {
      await yard.admin.createForeign({ machineType: TYPE, zone: each, count: 5_000, running: true });
    }
    await wait(0);
    const times: number[] = [];
    let seen = 0;
    for (let token = ''; seen < 2_000;) {
      const started = performance.now();
      const more: Parameters = token === '' ? {} : { NextToken: token };
      const page = await ecs('DescribeInstances', { MaxResults: 100, ...more });
      times.push(performance.now() - started);
      seen += machinesOf(page).length;
      token = String(page.body['NextToken']);
    }
    const [median = Infinity] = times.toSorted((a, b) => a - b).slice(times.length >> 1);
    expect(median).toBeLessThan(200);
  }, 60_000);
});
