import { decimal } from '@springtide/kernel';
import { collect } from '../../client/listing.js';
import type { Offering } from '../../contract/machine.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

export const offeringRules: readonly Rule[] = [
  {
    id: 'P-60',
    level: 'MUST',
    title: 'offerings are listed to the end, each once, with sizes one can plan with',
    why: 'the planner reads nothing else',
    check: async (bench) => {
      const offerings = await all(bench);
      const keys = offerings.map((each) => `${each.zone}/${each.machineType}/${each.purchaseOption}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const each of offerings) {
        expect(each).toMatchObject({ region: bench.region, family: expect.stringMatching(/./) });
        expect(each.vcpu).toBeGreaterThan(0);
        expect(each.memoryMiB).toBeGreaterThan(0);
        expect(each.minimumBillingSeconds).toBeGreaterThanOrEqual(0);
      }
      expect(sampleOf(bench, offerings)).toBeDefined();
    },
  },
  {
    id: 'P-61',
    level: 'MUST',
    title: 'a sold-out offering stays listed, with stock none',
    why: 'an offering that vanishes cannot be explained, nor watched for its return',
    capabilities: ['stockSignal'],
    controls: ['sellOut'],
    check: async (bench) => {
      const { zone, machineType } = bench.target.sample;
      const undo = await bench.control('sellOut')(zone, machineType);
      try {
        expect(sampleOf(bench, await all(bench))?.stock.level).toBe('none');
      } finally {
        await undo();
      }
      expect(sampleOf(bench, await all(bench))?.stock.level).not.toBe('none');
    },
  },
  {
    id: 'P-62',
    level: 'MUST',
    title: 'a price is an exact decimal above zero, or absent because it is not known',
    why: 'a price of zero would be bought first',
    check: async (bench) => {
      for (const { pricePerHour } of await all(bench)) {
        if (pricePerHour === undefined) continue;
        expect(pricePerHour.currency).toMatch(/^[A-Z]{3}$/);
        expect(pricePerHour.amount).toMatch(/^\d+(\.\d+)?$/);
        expect(decimal(pricePerHour.amount).greaterThan(0)).toBe(true);
      }
    },
  },
  {
    id: 'P-63',
    level: 'MUST',
    title: 'only spot can be interrupted, and spot is offered only where it is declared',
    why: 'risk is priced by this number',
    check: async (bench) => {
      const { spot } = bench.harness.manifest.capabilities;
      for (const each of await all(bench)) {
        if (each.purchaseOption === 'spot') expect(spot.supported).toBe(true);
        else expect(each.interruptionPerHour).toBe(0);
      }
    },
  },
  {
    id: 'P-64',
    level: 'MUST',
    title: 'a quota says in vCPU what is used, machines just launched included',
    why: 'the readiness gate compares it with the plan',
    capabilities: ['quotaSignal'],
    check: async (bench) => {
      const offering = sampleOf(bench, await all(bench));
      const before = await usedBy(bench, offering);
      await bench.running();
      expect((await usedBy(bench, offering)) - before).toBe(offering?.vcpu);
    },
  },
];

async function all(bench: Bench): Promise<readonly Offering[]> {
  const { items, complete } = await collect(bench.compute.listOfferings(bench.scope));
  expect(complete).toBe(true);
  expect(items.length).toBeGreaterThan(0);
  return items;
}

function sampleOf(bench: Bench, offerings: readonly Offering[]): Offering | undefined {
  const { zone, machineType, purchaseOption } = bench.target.sample;
  return offerings.find(
    (each) =>
      each.zone === zone && each.machineType === machineType && each.purchaseOption === purchaseOption,
  );
}

async function usedBy(bench: Bench, offering: Offering | undefined): Promise<number> {
  const quota = (await bench.compute.listQuotas(bench.scope)).find(
    (each) => each.group === offering?.quotaGroup,
  );
  if (quota === undefined) throw new Error('the quota group of the sample offering is not listed');
  expect(quota.limitVcpu).toBeGreaterThanOrEqual(quota.usedVcpu);
  return quota.usedVcpu;
}
