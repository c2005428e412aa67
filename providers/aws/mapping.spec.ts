import type { Instance } from '@aws-sdk/client-ec2';
import { readOwnershipTags, type LaunchBatch } from '@springtide/provider-kit';
import fc from 'fast-check';
import { toMachine, toNetwork, toRunInstances } from './mapping.js';
import { launchTags, readLabels, tagMap } from './tags.js';

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
  region: 'eu-central-1',
  zone: 'eu-central-1a',
  machineType: 'c6i.large',
  purchaseOption: 'on-demand',
  count: 10,
  minimum: 4,
  namePrefix: 'checkout-7',
  image: 'ami-1',
  securityGroups: ['sg-1'],
  ownership,
  userData: '#cloud-config\n# 店铺\n',
  labels: { team: 'shop' },
};

const instance: Instance = {
  InstanceId: 'i-1',
  AmiLaunchIndex: 3,
  State: { Name: 'running' },
  Placement: { AvailabilityZone: 'eu-central-1a' },
  InstanceType: 'c6i.large',
  PrivateIpAddress: '10.0.0.7',
  PublicIpAddress: '',
  LaunchTime: new Date('2026-11-11T00:00:00Z'),
  Tags: launchTags(batch),
};

describe('toRunInstances', () => {
  it('carries token, counts, encoded user data and the same tags on all that is created', () => {
    const input = toRunInstances(batch, 'subnet-1');
    expect(input).toMatchObject({ ClientToken: 'tok-1', MinCount: 4, MaxCount: 10, SubnetId: 'subnet-1' });
    expect(Buffer.from(input.UserData ?? '', 'base64').toString('utf8')).toBe(batch.userData);
    const specifications = input.TagSpecifications ?? [];
    expect(specifications.map(({ ResourceType }) => ResourceType)).toEqual([
      'instance',
      'volume',
      'network-interface',
    ]);
    for (const { Tags } of specifications) expect(readOwnershipTags(tagMap(Tags))).toEqual(ownership);
  });
});

describe('toMachine', () => {
  it('numbers the name by launch index, and leaves out addresses that are not there', () => {
    expect(toMachine(instance, 'eu-central-1')).toEqual({
      id: 'i-1',
      name: 'checkout-7-3',
      state: 'running',
      region: 'eu-central-1',
      zone: 'eu-central-1a',
      machineType: 'c6i.large',
      purchaseOption: 'on-demand',
      addresses: ['10.0.0.7'],
      launchedAt: '2026-11-11T00:00:00.000Z',
      ownership,
      labels: { team: 'shop' },
      relations: [],
    });
  });

  it.each([
    ['pending', 'pending'],
    ['shutting-down', 'terminating'],
    ['stopped', 'stopped'],
    ['a state of next year', 'unknown'],
  ])('reads %s as %s', (name, state) => {
    const changed = { ...instance, State: { Name: name as 'pending' } };
    expect(toMachine(changed, 'eu-central-1')).toMatchObject({ state });
  });

  it('reads terminated as gone', () => {
    expect(toMachine({ ...instance, State: { Name: 'terminated' } }, 'eu-central-1')).toBe('gone');
  });

  it('gives no ownership to a machine with half a mark, and keeps its own name', () => {
    const Tags = [
      { Key: 'Name', Value: 'legacy' },
      { Key: 'springtide:intent', Value: 'int-1' },
    ];
    const machine = toMachine({ ...instance, Tags }, 'eu-central-1');
    expect(machine).toMatchObject({ name: 'legacy' });
    expect(machine).not.toHaveProperty('ownership');
  });
});

describe('tags', () => {
  it('bring back every ownership and every label that was put in', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 });
    const labelName = text.filter((key) => key !== 'Name' && !/^(springtide:|aws:|__proto__$)/.test(key));
    fc.assert(
      fc.property(
        fc.record({ installation: text, tenant: text, intent: text, token: text }),
        fc.dictionary(labelName, text, { maxKeys: 5, noNullPrototype: true }),
        (owner, labels) => {
          const tags = tagMap(launchTags({ ...batch, ownership: owner, labels }));
          expect(readOwnershipTags(tags)).toEqual(owner);
          expect(readLabels(tags)).toEqual(labels);
        },
      ),
    );
  });

  it('cannot be overruled by a label', () => {
    const labels = { 'springtide:intent': 'other', Name: 'other' };
    expect(readOwnershipTags(tagMap(launchTags({ ...batch, labels })))?.intent).toBe('int-1');
  });
});

describe('a subnet', () => {
  const subnet = { SubnetId: 'subnet-a', AvailabilityZone: 'eu-central-1a', AvailableIpAddressCount: 7 };
  const takes = (more: object, subnets: Record<string, string>) =>
    toNetwork({ ...subnet, ...more }, 'eu-central-1', { subnets }).takesUnnamed;

  it('takes machines that name none where the account names it, or where it is the default of a zone that nobody named', () => {
    expect(takes({}, { 'eu-central-1a': 'subnet-a' })).toBe(true);
    expect(takes({ DefaultForAz: true }, {})).toBe(true);
    expect(takes({ DefaultForAz: true }, { 'eu-central-1a': 'subnet-b' })).toBeUndefined();
    expect(takes({}, {})).toBeUndefined();
  });
});
