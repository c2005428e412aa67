import { simulatedSource } from '../machines/machine-source.js';
import { startTencentYard, type RegionAccess, type TencentYard } from './tencent-yard.js';
import { callWire, type WireAnswer, type WireRequest } from './wire-client.js';
import { WireError } from './wire/wire-error.js';

const ZONE = 'ap-guangzhou-3';
const TYPE = 'S5.LARGE8';
const START = Date.UTC(2026, 10, 10, 15, 0, 0);
const MINUTE = 60_000;

const VERSIONS: Readonly<Record<string, string>> = {
  ...{ cvm: '2017-03-12', cbs: '2017-03-12', vpc: '2017-03-12', clb: '2018-03-17', dnspod: '2021-03-23' },
  ...{ tke: '2018-05-25', sts: '2018-08-13', tag: '2018-08-13', billing: '2018-07-09' },
};

describe('the Tencent yard', () => {
  let now = START;
  let yard: TencentYard;
  let at: RegionAccess;

  beforeAll(async () => {
    yard = await startTencentYard({ clock: { now: () => new Date(now) } });
    at = yard.regions['ap-guangzhou'] ?? {
      zones: [],
      vpcId: '',
      subnets: {},
      securityGroupId: '',
      imageId: '',
    };
  });
  afterAll(async () => yard.stop());
  beforeEach(async () => {
    now += 24 * 3_600_000;
    await yard.admin.reset();
  });

  const call = (
    what: string,
    params: unknown = {},
    more: Partial<WireRequest> & { secret?: object } = {},
  ) => {
    const [product = '', action = ''] = what.split('/');
    const { secret, ...rest } = more;
    const request = { version: VERSIONS[product] ?? '', action, params, at: now, ...rest };
    return callWire({ ...yard, ...secret }, request);
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'accepted',
      (thrown: unknown) => (thrown instanceof WireError ? thrown.code : String(thrown)),
    );
  const order = (more: object = {}) => ({
    Placement: { Zone: ZONE },
    ImageId: at.imageId,
    InstanceType: TYPE,
    ...more,
  });
  const launch = async (more: object = {}) =>
    (await call('cvm/RunInstances', order(more)))['InstanceIdSet'] as readonly string[];
  const states = async () => {
    const { InstanceStatusSet } = await call('cvm/DescribeInstancesStatus', { Limit: 100 });
    return (InstanceStatusSet as readonly { InstanceState: string }[]).map(
      ({ InstanceState }) => InstanceState,
    );
  };
  const pass = async (ms: number) => {
    now += ms;
    await yard.admin.passTime(0);
  };

  describe('who may ask', () => {
    it.each<readonly [string, Partial<WireRequest> & { secret?: object }, string]>([
      ['the service that an SDK makes of an address', { scope: '127' }, 'accepted'],
      ['the service itself', { scope: 'cvm' }, 'accepted'],
      ['a clock 4 minutes off', { at: START + 4 * MINUTE }, 'accepted'],
      ['a clock 6 minutes off', { at: START - 6 * MINUTE }, 'AuthFailure.SignatureExpire'],
      ['another key', { secret: { secretKey: 'other' } }, 'AuthFailure.SignatureFailure'],
      ['an unknown id', { secret: { secretId: 'AKIDother' } }, 'AuthFailure.SecretIdNotFound'],
      ['a body that was not signed', { forgedBody: '{"Limit":1}' }, 'AuthFailure.SignatureFailure'],
      ['a token that nobody gave', { secret: { token: 't' } }, 'AuthFailure.TokenFailure'],
    ])('%s', async (_what, { at: claimed = START, ...more }, code) => {
      const signedAt = now + (claimed - START);
      expect(await codeOf(call('cvm/DescribeZones', {}, { ...more, at: signedAt }))).toBe(code);
    });

    it('takes a session’s token with its secret', async () => {
      const secret = { secretId: 'AKIDsession', secretKey: 'k', token: 'session-1' };
      await yard.admin.putCredential(secret);
      expect(await codeOf(call('cvm/DescribeZones', {}, { secret }))).toBe('accepted');
      const without = { ...secret, token: undefined };
      expect(await codeOf(call('cvm/DescribeZones', {}, { secret: without }))).toBe(
        'AuthFailure.TokenFailure',
      );
      await yard.admin.removeCredential('AKIDsession');
      expect(await codeOf(call('cvm/DescribeZones', {}, { secret }))).toBe('AuthFailure.SecretIdNotFound');
    });

    it('does what a policy allows and nothing else', async () => {
      const statement = [
        {
          effect: 'allow' as const,
          action: ['cvm:Describe*', 'name/cvm:RunInstances'],
          resource: ['*'] as ['*'],
        },
        { effect: 'deny' as const, action: ['cvm:DescribeImages'], resource: ['*'] as ['*'] },
      ];
      const secret = {
        secretId: 'AKIDleast',
        secretKey: 'k',
        policy: { version: '2.0' as const, statement },
      };
      await yard.admin.putCredential(secret);
      expect(await codeOf(call('cvm/DescribeZones', {}, { secret }))).toBe('accepted');
      expect(await codeOf(call('cvm/RunInstances', order(), { secret }))).toBe('accepted');
      for (const what of ['cvm/DescribeImages', 'cvm/TerminateInstances', 'sts/GetCallerIdentity']) {
        expect(await codeOf(call(what, {}, { secret }))).toBe('UnauthorizedOperation');
      }
    });
  });

  it('counts calls per second, action and region', async () => {
    const codes = await Promise.all(
      Array.from({ length: 23 }, async () => codeOf(call('cvm/DescribeZones'))),
    );
    expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(3);
    expect(await codeOf(call('cvm/DescribeRegions'))).toBe('accepted');
    expect(await codeOf(call('cvm/DescribeZones', {}, { region: 'ap-shanghai' }))).toBe('accepted');
    now += 1_000;
    expect(await codeOf(call('cvm/DescribeZones'))).toBe('accepted');
  });

  it.each<readonly [string, unknown, string]>([
    ['cvm/DescribeInstances', { Colour: 'red' }, 'UnknownParameter'],
    ['cvm/DescribeInstances', { Limit: '10' }, 'InvalidParameter'],
    ['cvm/DescribeInstances', { InstanceIds: 'ins-1' }, 'InvalidParameter'],
    ['cvm/DescribeInstances', { Filters: [{ Name: 'zone' }] }, 'MissingParameter'],
    ['cvm/TerminateInstances', {}, 'MissingParameter'],
    ['cvm/RunInstances', { InstanceChargeType: 'FREE' }, 'InvalidParameterValue'],
    ['cvm/Nothing', {}, 'InvalidAction'],
    ['none/Nothing', {}, 'NoSuchVersion'],
  ])('%s with %j is %s', async (what, params, code) => {
    expect(await codeOf(call(what, params))).toBe(code);
  });

  describe('launches', () => {
    it.each<readonly [object, string]>([
      [{ Placement: { Zone: 'ap-shanghai-2' } }, 'InvalidZone.MismatchRegion'],
      [{ ImageId: 'img-00000000' }, 'InvalidImageId.NotFound'],
      [{ InstanceCount: 101 }, 'InvalidParameterValue.LimitExceeded'],
      [{ InstanceCount: 2, MinCount: 3 }, 'InvalidParameterValue.InvalidParameterMinCount'],
      [{ SecurityGroupIds: ['sg-00000000'] }, 'InvalidSecurityGroupId.NotFound'],
      [{ UserData: 'no base64!' }, 'InvalidParameterValue.InvalidUserDataFormat'],
      [{ UserData: Buffer.alloc(17_000).toString('base64') }, 'InvalidParameterValue.TooLarge'],
      [{ ClientToken: 'x'.repeat(65) }, 'InvalidClientToken.TooLong'],
      [{ InstanceName: 'x'.repeat(129) }, 'InvalidInstanceName.TooLong'],
      [
        { ActionTimer: { TimerAction: 'TerminateInstances', ActionTime: 'soon' } },
        'InvalidParameterValue.InvalidTimeFormat',
      ],
      [
        { TagSpecification: [{ ResourceType: 'instance', Tags: [{ Key: 'qcloud:x', Value: '' }] }] },
        'FailedOperation.TagKeyReserved',
      ],
      [
        {
          InstanceChargeType: 'SPOTPAID',
          InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice: '0.01' } },
        },
        'InvalidParameterValue.InsufficientPrice',
      ],
    ])('%j is refused as %s', async (more, code) => {
      expect(await codeOf(launch(more))).toBe(code);
      expect(await yard.admin.machines()).toEqual([]);
    });

    it('answers with ids at once, and the machines run later, one of them never', async () => {
      await yard.admin.failNextBoots(1);
      await launch({ InstanceCount: 3 });
      expect(await states()).toEqual(['PENDING', 'PENDING', 'PENDING']);
      await pass(3_000);
      expect(await states()).toEqual(['RUNNING', 'RUNNING', 'LAUNCH_FAILED']);
      const failed = (await yard.admin.machines()).find(({ state }) => state === 'launch-failed')?.id;
      expect(await codeOf(call('cvm/TerminateInstances', { InstanceIds: [failed] }))).toBe(
        'UnsupportedOperation.InstanceStateLaunchFailed',
      );
      await pass(300_000);
      expect(await states()).toEqual(['RUNNING', 'RUNNING']);
    });

    it('does one token once, and says when it comes with another wish', async () => {
      const first = await launch({ InstanceCount: 2, ClientToken: 'one' });
      expect(await launch({ ClientToken: 'one', InstanceCount: 2 })).toEqual(first);
      expect(await codeOf(launch({ ClientToken: 'one', InstanceCount: 3 }))).toBe('InvalidParameterValue');
      expect(await yard.admin.machines()).toHaveLength(2);
    });

    it('has no memory of a token whose launch was refused', async () => {
      await yard.admin.setStock(ZONE, TYPE, 0);
      expect(await codeOf(launch({ ClientToken: 'two' }))).toBe('ResourcesSoldOut.SpecifiedInstanceType');
      await yard.admin.setStock(ZONE, TYPE, null);
      expect(await launch({ ClientToken: 'two' })).toHaveLength(1);
    });

    it('delivers what is left down to MinCount, and gives stock back when machines end', async () => {
      await yard.admin.setStock(ZONE, TYPE, 5);
      expect(await codeOf(launch({ InstanceCount: 8 }))).toBe('ResourceInsufficient.SpecifiedInstanceType');
      const ids = await launch({ InstanceCount: 8, MinCount: 3 });
      expect(ids).toHaveLength(5);
      const offers = async () => {
        const Filters = [
          { Name: 'zone', Values: [ZONE] },
          { Name: 'instance-type', Values: [TYPE] },
          { Name: 'instance-charge-type', Values: ['POSTPAID_BY_HOUR'] },
        ];
        const answer = await call('cvm/DescribeZoneInstanceConfigInfos', { Filters });
        return answer['InstanceTypeQuotaSet'];
      };
      expect(await offers()).toMatchObject([
        {
          Status: 'SOLD_OUT',
          StatusCategory: 'WithoutStock',
          Price: { UnitPrice: 0.44, ChargeUnit: 'HOUR' },
        },
      ]);
      await pass(3_000);
      await call('cvm/TerminateInstances', { InstanceIds: ids });
      expect(await offers()).toMatchObject([{ Status: 'SELL', StatusCategory: 'UnderStock' }]);
    });

    it('says in a dry run what would be refused, and launches nothing', async () => {
      expect(await call('cvm/RunInstances', order({ DryRun: true }))).toEqual({
        RequestId: expect.any(String) as string,
      });
      await yard.admin.setStock(ZONE, TYPE, 0);
      expect(await codeOf(launch({ DryRun: true }))).toBe('ResourcesSoldOut.SpecifiedInstanceType');
      expect(await yard.admin.machines()).toEqual([]);
    });

    it.each<readonly [object, string]>([
      [{ machineQuota: 1 }, 'InstancesQuotaLimitExceeded'],
      [{ balanceFen: 90 }, 'InvalidAccount.InsufficientBalance'],
    ])('with %j it refuses two machines as %s', async (settings, code) => {
      await yard.admin.change(settings);
      expect(await codeOf(launch({ InstanceCount: 2 }))).toBe(code);
      expect(await codeOf(launch())).toBe('accepted');
    });

    it('runs out of addresses', async () => {
      const subnet = at.subnets[ZONE] ?? '';
      await yard.admin.limitSubnet(subnet, 1);
      expect(await codeOf(launch({ InstanceCount: 2 }))).toBe(
        'FailedOperation.NoAvailableIpAddressCountInSubnet',
      );
      await launch();
      const { SubnetSet } = await call('vpc/DescribeSubnets', { SubnetIds: [subnet] });
      expect(SubnetSet).toMatchObject([{ AvailableIpAddressCount: 0 }]);
    });

    it('hides the young ones for as long as it is told', async () => {
      await yard.admin.change({ readLagMs: 5_000 });
      const ids = await launch();
      expect(await call('cvm/DescribeInstances')).toMatchObject({ TotalCount: 0 });
      expect(await call('cvm/DescribeInstances', { InstanceIds: ids })).toMatchObject({ TotalCount: 0 });
      expect(await codeOf(call('cvm/TerminateInstances', { InstanceIds: ids }))).toBe(
        'InvalidInstanceId.NotFound',
      );
      await pass(5_000);
      expect(await call('cvm/DescribeInstances', { InstanceIds: ids })).toMatchObject({ TotalCount: 1 });
    });
  });

  describe('ends', () => {
    it('ends machines, and with them what belongs to them, but not what was kept', async () => {
      const [id = ''] = await launch();
      await pass(3_000);
      const kept = await yard.admin.createDisk({ zone: ZONE, attachTo: id });
      const address = await yard.admin.bindAddress(id);
      await call('cvm/TerminateInstances', { InstanceIds: [id] });
      expect(await states()).toEqual(['TERMINATING']);
      await pass(1_000);
      expect(await states()).toEqual([]);
      expect(await call('cbs/DescribeDisks')).toMatchObject({
        DiskSet: [{ DiskId: kept.id, DiskState: 'UNATTACHED' }],
      });
      expect(await call('vpc/DescribeAddresses')).toMatchObject({
        AddressSet: [{ AddressId: address.id, AddressStatus: 'UNBIND' }],
      });
      await call('vpc/ReleaseAddresses', { AddressIds: [address.id] });
      await call('cbs/TerminateDisks', { DiskIds: [kept.id] });
      expect(await call('cbs/DescribeDisks')).toMatchObject({ TotalCount: 0 });
    });

    it('refuses a machine that is pending, and two ways of paying in one call', async () => {
      const [pending = ''] = await launch();
      expect(await codeOf(call('cvm/TerminateInstances', { InstanceIds: [pending] }))).toBe(
        'UnsupportedOperation.InstanceStatePending',
      );
      const [spot = ''] = await launch({ InstanceChargeType: 'SPOTPAID' });
      await pass(3_000);
      expect(await codeOf(call('cvm/TerminateInstances', { InstanceIds: [pending, spot] }))).toBe(
        'UnsupportedOperation.InstanceMixedPricingModel',
      );
    });

    it('ends a machine when its timer says so, unless the timer was taken back', async () => {
      const ActionTime = new Date(now + 6 * MINUTE).toISOString().replace('.000', '');
      const timed = { ActionTimer: { TimerAction: 'TerminateInstances', ActionTime } };
      await launch(timed);
      const [kept = ''] = await launch(timed);
      const { ActionTimers } = await call('cvm/DescribeInstancesActionTimer', { InstanceIds: [kept] });
      const [timer] = ActionTimers as readonly { ActionTimerId: string }[];
      await call('cvm/DeleteInstancesActionTimer', { ActionTimerIds: [timer?.ActionTimerId] });
      await pass(6 * MINUTE + 1_000);
      expect((await yard.admin.machines()).map(({ id }) => id)).toEqual([kept]);
    });

    it('wants spot machines back after a notice', async () => {
      const ids = await launch({ InstanceChargeType: 'SPOTPAID' });
      await pass(3_000);
      await yard.admin.reclaim(ids);
      expect(await states()).toEqual(['RUNNING']);
      await pass(121_000);
      expect(await states()).toEqual([]);
    });
  });

  describe('load balancers', () => {
    it('change later, all at once, one task after the other', async () => {
      const ids = await launch({ InstanceCount: 2 });
      const { LoadBalancerIds } = await call('clb/CreateLoadBalancer', { LoadBalancerType: 'INTERNAL' });
      const [LoadBalancerId = ''] = LoadBalancerIds as readonly string[];
      const done = async (answer: WireAnswer) => {
        expect(await call('clb/DescribeTaskStatus', { TaskId: answer.RequestId })).toMatchObject({
          Status: 2,
        });
        await pass(500);
        expect(await call('clb/DescribeTaskStatus', { TaskId: answer.RequestId })).toMatchObject({
          Status: 0,
        });
      };
      await pass(500);
      const made = await call('clb/CreateListener', { LoadBalancerId, Ports: [80], Protocol: 'TCP' });
      const [ListenerId = ''] = made['ListenerIds'] as readonly string[];
      expect(await codeOf(call('clb/CreateListener', { LoadBalancerId, Ports: [81], Protocol: 'TCP' }))).toBe(
        'FailedOperation.ResourceInOperating',
      );
      await done(made);
      const Targets = ids.map((InstanceId) => ({ InstanceId, Port: 8_080 }));
      await done(await call('clb/RegisterTargets', { LoadBalancerId, ListenerId, Targets }));
      const ModifyList = [{ ListenerId, Targets: Targets.slice(0, 1), Weight: 0 }];
      const weighed = await call('clb/BatchModifyTargetWeight', { LoadBalancerId, ModifyList });
      const weights = async () =>
        (await yard.admin.balancers())[0]?.listeners[0]?.targets.map(({ weight, healthy }) => ({
          weight,
          healthy,
        }));
      expect(await weights()).toEqual([
        { weight: 10, healthy: false },
        { weight: 10, healthy: false },
      ]);
      await done(weighed);
      await pass(3_000);
      expect(await weights()).toEqual([
        { weight: 0, healthy: true },
        { weight: 10, healthy: true },
      ]);
      await call('cvm/TerminateInstances', { InstanceIds: ids.slice(0, 1) });
      await pass(1_000);
      expect(await weights()).toEqual([{ weight: 10, healthy: true }]);
    });

    it.each<readonly [object, string]>([
      [{ LoadBalancerId: 'lb-00000000' }, 'InvalidParameter.LBIdNotFound'],
      [{ ListenerId: 'lbl-0000000' }, 'InvalidParameter.ListenerIdNotFound'],
      [{ Weight: 101 }, 'InvalidParameterValue'],
    ])('refuse weights for %j as %s', async (more, code) => {
      const { LoadBalancerIds } = await call('clb/CreateLoadBalancer', { LoadBalancerType: 'OPEN' });
      await pass(500);
      const [LoadBalancerId] = LoadBalancerIds as readonly string[];
      const made = await call('clb/CreateListener', { LoadBalancerId, Ports: [80], Protocol: 'TCP' });
      await pass(500);
      const [ListenerId] = made['ListenerIds'] as readonly string[];
      const Targets = [{ InstanceId: 'ins-00000000', Port: 80 }];
      const wish = { LoadBalancerId, ListenerId, Targets, ...more };
      expect(await codeOf(call('clb/ModifyTargetWeight', wish))).toBe(code);
    });
  });

  it('keeps names with weights, and says so when there are none', async () => {
    const wish = { Domain: 'shop.example', SubDomain: 'www', RecordType: 'A', RecordLine: '默认' };
    const list = { Domain: 'shop.example', Subdomain: 'www' };
    expect(await codeOf(call('dnspod/DescribeRecordList', list))).toBe('ResourceNotFound.NoDataOfRecord');
    const { RecordId } = await call('dnspod/CreateRecord', { ...wish, Value: '127.60.0.9', Weight: 30 });
    expect(await codeOf(call('dnspod/CreateRecord', { ...wish, Value: '127.60.0.9' }))).toBe(
      'InvalidParameter.DomainRecordExist',
    );
    await call('dnspod/ModifyRecord', { ...wish, RecordId, Value: '127.60.0.9', Weight: 0, TTL: 60 });
    expect(await call('dnspod/DescribeRecordList', list)).toMatchObject({
      RecordList: [{ Weight: 0, TTL: 60 }],
    });
    expect(await codeOf(call('dnspod/CreateRecord', { ...wish, Value: '127.60.0.8', Weight: 101 }))).toBe(
      'InvalidParameter.InvalidWeight',
    );
    expect(await codeOf(call('dnspod/DescribeRecordList', { Domain: 'other.example' }))).toBe(
      'InvalidParameterValue.DomainNotExists',
    );
  });

  it('gives the kubeconfig that it was told, once the cluster runs and its door is open', async () => {
    await yard.admin.setKubeconfig('apiVersion: v1\n', 'shop');
    const { ClusterId } = await call('tke/CreateCluster', {
      ClusterType: 'MANAGED_CLUSTER',
      ClusterBasicSettings: { ClusterName: 'shop', VpcId: at.vpcId },
      ClusterCIDRSettings: {},
    });
    const kubeconfig = () => call('tke/DescribeClusterKubeconfig', { ClusterId });
    expect(await codeOf(kubeconfig())).toBe('FailedOperation.ClusterState');
    await pass(2_000);
    expect(await codeOf(kubeconfig())).toBe('FailedOperation.KubeClientConf');
    await call('tke/CreateClusterEndpoint', { ClusterId });
    await pass(2_000);
    expect(await kubeconfig()).toMatchObject({ Kubeconfig: 'apiVersion: v1\n' });
  });

  it('bills what ran, by the hour and to the second', async () => {
    now = Date.UTC(2027, 1, 10, 4, 0, 0);
    const ids = await launch();
    await pass(3_000);
    await pass(30 * MINUTE);
    await call('cvm/TerminateInstances', { InstanceIds: ids });
    const bill = () => call('billing/DescribeBillDetail', { Offset: 0, Limit: 100, Month: '2027-02' });
    expect(await bill()).toMatchObject({ Total: 0 });
    await pass(30 * MINUTE);
    // 0.44 yuan an hour for half an hour, and 50 GiB of disk at 0.025.
    expect(await bill()).toMatchObject({
      Total: 1,
      DetailSet: [
        {
          ResourceId: ids[0],
          FeeBeginTime: '2027-02-10 12:00:03',
          FeeEndTime: '2027-02-10 12:30:03',
          ComponentSet: [{ Cost: '0.22000000' }, { Cost: '0.01250000' }],
        },
      ],
    });
    const balance = await call('billing/DescribeAccountBalance');
    expect(balance).toMatchObject({ Balance: 100_000_000 - 24 });
  });

  it('loses answers, not work', async () => {
    await yard.admin.addFault({ action: 'RunInstances', kind: 'lost-answer' });
    await expect(launch({ ClientToken: 'lost' })).rejects.toThrow('fetch failed');
    expect(await launch({ ClientToken: 'lost' })).toHaveLength(1);
    expect(await yard.admin.machines()).toHaveLength(1);
    const outcomes = (await yard.admin.calls()).map(({ token, outcome }) => `${token} ${outcome}`);
    expect(outcomes).toEqual(['lost cut', 'lost ok']);
  });

  it('bears 20,000 machines, and answers a page of 100 in a fraction of 200 ms', async () => {
    await yard.admin.change({ rates: {}, balanceFen: 10_000_000_000 });
    const tags = { fleet: 'shop' };
    for (const zone of [ZONE, 'ap-guangzhou-4']) {
      await yard.admin.launchForeign({ zone, machineType: TYPE, count: 10_000, tags });
    }
    const took: number[] = [];
    for (const Offset of [0, 5_000, 10_000, 15_000, 19_900]) {
      const begun = performance.now();
      const Filters = [{ Name: 'tag:fleet', Values: ['shop'] }];
      const page = await call('cvm/DescribeInstances', { Offset, Limit: 100, Filters });
      took.push(performance.now() - begun);
      expect(page).toMatchObject({ TotalCount: 20_000 });
      expect(page['InstanceSet']).toHaveLength(100);
    }
    const [, , median = Infinity] = took.toSorted((one, other) => one - other);
    expect(median).toBeLessThan(200);
  }, 60_000);

  it('is a source of machines for the boot agent', async () => {
    await launch();
    await pass(3_000);
    const source = simulatedSource('tencent', `${yard.endpoint}/_yard/machines`);
    expect(await source.list()).toMatchObject([
      { machineType: TYPE, address: '127.60.0.2', state: 'running', labels: {} },
    ]);
  });
});
