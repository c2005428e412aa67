import { STANDARD_ON_DEMAND, vcpuQuotaOf } from './vcpu-pools.js';

describe('vcpuQuotaOf', () => {
  it.each(['c6i.large', 'm7g.xlarge', 't3.medium', 'r6i.2xlarge', 'im4gn.large', 'is4gen.large'])(
    'counts %s as a standard machine',
    (machineType) => {
      expect(vcpuQuotaOf(machineType, 'on-demand')).toBe(STANDARD_ON_DEMAND);
      expect(vcpuQuotaOf(machineType, 'spot')).toBe('L-34B43A08');
    },
  );
  it.each([
    ['g5.xlarge', 'L-DB2E81BA', 'L-3819A6DF'],
    ['p4d.24xlarge', 'L-417A185B', 'L-7212CCBC'],
    ['inf1.xlarge', 'L-1945791B', 'L-B5D1601B'],
    ['x1.32xlarge', 'L-7295265B', 'L-E3A00192'],
    ['hpc7g.4xlarge', 'L-F7808C92', undefined],
    ['mac1.metal', undefined, undefined],
  ])('counts %s by its own limits', (machineType, onDemand, spot) => {
    expect(vcpuQuotaOf(machineType, 'on-demand')).toBe(onDemand);
    expect(vcpuQuotaOf(machineType, 'spot')).toBe(spot);
  });
});
