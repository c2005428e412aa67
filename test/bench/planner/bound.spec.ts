import { decimal } from '@springtide/kernel';
import { solvePlan } from '@springtide/planning';
import { machinesOf, problemOf } from './instance-file.js';
import { generateInstance } from './instance-generator.js';
import { variantOf, type InstanceVariant } from './instance-variants.js';
import { linearReference } from './linear-reference.js';
import { checkMachines } from './plan-checker.js';
import { withWholeQuotas } from './whole-quotas.js';

const SIZE = { classes: 3, pools: 16, phases: 4 };

/**
 * HiGHS solves the linear model to the end; the planner's bound comes from prices that stop short of it, but counts only
 * what whole machines can take of a quota.
 */
describe('the bound of a plan', () => {
  it.each<InstanceVariant>(['plain', 'tight-quota', 'scarce', 'zone-strict', 'dear-starts', 'mostly-spot'])(
    'is close to the linear optimum, and below that for quotas as far as whole machines can fill them: %s',
    async (variant) => {
      for (const seed of [1, 2]) {
        const file = variantOf(generateInstance(SIZE, seed), variant);
        const plan = await solvePlan(problemOf(file), { searchRounds: 4 });
        const linear = await linearReference(file);
        const whole = await linearReference(withWholeQuotas(file));
        const bound = Number(plan.lowerBound?.amount);
        expect(bound).toBeLessThanOrEqual(whole.bound * (1 + 1e-7) + 1e-6);
        expect(bound).toBeGreaterThan(linear.bound * 0.8);
        const checked = checkMachines(file, machinesOf(plan.machines));
        expect(checked.violations).toEqual([]);
        expect(decimal(plan.objective.amount).toNumber()).toBeCloseTo(checked.total, 3);
        expect(checked.total).toBeGreaterThanOrEqual(whole.bound * (1 - 1e-7));
      }
    },
    60_000,
  );
});
