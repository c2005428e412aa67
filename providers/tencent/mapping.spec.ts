import type { LaunchBatch } from '@springtide/provider-kit';
import { endTimer, toRunInstances } from './launch-request.js';
import { diskPriceOf, instantOf, toMachine, toNetwork, toOffering } from './mapping.js';

const batch: LaunchBatch = {
  token: 't-1',
  region: 'ap-guangzhou',
  zone: 'ap-guangzhou-3',
  machineType: 'S5.LARGE8',
  purchaseOption: 'spot',
  count: 3,
  minimum: 2,
  namePrefix: 'shop',
  image: 'img-12345678',
  securityGroups: ['sg-1'],
  ownership: { installation: 'one', tenant: 'acme', intent: 'i-1', token: 't-1' },
  userData: '#cloud-config\n',
  labels: { 店铺: '双十一' },
  releaseAt: '2026-11-11T02:00:00.250Z',
};

const now = new Date('2026-11-10T23:50:10Z');

const size = {
  Zone: 'ap-guangzhou-3',
  InstanceType: 'S5.LARGE8',
  InstanceChargeType: 'POSTPAID_BY_HOUR',
  InstanceFamily: 'S5',
  Cpu: 4,
  Memory: 8,
  Status: 'SELL',
  StatusCategory: 'UnderStock',
  Price: { UnitPrice: 0.44, UnitPriceDiscount: 0.41, ChargeUnit: 'HOUR' },
};
const extras = {
  currency: 'CNY',
  diskPerHour: { currency: 'CNY', amount: '0.021' },
  quotaGroup: 'on-demand-vcpu',
  interruptionPerHour: 0.1,
};

describe('toRunInstances', () => {
  it('asks for everything in the one call: names from 0, tags, timer, charge type', () => {
    expect(
      toRunInstances(
        batch,
        { vpc: 'vpc-1', subnet: 'subnet-1' },
        { partialLaunch: true, systemDisk: undefined },
        now,
      ),
    ).toEqual({
      ClientToken: 't-1',
      InstanceChargeType: 'SPOTPAID',
      Placement: { Zone: 'ap-guangzhou-3' },
      InstanceType: 'S5.LARGE8',
      ImageId: 'img-12345678',
      InstanceCount: 3,
      MinCount: 2,
      InstanceName: 'shop-{R:0}',
      VirtualPrivateCloud: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
      SecurityGroupIds: ['sg-1'],
      UserData: Buffer.from('#cloud-config\n').toString('base64'),
      TagSpecification: [
        {
          ResourceType: 'instance',
          Tags: [
            { Key: '店铺', Value: '双十一' },
            { Key: 'springtide:installation', Value: 'one' },
            { Key: 'springtide:tenant', Value: 'acme' },
            { Key: 'springtide:intent', Value: 'i-1' },
            { Key: 'springtide:token', Value: 't-1' },
          ],
        },
      ],
      // Whole seconds, and never before the instant that was asked for.
      ActionTimer: { TimerAction: 'TerminateInstances', ActionTime: '2026-11-11T02:00:01Z' },
    });
  });

  it('asks for all or nothing where the account has no partial delivery', () => {
    const request = toRunInstances(batch, undefined, { partialLaunch: false, systemDisk: undefined }, now);
    expect(request).not.toHaveProperty('MinCount');
    expect(request.VirtualPrivateCloud).toEqual({ VpcId: 'DEFAULT', SubnetId: 'DEFAULT' });
  });
});

describe('endTimer', () => {
  it.each([
    ['keeps a whole second', '2026-11-11T02:00:00.000Z', '2026-11-11T02:00:00Z'],
    ['rounds up, never down', '2026-11-11T02:00:00.001Z', '2026-11-11T02:00:01Z'],
    ['takes the first that the cloud takes', '2026-11-10T23:55:30.000Z', '2026-11-10T23:55:30Z'],
    ['puts off what is too near', '2026-11-10T23:52:00.000Z', '2026-11-11T00:00:00Z'],
    ['puts off what is over', '2026-11-10T20:00:00.000Z', '2026-11-11T00:00:00Z'],
  ])('%s', (_, at, expected) => {
    expect(endTimer(at, now).ActionTime).toBe(expected);
  });

  it('gives a repeated call the same time', () => {
    const soon = '2026-11-10T23:51:00.000Z';
    expect(endTimer(soon, new Date(now.getTime() + 5_000))).toEqual(endTimer(soon, now));
  });
});

