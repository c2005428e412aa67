import { readOwnershipTags, type LaunchBatch } from '@springtide/provider-kit';
import { toFullInstant, toMachine, toNetwork, toRunInstances, toRunInstancesBody } from './mapping.js';
import { flatten } from './parameters.js';
import { INTENT_TAG } from './tags.js';
import { instancesAnswer } from './wire.js';

const ownership = {
  installation: 'prod',
  tenant: 'post',
  intent: 'int-1',
  token: 'tok-1',
  campaign: 'double-11',
  service: 'checkout',
  releaseBy: '2026-11-11T02:00:00.000Z',
};

const batch: LaunchBatch = {
  token: 'tok-1',
  region: 'cn-hangzhou',
  zone: 'cn-hangzhou-h',
  machineType: 'ecs.c7.large',
  purchaseOption: 'on-demand',
  count: 10,
  minimum: 4,
  namePrefix: 'checkout-7',
  image: 'm-1',
  securityGroups: [],
  ownership,
  userData: '#cloud-config\n# 店铺\n',
  labels: { team: 'shop' },
  releaseAt: '2026-11-11T02:00:00.000Z',
};

const account = {
  subnets: { 'cn-hangzhou-h': 'vsw-1' },
  securityGroups: ['sg-1'],
  systemDisk: { category: 'cloud_essd', sizeGib: 40 },
};
const now = new Date('2026-11-11T00:00:00Z');

const [running] = instancesAnswer.parse({
  Instances: {
    Instance: [
      {
        InstanceId: 'i-1',
        InstanceName: 'checkout-7-003',
        Status: 'Running',
        ZoneId: 'cn-hangzhou-h',
        InstanceType: 'ecs.c7.large',
        SpotStrategy: 'NoSpot',
        InstanceChargeType: 'PostPaid',
        ImageId: 'm-1',
        CreationTime: '2026-11-11T00:00Z',
        VpcAttributes: { PrivateIpAddress: { IpAddress: ['10.0.0.7'] }, VSwitchId: 'vsw-1', VpcId: 'vpc-1' },
        PublicIpAddress: { IpAddress: [] },
        EipAddress: { IpAddress: '203.0.113.9', AllocationId: 'eip-1' },
        SecurityGroupIds: { SecurityGroupId: ['sg-1'] },
        Tags: {
          Tag: Object.entries({
            'springtide:installation': 'prod',
            'springtide:tenant': 'post',
            'springtide:intent': 'int-1',
            'springtide:token': 'tok-1',
            'acs:ecs:anything': 'the vendor’s own',
            team: 'shop',
          }).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
        },
      },
    ],
  },
}).Instances;
if (running === undefined) throw new Error('the answer has no instance');

describe('toRunInstances', () => {
  it('carries token, counts, time-to-live, encoded user data and the whole mark', () => {
    const sent = flatten(toRunInstances(batch, account, now));
    expect(sent).toMatchObject({
      ClientToken: 'tok-1',
      Amount: '10',
      MinAmount: '4',
      VSwitchId: 'vsw-1',
      'SecurityGroupIds.1': 'sg-1',
      AutoReleaseTime: '2026-11-11T02:00:00Z',
      SpotStrategy: 'NoSpot',
    });
    expect(
      Buffer.from(flatten(toRunInstancesBody(batch) ?? {})['UserData'] ?? '', 'base64').toString('utf8'),
    ).toBe(batch.userData);
    const keys = Object.keys(sent).filter((name) => /^Tag\.\d+\.Key$/.test(name));
    const tags = new Map(keys.map((name) => [sent[name] ?? '', sent[name.replace('Key', 'Value')] ?? '']));
    expect(readOwnershipTags(tags)).toEqual(ownership);
  });

  it('leaves the minimum out where it is all or nothing', () => {
    expect(toRunInstances({ ...batch, minimum: 10 }, account, now)).toMatchObject({ MinAmount: undefined });
  });

  it('buys spot at the market price, ended and not stopped when it is taken back', () => {
    expect(toRunInstances({ ...batch, purchaseOption: 'spot' }, account, now)).toMatchObject({
      SpotStrategy: 'SpotAsPriceGo',
      SpotInterruptionBehavior: 'Terminate',
    });
  });

  it('refuses more tags than the cloud takes, before anything is sent', () => {
    const labels = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`label-${n}`, 'x']));
    expect(() => toRunInstances({ ...batch, labels }, account, now)).toThrow(/22 tags/);
  });
});

