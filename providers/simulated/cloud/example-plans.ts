import type { CloudPlanInput } from './plan.js';

const images = [
  { id: 'img-shop-1', name: 'shop runtime 1' },
  { id: 'img-shop-2', name: 'shop runtime 2' },
];

type Type = CloudPlanInput['machineTypes'][number];

function publicType(name: string, vcpu: number, onDemand: string, spot: string, stockPerZone: number): Type {
  return {
    name,
    family: name.split('.')[0] ?? name,
    vcpu,
    memoryMiB: vcpu * 4_096,
    quotaGroup: 'standard',
    offers: [
      { option: 'on-demand', pricePerHour: onDemand, stockPerZone },
      { option: 'spot', pricePerHour: spot, stockPerZone, interruptionPerHour: 0.02 },
    ],
  };
}

/** A small public cloud: one region, two zones, three sizes. Change what a test is about. */
export function examplePublicCloud(changes: Partial<CloudPlanInput> = {}): CloudPlanInput {
  return {
    seed: 'spring-tide',
    kind: 'public-cloud',
    currency: 'CNY',
    credentials: { accessKey: 'public-access-key', secretKey: 'public-secret-key-for-tests' },
    regions: [
      {
        id: 'sim-east',
        zones: [{ id: 'sim-east-a' }, { id: 'sim-east-b' }],
        networks: [
          { id: 'net-a', cidr: '127.30.0.0/17', zone: 'sim-east-a', addresses: 4_000 },
          { id: 'net-b', cidr: '127.30.128.0/17', zone: 'sim-east-b', addresses: 4_000 },
        ],
        quotas: [{ group: 'standard', limitVcpu: 4_000 }],
      },
    ],
    machineTypes: [
      publicType('c2.large', 2, '0.39', '0.078', 400),
      publicType('c2.xlarge', 4, '0.78', '0.156', 300),
      publicType('c2.2xlarge', 8, '1.56', '0.312', 150),
    ],
    images,
    ...changes,
  };
}

/** A small private cloud: one data centre, two clusters of hosts, priced by rate card. */
export function examplePrivateCloud(changes: Partial<CloudPlanInput> = {}): CloudPlanInput {
  const hosts = { count: 8, vcpu: 32, memoryMiB: 131_072 };
  const size = (name: string, vcpu: number, pricePerHour: string): Type => ({
    name,
    family: 'vm',
    vcpu,
    memoryMiB: vcpu * 4096,
    minimumBillingSeconds: 0,
    offers: [
      {
        option: 'private',
        pricePerHour,
      },
    ],
  });
  return {
    seed: 'neap-tide',
    kind: 'private-cloud',
    currency: 'CNY',
    credentials: { accessKey: 'private-access-key', secretKey: 'private-secret-key-for-tests' },
    regions: [
      {
        id: 'dc-1',
        zones: [
          { id: 'cluster-a', hosts },
          { id: 'cluster-b', hosts },
        ],
        networks: [{ id: 'vlan-10', cidr: '127.31.0.0/16', addresses: 4_000 }],
      },
    ],
    machineTypes: [size('vm.2', 2, '0.12'), size('vm.4', 4, '0.24')],
    images,
    behaviour: { addressRange: '127.31.0.0/16' },
    ...changes,
  };
}
