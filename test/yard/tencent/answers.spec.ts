import { ApiContract } from './contract/api-contract.js';
import { startTencentYard, type RegionAccess, type TencentYard } from './tencent-yard.js';
import { callWire, type WireAnswer } from './wire-client.js';

const REGION = 'ap-guangzhou';
const ZONE = 'ap-guangzhou-3';

/** One call of every action, in an order in which each has something to answer. */
describe('every answer of the Tencent yard', () => {
  const contract = new ApiContract();
  const answers = new Map<string, WireAnswer>();
  let yard: TencentYard;
  let at: RegionAccess;

  beforeAll(async () => {
    yard = await startTencentYard({
      settings: {
        bootMs: 0,
        powerMs: 0,
        terminateMs: 0,
        balancerTaskMs: 0,
        clusterMs: 0,
        healthMs: 0,
        rates: {},
      },
    });
    const [region] = Object.entries(yard.regions).flatMap(([name, access]) =>
      name === REGION ? [access] : [],
    );
    if (region === undefined) throw new Error('the seed has no such region');
    at = region;
    await callMachines();
    await callDisksAndNetworks();
    await callBalancers();
    await callNames();
    await callClusters();
    await callAccount();
  });
  afterAll(async () => yard.stop());

  it.each(
    new ApiContract().actions().map((action) => [`${action.product}/${action.action}`, action] as const),
  )('%s is as the vendor describes it', (name, action) => {
    expect(answers.get(name)).toBeDefined();
    expect(contract.flawsOfAnswer(action, answers.get(name))).toEqual([]);
  });

  async function call(product: string, action: string, params: unknown = {}): Promise<WireAnswer> {
    const versions: Readonly<Record<string, string>> = {
      ...{ cvm: '2017-03-12', cbs: '2017-03-12', vpc: '2017-03-12', clb: '2018-03-17', dnspod: '2021-03-23' },
      ...{ tke: '2018-05-25', sts: '2018-08-13', tag: '2018-08-13', billing: '2018-07-09' },
      ...{ cloudaudit: '2019-03-19' },
    };
    const answer = await callWire(yard, { version: versions[product] ?? '', action, params, scope: product });
    const key = `${product}/${action}`;
    if (!answers.has(key)) answers.set(key, answer);
    return answer;
  }

  async function launch(more: object = {}): Promise<readonly string[]> {
    const answer = await call('cvm', 'RunInstances', {
      Placement: { Zone: ZONE },
      ImageId: at.imageId,
      InstanceType: 'S5.LARGE8',
      DataDisks: [{ DiskSize: 20, DiskType: 'CLOUD_SSD' }],
      InternetAccessible: { InternetMaxBandwidthOut: 5 },
      TagSpecification: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'web' }] }],
      ...more,
    });
    return answer['InstanceIdSet'] as readonly string[];
  }

  async function callMachines(): Promise<void> {
    const ids = await launch({ InstanceCount: 3 });
    const prepaid = { InstanceChargeType: 'PREPAID', InstanceChargePrepaid: { Period: 1 } };
    await launch(prepaid);
    await call('cvm', 'DescribeInstances');
    await call('cvm', 'DescribeInstancesStatus');
    await call('cvm', 'StopInstances', { InstanceIds: ids.slice(0, 1) });
    await call('cvm', 'StartInstances', { InstanceIds: ids.slice(0, 1) });
    await call('cvm', 'ModifyInstancesAttribute', { InstanceIds: ids, InstanceName: 'renamed' });
    const ActionTime = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+/, '');
    const ActionTimer = { TimerAction: 'TerminateInstances', ActionTime };
    const timers = await call('cvm', 'ImportInstancesActionTimer', { InstanceIds: ids, ActionTimer });
    await call('cvm', 'DescribeInstancesActionTimer');
    await call('cvm', 'DeleteInstancesActionTimer', { ActionTimerIds: timers['ActionTimerIds'] });
    await call('cvm', 'TerminateInstances', { InstanceIds: ids.slice(2) });
    for (const action of [
      'DescribeZoneInstanceConfigInfos',
      'DescribeZones',
      'DescribeRegions',
      'DescribeImages',
    ]) {
      await call('cvm', action);
    }
    for (const action of [
      'DescribeAccountQuota',
      'DescribeInstanceTypeConfigs',
      'DescribeKeyPairs',
      'DescribeHosts',
    ]) {
      await call('cvm', action);
    }
    await call('cvm', 'InquiryPriceRunInstances', { Placement: { Zone: ZONE }, ImageId: at.imageId });
  }

  async function callDisksAndNetworks(): Promise<void> {
    const [id = ''] = await launch();
    const wish = {
      Placement: { Zone: ZONE },
      DiskChargeType: 'POSTPAID_BY_HOUR',
      DiskType: 'CLOUD_SSD',
      DiskSize: 20,
    };
    const { Placement: _, ...priced } = wish;
    await call('cbs', 'InquiryPriceCreateDisks', priced);
    const months = { DiskChargeType: 'PREPAID', DiskChargePrepaid: { Period: 2 } };
    await call('cbs', 'InquiryPriceCreateDisks', { ...priced, ...months });
    const { DiskIdSet } = await call('cbs', 'CreateDisks', wish);
    await call('cbs', 'AttachDisks', { InstanceId: id, DiskIds: DiskIdSet });
    await call('cbs', 'DescribeDisks');
    await call('cbs', 'DetachDisks', { DiskIds: DiskIdSet });
    await call('cbs', 'TerminateDisks', { DiskIds: DiskIdSet });
    const { AddressSet } = await call('vpc', 'AllocateAddresses', { AddressCount: 1 });
    await call('vpc', 'DescribeAddresses');
    await call('vpc', 'ReleaseAddresses', { AddressIds: AddressSet });
    for (const what of [
      'Vpcs',
      'Subnets',
      'SecurityGroups',
      'NetworkInterfaces',
      'NatGateways',
      'RouteTables',
    ]) {
      await call('vpc', `Describe${what}`);
    }
    const kept = await yard.admin.createInterface(id);
    await yard.admin.terminate([id]);
    await call('vpc', 'DeleteNetworkInterface', { NetworkInterfaceId: kept.id });
  }

  async function callBalancers(): Promise<void> {
    const [InstanceId = ''] = await launch();
    const made = await call('clb', 'CreateLoadBalancer', {
      LoadBalancerType: 'OPEN',
      LoadBalancerName: 'shop',
    });
    const [LoadBalancerId] = made['LoadBalancerIds'] as readonly string[];
    const tcp = await call('clb', 'CreateListener', { LoadBalancerId, Ports: [443], Protocol: 'TCP' });
    const http = await call('clb', 'CreateListener', { LoadBalancerId, Ports: [80], Protocol: 'HTTP' });
    const [plain] = tcp['ListenerIds'] as readonly string[];
    const [hosted] = http['ListenerIds'] as readonly string[];
    const rule = { LoadBalancerId, ListenerId: hosted };
    const rules = await call('clb', 'CreateRule', { ...rule, Rules: [{ Domain: 'shop.example', Url: '/' }] });
    const [LocationId] = rules['LocationIds'] as readonly string[];
    const Targets = [{ InstanceId, Port: 8_080, Weight: 0 }];
    await call('clb', 'RegisterTargets', { ...rule, LocationId, Targets });
    await call('clb', 'ModifyTargetWeight', { ...rule, LocationId, Targets, Weight: 5 });
    const flat = { ListenerId: plain, InstanceId, Port: 8_443 };
    await call('clb', 'BatchRegisterTargets', { LoadBalancerId, Targets: [flat] });
    const ModifyList = [{ ListenerId: plain, Targets: [{ InstanceId, Port: 8_443 }], Weight: 50 }];
    const task = await call('clb', 'BatchModifyTargetWeight', { LoadBalancerId, ModifyList });
    await call('clb', 'DescribeTaskStatus', { TaskId: task.RequestId });
    await call('clb', 'DescribeLoadBalancers');
    await call('clb', 'DescribeListeners', { LoadBalancerId });
    await call('clb', 'DescribeTargets', { LoadBalancerId });
    await call('clb', 'DescribeTargetHealth', { LoadBalancerIds: [LoadBalancerId] });
    await call('clb', 'BatchDeregisterTargets', { LoadBalancerId, Targets: [flat] });
    await call('clb', 'DeregisterTargets', { ...rule, LocationId, Targets });
    await call('clb', 'DeleteRule', { ...rule, LocationIds: [LocationId] });
    await call('clb', 'DeleteListener', { LoadBalancerId, ListenerId: hosted });
    await call('clb', 'DeleteLoadBalancer', { LoadBalancerIds: [LoadBalancerId] });
  }

  async function callNames(): Promise<void> {
    const Domain = 'shop.example';
    const wish = { Domain, SubDomain: 'www', RecordType: 'A', RecordLine: '默认', Value: '127.0.0.9' };
    const { RecordId } = await call('dnspod', 'CreateRecord', { ...wish, Weight: 20 });
    await call('dnspod', 'ModifyRecord', { ...wish, RecordId, Weight: 40 });
    await call('dnspod', 'DescribeDomainList');
    await call('dnspod', 'DescribeRecordList', { Domain });
    await call('dnspod', 'DescribeRecord', { Domain, RecordId });
    await call('dnspod', 'DeleteRecord', { Domain, RecordId });
  }

  async function callClusters(): Promise<void> {
    const { ClusterId } = await call('tke', 'CreateCluster', {
      ClusterType: 'MANAGED_CLUSTER',
      ClusterBasicSettings: { ClusterName: 'shop', VpcId: at.vpcId },
      ClusterCIDRSettings: { ClusterCIDR: '172.16.0.0/16' },
    });
    await call('tke', 'CreateClusterEndpoint', { ClusterId, IsExtranet: false });
    const { NodePoolId } = await call('tke', 'CreateClusterNodePool', {
      ClusterId,
      AutoScalingGroupPara: JSON.stringify({ MinSize: 0, MaxSize: 5, DesiredCapacity: 2 }),
      LaunchConfigurePara: JSON.stringify({ InstanceType: 'S5.LARGE8' }),
      InstanceAdvancedSettings: { DesiredPodNumber: 64, GPUArgs: null, PreStartUserScript: '', Taints: [] },
      EnableAutoscale: false,
    });
    await call('tke', 'ModifyNodePoolDesiredCapacityAboutAsg', { ClusterId, NodePoolId, DesiredCapacity: 1 });
    for (const action of ['Clusters', 'ClusterStatus', 'Versions']) await call('tke', `Describe${action}`);
    for (const what of ['EndpointStatus', 'Endpoints', 'Kubeconfig', 'NodePools', 'Instances']) {
      await call('tke', `DescribeCluster${what}`, { ClusterId });
    }
    await call('tke', 'DeleteClusterNodePool', { ClusterId, NodePoolIds: [NodePoolId], KeepInstance: false });
    await call('tke', 'DeleteCluster', { ClusterId, InstanceDeleteMode: 'terminate' });
  }

  async function callAccount(): Promise<void> {
    await call('sts', 'GetCallerIdentity');
    const second = Math.floor(Date.now() / 1_000);
    await call('cloudaudit', 'DescribeEvents', { StartTime: second - 600, EndTime: second + 1 });
    const [id] = await launch();
    const ResourceList = [`qcs::cvm:${REGION}:uin/100000000001:instance/${id}`];
    await call('tag', 'TagResources', { ResourceList, Tags: [{ TagKey: 'kept', TagValue: 'no' }] });
    await call('tag', 'GetResources', { TagFilters: [{ TagKey: 'kept' }] });
    await call('tag', 'UnTagResources', { ResourceList, TagKeys: ['kept'] });
    await yard.admin.passTime(2 * 3_600_000);
    const later = new Date(Date.now() + 2 * 3_600_000 + 8 * 3_600_000).toISOString().slice(0, 7);
    const offset = { Offset: 0, Limit: 100, Month: later };
    await skewed('billing', 'DescribeBillDetail', offset);
    await skewed('billing', 'DescribeAccountBalance', {});
    const span = { BeginTime: `${later}-01 00:00:00`, EndTime: `${later}-28 00:00:00` };
    await skewed('billing', 'DescribeBillSummaryByProduct', span);
  }

  /** Signed on the cloud's clock, which went ahead. */
  async function skewed(product: string, action: string, params: unknown): Promise<void> {
    const answer = await callWire(yard, {
      ...{ version: '2018-07-09', action, params, scope: product },
      at: Date.now() + 2 * 3_600_000,
    });
    answers.set(`${product}/${action}`, answer);
  }
});
