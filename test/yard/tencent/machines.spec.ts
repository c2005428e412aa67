import { YardBench, ZONE, TYPE, codeOf } from './yard-bench.js';

const MINUTE = 60_000;

describe('machines of the Tencent yard', () => {
  const bench = new YardBench();
  beforeAll(async () => bench.open());
  afterAll(async () => bench.close());
  beforeEach(async () => bench.renew());

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
      expect(await codeOf(bench.launch(more))).toBe(code);
      expect(await bench.yard.admin.machines()).toEqual([]);
    });

    it('answers with ids at once, and the machines run later, one of them never', async () => {
      await bench.yard.admin.failNextBoots(1);
      await bench.launch({ InstanceCount: 3 });
      expect(await bench.states()).toEqual(['PENDING', 'PENDING', 'PENDING']);
      await bench.pass(3_000);
      expect(await bench.states()).toEqual(['RUNNING', 'RUNNING', 'LAUNCH_FAILED']);
      const failed = (await bench.yard.admin.machines()).find(({ state }) => state === 'launch-failed')?.id;
      expect(await codeOf(bench.call('cvm/TerminateInstances', { InstanceIds: [failed] }))).toBe(
        'UnsupportedOperation.InstanceStateLaunchFailed',
      );
      await bench.pass(300_000);
      expect(await bench.states()).toEqual(['RUNNING', 'RUNNING']);
    });

    it('does one token once, and says when it comes with another wish', async () => {
      const first = await bench.launch({ InstanceCount: 2, ClientToken: 'one' });
      expect(await bench.launch({ ClientToken: 'one', InstanceCount: 2 })).toEqual(first);
      expect(await codeOf(bench.launch({ ClientToken: 'one', InstanceCount: 3 }))).toBe(
        'InvalidParameterValue',
      );
      expect(await bench.yard.admin.machines()).toHaveLength(2);
    });

    it('has no memory of a token whose launch was refused', async () => {
      await bench.yard.admin.setStock(ZONE, TYPE, 0);
      expect(await codeOf(bench.launch({ ClientToken: 'two' }))).toBe(
        'ResourcesSoldOut.SpecifiedInstanceType',
      );
      await bench.yard.admin.setStock(ZONE, TYPE, null);
      expect(await bench.launch({ ClientToken: 'two' })).toHaveLength(1);
    });

    it('delivers what is left down to MinCount, and gives stock back when machines end', async () => {
      await bench.yard.admin.setStock(ZONE, TYPE, 5);
      expect(await codeOf(bench.launch({ InstanceCount: 8 }))).toBe(
        'ResourceInsufficient.SpecifiedInstanceType',
      );
      const ids = await bench.launch({ InstanceCount: 8, MinCount: 3 });
      expect(ids).toHaveLength(5);
      const offers = async () => {
        const Filters = [
          { Name: 'zone', Values: [ZONE] },
          { Name: 'instance-type', Values: [TYPE] },
          { Name: 'instance-charge-type', Values: ['POSTPAID_BY_HOUR'] },
        ];
        const answer = await bench.call('cvm/DescribeZoneInstanceConfigInfos', { Filters });
        return answer['InstanceTypeQuotaSet'];
      };
      expect(await offers()).toMatchObject([
        {
          Status: 'SOLD_OUT',
          StatusCategory: 'WithoutStock',
          Price: { UnitPrice: 0.44, ChargeUnit: 'HOUR' },
        },
      ]);
      await bench.pass(3_000);
      await bench.call('cvm/TerminateInstances', { InstanceIds: ids });
      expect(await offers()).toMatchObject([{ Status: 'SELL', StatusCategory: 'UnderStock' }]);
    });

    it('says in a dry run what would be refused, and launches nothing', async () => {
      expect(await bench.call('cvm/RunInstances', bench.order({ DryRun: true }))).toEqual({
        RequestId: expect.any(String) as string,
      });
      await bench.yard.admin.setStock(ZONE, TYPE, 0);
      expect(await codeOf(bench.launch({ DryRun: true }))).toBe('ResourcesSoldOut.SpecifiedInstanceType');
      expect(await bench.yard.admin.machines()).toEqual([]);
    });

    it.each<readonly [object, string]>([
      [{ machineQuota: 1 }, 'InstancesQuotaLimitExceeded'],
      [{ balanceFen: 90 }, 'InvalidAccount.InsufficientBalance'],
    ])('with %j it refuses two machines as %s', async (settings, code) => {
      await bench.yard.admin.change(settings);
      expect(await codeOf(bench.launch({ InstanceCount: 2 }))).toBe(code);
      expect(await codeOf(bench.launch())).toBe('accepted');
    });

    it('runs out of addresses', async () => {
      const subnet = bench.region.subnets[ZONE] ?? '';
      await bench.yard.admin.limitSubnet(subnet, 1);
      expect(await codeOf(bench.launch({ InstanceCount: 2 }))).toBe(
        'FailedOperation.NoAvailableIpAddressCountInSubnet',
      );
      await bench.launch();
      const { SubnetSet } = await bench.call('vpc/DescribeSubnets', { SubnetIds: [subnet] });
      expect(SubnetSet).toMatchObject([{ AvailableIpAddressCount: 0 }]);
    });

    it('hides the young ones for as long as it is told', async () => {
      await bench.yard.admin.change({ readLagMs: 5_000 });
      const ids = await bench.launch();
      expect(await bench.call('cvm/DescribeInstances')).toMatchObject({ TotalCount: 0 });
      expect(await bench.call('cvm/DescribeInstances', { InstanceIds: ids })).toMatchObject({
        TotalCount: 0,
      });
      expect(await codeOf(bench.call('cvm/TerminateInstances', { InstanceIds: ids }))).toBe(
        'InvalidInstanceId.NotFound',
      );
      await bench.pass(5_000);
      expect(await bench.call('cvm/DescribeInstances', { InstanceIds: ids })).toMatchObject({
        TotalCount: 1,
      });
    });
  });

  describe('ends', () => {
    it('ends machines, and with them what belongs to them, but not what was kept', async () => {
      const [id = ''] = await bench.launch();
      await bench.pass(3_000);
      const kept = await bench.yard.admin.createDisk({ zone: ZONE, attachTo: id });
      const address = await bench.yard.admin.bindAddress(id);
      await bench.call('cvm/TerminateInstances', { InstanceIds: [id] });
      expect(await bench.states()).toEqual(['TERMINATING']);
      await bench.pass(1_000);
      expect(await bench.states()).toEqual([]);
      expect(await bench.call('cbs/DescribeDisks')).toMatchObject({
        DiskSet: [{ DiskId: kept.id, DiskState: 'UNATTACHED' }],
      });
      expect(await bench.call('vpc/DescribeAddresses')).toMatchObject({
        AddressSet: [{ AddressId: address.id, AddressStatus: 'UNBIND' }],
      });
      await bench.call('vpc/ReleaseAddresses', { AddressIds: [address.id] });
      await bench.call('cbs/TerminateDisks', { DiskIds: [kept.id] });
      expect(await bench.call('cbs/DescribeDisks')).toMatchObject({ TotalCount: 0 });
    });

    it('refuses a machine that is pending, and two ways of paying in one call', async () => {
      const [pending = ''] = await bench.launch();
      expect(await codeOf(bench.call('cvm/TerminateInstances', { InstanceIds: [pending] }))).toBe(
        'UnsupportedOperation.InstanceStatePending',
      );
      const [spot = ''] = await bench.launch({ InstanceChargeType: 'SPOTPAID' });
      await bench.pass(3_000);
      expect(await codeOf(bench.call('cvm/TerminateInstances', { InstanceIds: [pending, spot] }))).toBe(
        'UnsupportedOperation.InstanceMixedPricingModel',
      );
    });

    it('ends a machine when its timer says so, unless the timer was taken back', async () => {
      const ActionTime = new Date(bench.now + 6 * MINUTE).toISOString().replace('.000', '');
      const timed = { ActionTimer: { TimerAction: 'TerminateInstances', ActionTime } };
      await bench.launch(timed);
      const [kept = ''] = await bench.launch(timed);
      const { ActionTimers } = await bench.call('cvm/DescribeInstancesActionTimer', { InstanceIds: [kept] });
      const [timer] = ActionTimers as readonly { ActionTimerId: string }[];
      await bench.call('cvm/DeleteInstancesActionTimer', { ActionTimerIds: [timer?.ActionTimerId] });
      await bench.pass(6 * MINUTE + 1_000);
      expect((await bench.yard.admin.machines()).map(({ id }) => id)).toEqual([kept]);
    });

    it('wants spot machines back after a notice', async () => {
      const ids = await bench.launch({ InstanceChargeType: 'SPOTPAID' });
      await bench.pass(3_000);
      await bench.yard.admin.reclaim(ids);
      expect(await bench.states()).toEqual(['RUNNING']);
      await bench.pass(121_000);
      expect(await bench.states()).toEqual([]);
    });
  });
});
