import { decimal } from '@springtide/kernel';
import { solvePlan, type PlanningPool, type PlanningProblem } from './index.js';

const eur = (amount: string) => ({ currency: 'EUR', amount });

function pool(id: string, price: string, cap: number): PlanningPool {
  return {
    ...{ id, cap, account: 'cloud', region: 'r', zone: 'a', machineType: 's', family: 'm', arch: 'amd64' },
    ...{ option: 'on-demand', vcpu: 2, memoryGiB: 8, quotaGroup: null, interruptionPerHour: 0 },
    ...{ pricePerHour: eur(price), startCost: eur('0.1') },
  };
}

/** Two services whose peaks follow each other, and cheap machines that are enough for one at a time. */
const relay: PlanningProblem = {
  currency: 'EUR',
  objective: 'cheapest',
  phases: [
    { id: 'first', hours: 1 },
    { id: 'second', hours: 2 },
  ],
  quotaGroups: [],
  pools: [pool('cheap', '0.2', 4), pool('dear', '0.9', 20)],
  classes: [0, 1].map((peak) => ({
    ...{ id: `service-${peak}`, unit: 'requests/s', headroom: 0, spotMax: 0, zoneLossFraction: 0 },
    demand: [0, 1].map((k) => ({ units: k === peak ? 400 : 0, memoryGiB: 0 })),
    allowed: ['cheap', 'dear'].map((id) => ({ pool: id, units: 100 })),
    shortagePenaltyPerUnitHour: eur('1'),
  })),
};

describe('a plan whose machines keep their service', () => {
  it('claims no bound that a plan with hand-over would break: the parts it was given are its own choice', async () => {
    const free = await solvePlan(relay);
    const kept = await solvePlan(relay, { handOver: 'never' });
    // Four cheap machines do for both when they pass on; kept apart, each service has two and buys dear ones.
    expect(decimal(kept.objective.amount).gt(free.objective.amount)).toBe(true);
    expect(kept.lowerBound).not.toBeNull();
    expect(decimal(kept.lowerBound?.amount ?? 0).lte(free.objective.amount)).toBe(true);
    expect(kept.gap).toBeGreaterThan(0.5);
  });
});
