import { YardBench, codeOf } from './yard-bench.js';
import type { WireAnswer } from './wire-client.js';

const MINUTE = 60_000;

describe('services of the Tencent yard', () => {
  const bench = new YardBench();
  beforeAll(async () => bench.open());
  afterAll(async () => bench.close());
  beforeEach(async () => bench.renew());

  describe('load balancers', () => {
    it('change later, all at once, one task after the other', async () => {
      const ids = await bench.launch({ InstanceCount: 2 });
      const { LoadBalancerIds } = await bench.call('clb/CreateLoadBalancer', {
        LoadBalancerType: 'INTERNAL',
      });
      const [LoadBalancerId = ''] = LoadBalancerIds as readonly string[];
      const done = async (answer: WireAnswer) => {
        expect(await bench.call('clb/DescribeTaskStatus', { TaskId: answer.RequestId })).toMatchObject({
          Status: 2,
        });
        await bench.pass(500);
        expect(await bench.call('clb/DescribeTaskStatus', { TaskId: answer.RequestId })).toMatchObject({
          Status: 0,
        });
      };
      await bench.pass(500);
      const made = await bench.call('clb/CreateListener', { LoadBalancerId, Ports: [80], Protocol: 'TCP' });
      const [ListenerId = ''] = made['ListenerIds'] as readonly string[];
      expect(
        await codeOf(bench.call('clb/CreateListener', { LoadBalancerId, Ports: [81], Protocol: 'TCP' })),
      ).toBe('FailedOperation.ResourceInOperating');
      await done(made);
      const Targets = ids.map((InstanceId) => ({ InstanceId, Port: 8_080 }));
      await done(await bench.call('clb/RegisterTargets', { LoadBalancerId, ListenerId, Targets }));
      const ModifyList = [{ ListenerId, Targets: Targets.slice(0, 1), Weight: 0 }];
      const weighed = await bench.call('clb/BatchModifyTargetWeight', { LoadBalancerId, ModifyList });
      const weights = async () =>
        (await bench.yard.admin.balancers())[0]?.listeners[0]?.targets.map(({ weight, healthy }) => ({
          weight,
          healthy,
        }));
      expect(await weights()).toEqual([
        { weight: 10, healthy: false },
        { weight: 10, healthy: false },
      ]);
      await done(weighed);
      await bench.pass(3_000);
      expect(await weights()).toEqual([
        { weight: 0, healthy: true },
        { weight: 10, healthy: true },
      ]);
      await bench.call('cvm/TerminateInstances', { InstanceIds: ids.slice(0, 1) });
      await bench.pass(1_000);
      expect(await weights()).toEqual([{ weight: 10, healthy: true }]);
    });

    it.each<readonly [object, string]>([
      [{ LoadBalancerId: 'lb-00000000' }, 'InvalidParameter.LBIdNotFound'],
      [{ ListenerId: 'lbl-0000000' }, 'InvalidParameter.ListenerIdNotFound'],
      [{ Weight: 101 }, 'InvalidParameterValue'],
    ])('refuse weights for %j as %s', async (more, code) => {
      const { LoadBalancerIds } = await bench.call('clb/CreateLoadBalancer', { LoadBalancerType: 'OPEN' });
      await bench.pass(500);
      const [LoadBalancerId] = LoadBalancerIds as readonly string[];
      const made = await bench.call('clb/CreateListener', { LoadBalancerId, Ports: [80], Protocol: 'TCP' });
      await bench.pass(500);
      const [ListenerId] = made['ListenerIds'] as readonly string[];
      const Targets = [{ InstanceId: 'ins-00000000', Port: 80 }];
      const wish = { LoadBalancerId, ListenerId, Targets, ...more };
      expect(await codeOf(bench.call('clb/ModifyTargetWeight', wish))).toBe(code);
    });
  });

  it('keeps names with weights, and says so when there are none', async () => {
    const wish = { Domain: 'shop.example', SubDomain: 'www', RecordType: 'A', RecordLine: '默认' };
    const list = { Domain: 'shop.example', Subdomain: 'www' };
    expect(await codeOf(bench.call('dnspod/DescribeRecordList', list))).toBe(
      'ResourceNotFound.NoDataOfRecord',
    );
    const { RecordId } = await bench.call('dnspod/CreateRecord', {
      ...wish,
      Value: '127.60.0.9',
      Weight: 30,
    });
    expect(await codeOf(bench.call('dnspod/CreateRecord', { ...wish, Value: '127.60.0.9' }))).toBe(
      'InvalidParameter.DomainRecordExist',
    );
    await bench.call('dnspod/ModifyRecord', { ...wish, RecordId, Value: '127.60.0.9', Weight: 0, TTL: 60 });
    expect(await bench.call('dnspod/DescribeRecordList', list)).toMatchObject({
      RecordList: [{ Weight: 0, TTL: 60 }],
    });
    expect(
      await codeOf(bench.call('dnspod/CreateRecord', { ...wish, Value: '127.60.0.8', Weight: 101 })),
    ).toBe('InvalidParameter.InvalidWeight');
    expect(await codeOf(bench.call('dnspod/DescribeRecordList', { Domain: 'other.example' }))).toBe(
      'InvalidParameterValue.DomainNotExists',
    );
  });

  it('gives the kubeconfig that it was told, once the cluster runs and its door is open', async () => {
    await bench.yard.admin.setKubeconfig('apiVersion: v1\n', 'shop');
    const { ClusterId } = await bench.call('tke/CreateCluster', {
      ClusterType: 'MANAGED_CLUSTER',
      ClusterBasicSettings: { ClusterName: 'shop', VpcId: bench.region.vpcId },
      ClusterCIDRSettings: {},
    });
    const kubeconfig = () => bench.call('tke/DescribeClusterKubeconfig', { ClusterId });
    expect(await codeOf(kubeconfig())).toBe('FailedOperation.ClusterState');
    await bench.pass(2_000);
    expect(await codeOf(kubeconfig())).toBe('FailedOperation.KubeClientConf');
    await bench.call('tke/CreateClusterEndpoint', { ClusterId });
    await bench.pass(2_000);
    expect(await kubeconfig()).toMatchObject({ Kubeconfig: 'apiVersion: v1\n' });
  });

  it('bills what ran, by the hour and to the second', async () => {
    await bench.passUntil(Date.UTC(2027, 1, 10, 4, 0, 0));
    const ids = await bench.launch();
    await bench.pass(3_000);
    await bench.pass(30 * MINUTE);
    await bench.call('cvm/TerminateInstances', { InstanceIds: ids });
    const bill = () => bench.call('billing/DescribeBillDetail', { Offset: 0, Limit: 100, Month: '2027-02' });
    expect(await bill()).toMatchObject({ Total: 0 });
    await bench.pass(30 * MINUTE);
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
    const balance = await bench.call('billing/DescribeAccountBalance');
    expect(balance).toMatchObject({ Balance: 100_000_000 - 24 });
  });

  it('bills with discounts and vouchers, in the month of Beijing, page by page', async () => {
    await bench.yard.admin.change({ discountPercent: 90, voucherPercent: 50, billTotalShort: 3 });
    await bench.passUntil(Date.UTC(2027, 1, 28, 14, 0, 0));
    const ids = await bench.launch();
    // The last hours of Beijing's February and the first ones of March.
    await bench.pass(4 * 60 * MINUTE);
    await bench.call('cvm/TerminateInstances', { InstanceIds: ids });
    await bench.pass(60 * MINUTE);
    const page = (Month: string, more: object = {}) =>
      bench.call('billing/DescribeBillDetail', { Offset: 0, Limit: 1, Month, PayMode: 'postPay', ...more });
    const first = await page('2027-02');
    expect(first).toMatchObject({ Total: 0, DetailSet: [{ FeeEndTime: '2027-02-28 23:00:00' }] });
    const Context = String(first['Context']);
    const second = await page('2027-02', { Offset: 1, Context });
    expect(second).toMatchObject({
      Context: '',
      DetailSet: [
        {
          FeeBeginTime: '2027-02-28 23:00:00',
          FeeEndTime: '2027-03-01 00:00:00',
          ComponentSet: [
            { Cost: '0.44000000', RealCost: '0.39600000', VoucherPayAmount: '0.19800000' },
            { Cost: '0.02500000', RealCost: '0.02250000', VoucherPayAmount: '0.01125000' },
          ],
        },
      ],
    });
    expect(await codeOf(page('2027-03', { Offset: 1, Context }))).toBe('InvalidParameter');
    expect(await codeOf(page('2027-02', { Limit: 301 }))).toBe('InvalidParameterValue.LimitExceeded');
    expect(await codeOf(page('2027-02'))).toBe('accepted');
    expect(await codeOf(page('2027-02'))).toBe('RequestLimitExceeded');
    await bench.pass(1_000);
    expect(await page('2027-02', { PayMode: 'prePay' })).toMatchObject({ DetailSet: [] });
    expect(await page('2027-03')).toMatchObject({ DetailSet: [{ FeeBeginTime: '2027-03-01 00:00:00' }] });
  });
});
