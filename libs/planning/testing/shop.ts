import { decimal } from '@springtide/kernel';
import { checkPlan, costOf, type CapacityPlan, type PlanningProblem } from '../index.js';

export const eur = (amount: string) => ({ currency: 'EUR', amount });

/** One machine type, two zones, a price list that a reader can check in the head. */
export function shop(over: Partial<PlanningProblem> = {}): PlanningProblem {
  const pool = { account: 'cloud', region: 'r', family: 'm', arch: 'amd64', memoryGiB: 8, vcpu: 2 };
  return {
    currency: 'EUR',
    objective: 'private-first',
    phases: [
      { id: 'ramp', hours: 1 },
      { id: 'peak', hours: 2 },
    ],
    quotaGroups: [{ id: 'q', limitVcpu: 20, usedVcpu: 0 }],
    pools: [
      {
        ...pool,
        id: 'home',
        account: 'private',
        zone: 'dc',
        machineType: 's',
        option: 'private',
        pricePerHour: eur('0.5'),
        startCost: eur('0'),
        cap: 3,
        quotaGroup: null,
        interruptionPerHour: 0,
      },
      {
        ...pool,
        id: 'cheap',
        zone: 'a',
        machineType: 's',
        option: 'on-demand',
        pricePerHour: eur('0.2'),
        startCost: eur('0.1'),
        cap: 4,
        quotaGroup: 'q',
        interruptionPerHour: 0,
      },
      {
        ...pool,
        id: 'dear',
        zone: 'b',
        machineType: 's',
        option: 'on-demand',
        pricePerHour: eur('0.3'),
        startCost: eur('0.1'),
        cap: 20,
        quotaGroup: 'q',
        interruptionPerHour: 0,
      },
    ],
    classes: [
      {
        id: 'storefront',
        unit: 'requests/s',
        headroom: 0,
        spotMax: 0,
        zoneLossFraction: 0,
        demand: [
          { units: 300, memoryGiB: 0 },
          { units: 800, memoryGiB: 0 },
        ],
        allowed: [
          { pool: 'home', units: 100 },
          { pool: 'cheap', units: 100 },
          { pool: 'dear', units: 100 },
        ],
        shortagePenaltyPerUnitHour: eur('1'),
      },
    ],
    ...over,
  };
}

/** By rules that share no code with the solver. */
export function requireHonest(problem: PlanningProblem, plan: CapacityPlan): void {
  const check = checkPlan(problem, plan.machines);
  expect(check.violations).toEqual([]);
  expect(plan.cost).toEqual(costOf(problem, plan.machines));
  expect(plan.shortage).toMatchObject(check.shortage);
  for (const cell of plan.shortage) expect(cell.causes.length).toBeGreaterThan(0);
  if (plan.lowerBound !== null) {
    expect(decimal(plan.lowerBound.amount).lte(plan.objective.amount)).toBe(true);
  }
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
}
