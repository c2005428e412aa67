import { money } from '@springtide/kernel';
import fc from 'fast-check';
import {
  capacityFor,
  decideOfferings,
  imageFor,
  marketEvidence,
  offeringKey,
  type MarketOffering,
  type TemplateService,
} from './index.js';

const offering = fc.record({
  zone: fc.constantFrom('a', 'b', 'c'),
  machineType: fc.constantFrom('m.large', 'm.xlarge', 'c.large'),
  purchaseOption: fc.constantFrom('on-demand' as const, 'spot' as const),
  price: fc.integer({ min: 1, max: 3 }),
  observedAt: fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'),
});
const market = fc
  .uniqueArray(offering, { selector: (o) => `${o.zone}${o.machineType}${o.purchaseOption}` })
  .map((rows) =>
    rows.map(({ price, ...rest }): MarketOffering => ({
      ...rest,
      accountId: 'acc',
      region: 'r1',
      family: 'm',
      arch: 'amd64',
      vcpu: 2,
      memoryMiB: 4096,
      pricePerHour: money('USD', `0.${price}`),
      minimumBillingSeconds: 60,
      stock: { level: 'enough' },
      interruptionPerHour: 0,
    })),
  );

const evidence = (offerings: readonly MarketOffering[]) =>
  marketEvidence({ offerings, quotas: [], networks: [] });

function apply(known: readonly MarketOffering[], seen: readonly MarketOffering[]): MarketOffering[] {
  const { write, withdrawn } = decideOfferings(known, seen, true);
  const rows = new Map(known.map((row) => [offeringKey(row), row]));
  for (const row of withdrawn) rows.delete(offeringKey(row));
  for (const row of write) rows.set(offeringKey(row), row);
  return [...rows.values()];
}

describe('market', () => {
  it('ends at what was seen, whatever was known, and writes nothing twice', () => {
    fc.assert(
      fc.property(market, market, (known, seen) => {
        const after = apply(known, seen);
        expect(evidence(after)).toBe(evidence(seen));
        const again = decideOfferings(after, seen, true);
        expect(again).toMatchObject({ write: [], withdrawn: [], unchanged: seen.length });
      }),
    );
  });

  it('withdraws nothing on a listing that was cut', () => {
    fc.assert(
      fc.property(market, market, (known, seen) => {
        expect(decideOfferings(known, seen, false).withdrawn).toEqual([]);
      }),
    );
  });

  it('has one hash text for one market, in any order and at any moment', () => {
    fc.assert(
      fc.property(market, (rows) => {
        const later = rows.toReversed().map((row) => ({ ...row, observedAt: '2027-01-01T00:00:00.000Z' }));
        expect(evidence(later)).toBe(evidence(rows));
      }),
    );
  });
});

const service: TemplateService = {
  name: 'storefront',
  route: 'entrance',
  group: 'storefront',
  port: 80,
  healthPath: '/',
  image: { default: 'base', providers: { aws: 'ami-1' }, accounts: { east: 'ami-2' } },
  capacityModel: [
    { family: 'm', requestsPerSecondPerVcpu: 40, latencyTargetMs: 200, evidence: 'scaled' },
    { family: 'm', vcpu: 4, requestsPerSecond: 150, latencyTargetMs: 200, evidence: 'size' },
    { machineType: 'm.large', requestsPerSecond: 70, latencyTargetMs: 200, evidence: 'measured' },
  ],
  warmUpSeconds: 0,
  headroom: 0,
  minimumMachines: 1,
  zoneLossFraction: 0,
  spotMax: 0,
};

describe('a service of a template', () => {
  it.each([
    ['m.large', 'm', 2, 70, 'machine-type'],
    ['m.xlarge', 'm', 4, 150, 'family-size'],
    ['m.huge', 'm', 16, 640, 'family-per-vcpu'],
  ])('serves on %s what its most specific measurement says', (machineType, family, vcpu, rps, basis) => {
    expect(capacityFor(service, { machineType, family, vcpu })).toMatchObject({
      requestsPerSecond: rps,
      basis,
    });
  });

  it('has no capacity where nothing was measured', () => {
    expect(capacityFor(service, { machineType: 'c.large', family: 'c', vcpu: 2 })).toBeUndefined();
  });

  it('boots from the most specific image', () => {
    expect(imageFor(service, { provider: 'aws', account: 'east' })).toBe('ami-2');
    expect(imageFor(service, { provider: 'aws', account: 'west' })).toBe('ami-1');
    expect(imageFor(service, { provider: 'vsphere', account: 'home' })).toBe('base');
    expect(imageFor(service, { provider: 'toString', account: 'constructor' })).toBe('base');
    expect(imageFor({ ...service, image: {} }, { provider: 'aws', account: 'east' })).toBeUndefined();
  });
});