describe('toMachine', () => {
  it.each([
    ['PENDING', 'pending'],
    ['LAUNCH_FAILED', 'failed'],
    ['RUNNING', 'running'],
    ['STOPPED', 'stopped'],
    ['SHUTDOWN', 'terminating'],
    ['TERMINATING', 'terminating'],
    ['ENTER_RESCUE_MODE', 'unknown'],
  ])('%s is %s', (InstanceState, state) => {
    expect(toMachine({ InstanceId: 'ins-1', InstanceState }, 'ap-guangzhou')).toMatchObject({ state });
  });

  it('says why it failed, and takes half a mark for none', () => {
    const machine = toMachine(
      {
        InstanceId: 'ins-1',
        InstanceState: 'LAUNCH_FAILED',
        LatestOperationErrorMsg: 'no host',
        Tags: [{ Key: 'springtide:intent', Value: 'i-1' }],
        VirtualPrivateCloud: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
        SecurityGroupIds: ['sg-1'],
        ImageId: 'img-1',
      },
      'ap-guangzhou',
    );
    expect(machine).toMatchObject({
      stateReason: 'no host',
      relations: [
        { kind: 'inside', to: 'network', id: 'subnet-1' },
        { kind: 'guarded-by', to: 'security-group', id: 'sg-1' },
        { kind: 'made-from', to: 'image', id: 'img-1' },
      ],
    });
    expect(machine).not.toHaveProperty('ownership');
  });
});

describe('toOffering', () => {
  it('has stock as a level, and what the account pays as an exact decimal', () => {
    expect(toOffering(size, 'ap-guangzhou', extras)).toMatchObject({
      vcpu: 4,
      memoryMiB: 8_192,
      stock: { level: 'low' },
      pricePerHour: { currency: 'CNY', amount: '0.431' },
      interruptionPerHour: 0,
      quotaGroup: 'on-demand-vcpu',
    });
  });

  it('keeps what is sold out, and knows no price of zero', () => {
    const offering = toOffering(
      {
        ...size,
        InstanceChargeType: 'SPOTPAID',
        Status: 'SOLD_OUT',
        Price: { UnitPriceDiscount: 0, ChargeUnit: 'HOUR' },
      },
      'ap-guangzhou',
      extras,
    );
    expect(offering).toMatchObject({ stock: { level: 'none' }, interruptionPerHour: 0.1 });
    expect(offering).not.toHaveProperty('pricePerHour');
  });

  it('has no price where that of its disk is not known', () => {
    const offering = toOffering(size, 'ap-guangzhou', { ...extras, diskPerHour: undefined });
    expect(offering).not.toHaveProperty('pricePerHour');
  });

  it('leaves out what is paid for in advance', () => {
    expect(toOffering({ ...size, InstanceChargeType: 'PREPAID' }, 'ap-guangzhou', extras)).toBeUndefined();
  });
});

describe('diskPriceOf', () => {
  const rounded = { ChargeUnit: 'HOUR', UnitPrice: 0.04, UnitPriceDiscount: 0.04 };

  it('takes the precise figure before the rounded one, and the discounted one before the list’s', () => {
    const precise = { ...rounded, UnitPriceHigh: '0.045', UnitPriceDiscountHigh: '0.042' };
    expect(diskPriceOf(precise, 'CNY')).toEqual({ currency: 'CNY', amount: '0.042' });
    expect(diskPriceOf(rounded, 'CNY')).toEqual({ currency: 'CNY', amount: '0.04' });
  });

  it('knows none where the cloud tells none by the hour', () => {
    expect(diskPriceOf(undefined, 'CNY')).toBeUndefined();
    expect(diskPriceOf({ ChargeUnit: 'HOUR' }, 'CNY')).toBeUndefined();
    expect(diskPriceOf({ DiscountPrice: 800, DiscountPriceHigh: '800' }, 'CNY')).toBeUndefined();
  });
});

describe('instantOf', () => {
  it('reads both of the cloud’s ways to tell a time', () => {
    expect(instantOf('2020-10-28T08:23:59Z')).toBe('2020-10-28T08:23:59.000Z');
    expect(instantOf('2020-10-28 08:23:59')).toBe('2020-10-28T00:23:59.000Z');
    expect(instantOf('0000-00-00 00:00:00')).toBeUndefined();
    expect(instantOf(null)).toBeUndefined();
  });
});

describe('a subnet', () => {
  const takes = (IsDefault: boolean, subnets: Record<string, string>) =>
    toNetwork({ SubnetId: 'subnet-a', Zone: 'ap-guangzhou-3', IsDefault }, 'ap-guangzhou', { subnets })
      .takesUnnamed;

  it('takes machines that name none where the account names it, or where it is the default and nobody named one', () => {
    expect(takes(false, { 'ap-guangzhou-3': 'subnet-a' })).toBe(true);
    expect(takes(true, {})).toBe(true);
    expect(takes(true, { 'ap-guangzhou-3': 'subnet-b' })).toBeUndefined();
  });
});