describe('toMachine', () => {
  it('reads state, addresses, number, mark and what it hangs on', () => {
    expect(toMachine(running, 'cn-hangzhou')).toMatchObject({
      id: 'i-1',
      name: 'checkout-7-3',
      state: 'running',
      purchaseOption: 'on-demand',
      addresses: ['10.0.0.7', '203.0.113.9'],
      launchedAt: '2026-11-11T00:00:00.000Z',
      ownership: { installation: 'prod', intent: 'int-1' },
      labels: { team: 'shop' },
      relations: [
        { kind: 'inside', to: 'network', id: 'vsw-1' },
        { kind: 'guarded-by', to: 'security-group', id: 'sg-1' },
        { kind: 'made-from', to: 'image', id: 'm-1' },
      ],
    });
  });

  it.each([
    ['Pending', 'pending'],
    ['Starting', 'pending'],
    ['Stopping', 'stopping'],
    ['Stopped', 'stopped'],
    ['SomethingNew', 'unknown'],
  ])('%s is %s', (Status, state) => {
    expect(toMachine({ ...running, Status }, 'cn-hangzhou').state).toBe(state);
  });

  it('takes half a mark for none, and leaves a stranger’s name alone', () => {
    const Tags = { Tag: [{ TagKey: INTENT_TAG, TagValue: 'int-1' }] };
    const machine = toMachine({ ...running, Tags, InstanceName: 'legacy-007' }, 'cn-hangzhou');
    expect(machine.ownership).toBeUndefined();
    expect(machine.name).toBe('legacy-007');
  });
});

describe('toNetwork', () => {
  const vSwitch = {
    VSwitchId: 'vsw-a',
    VSwitchName: 'front',
    ZoneId: 'cn-hangzhou-h',
    CidrBlock: '10.0.0.0/24',
    AvailableIpAddressCount: 250,
  };
  const network = (subnets: Readonly<Record<string, string>>) =>
    toNetwork(vSwitch, 'cn-hangzhou', { subnets });

  it('counts free addresses, and tells the vSwitch that takes the machines of its zone that name none', () => {
    const place = { region: 'cn-hangzhou', zone: 'cn-hangzhou-h', cidr: '10.0.0.0/24' };
    const told = { id: 'vsw-a', name: 'front', ...place, freeAddresses: 250 };
    expect(network({ 'cn-hangzhou-h': 'vsw-a' })).toEqual({ ...told, takesUnnamed: true });
    // Another one of the same zone, the same one for another zone, none at all.
    for (const subnets of [{ 'cn-hangzhou-h': 'vsw-b' }, { 'cn-hangzhou-i': 'vsw-a' }, {}])
      expect(network(subnets)).toEqual(told);
  });

  it('never takes machines of a zone that nobody named', () => {
    const unsaid = { VSwitchName: undefined, ZoneId: undefined, CidrBlock: undefined };
    const bare = toNetwork({ VSwitchId: 'vsw-a', ...unsaid }, 'cn-hangzhou', { subnets: {} });
    expect(bare).toEqual({ id: 'vsw-a', name: 'vsw-a', region: 'cn-hangzhou' });
  });
});

describe('toFullInstant', () => {
  it.each([
    ['2026-11-11T00:00Z', '2026-11-11T00:00:00.000Z'],
    ['2026-11-11T00:00:05Z', '2026-11-11T00:00:05.000Z'],
    ['2026-11-11T08:00:00+08:00', '2026-11-11T00:00:00.000Z'],
  ])('%s is %s', (time, instant) => {
    expect(toFullInstant(time)).toBe(instant);
  });
});
