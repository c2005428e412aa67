import { reasonSentence, type Reason } from '@springtide/contracts';
import { decimal, type Money } from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';

/** What somebody wants to know first: whether it is enough, what it costs, and where the machines come from. */
export function summaryReason(content: Omit<PlanContent, 'reasons'>, budget: Money): Reason {
  const money = { cost: content.cost.amount, budget: budget.amount, currency: budget.currency };
  const isShort = content.capacity.some((row) => row.short > 0);
  const worst = content.capacity
    .filter((row) => row.planned < row.demand)
    .toSorted((a, b) => a.planned / a.demand - b.planned / b.demand)[0];
  if (isShort && worst !== undefined) {
    const { phase, service, planned, demand } = worst;
    const percent = (Math.floor((planned / demand) * 1000) / 10).toString();
    return inEnglish('in-short-missing', { ...money, phase, service, percent });
  }
  if (isShort) return inEnglish('in-short-thin', money);
  const used = new Set(content.allocations.map((row) => row.poolId));
  const pools = content.pools.filter((pool) => used.has(pool.id));
  if (pools.length === 0) return inEnglish('in-short-nothing', money);
  const places = [...new Set(pools.map((pool) => pool.accountName))].join(', ');
  return inEnglish('in-short', { ...money, machines: mostMachines(content), places });
}

/** What all demand would take is told by one figure, the lower one: looking for relief may find a cheaper way. */
export function withOneBudget(reasons: readonly Reason[]): Reason[] {
  const relief = reasons.find(({ code, params }) => code === 'relief-rule' && params['kind'] === 'budget');
  const { cost: found, closesPercent } = relief?.params ?? {};
  if (found === undefined || closesPercent !== '100') return [...reasons];
  return reasons.map((reason) => {
    const { budget, needed } = reason.params;
    if (reason.code !== 'budget-short' || decimal(found).gte(needed ?? 0)) return reason;
    const missing = decimal(found)
      .minus(budget ?? 0)
      .toString();
    return inEnglish(reason.code, { ...reason.params, needed: found, missing });
  });
}

function mostMachines({ phases, allocations }: Omit<PlanContent, 'reasons'>): number {
  const perPhase = phases.map(({ name }) =>
    allocations.filter((row) => row.phase === name).reduce((sum, row) => sum + row.machines, 0),
  );
  return Math.max(0, ...perPhase);
}

function inEnglish(code: string, params: Reason['params']): Reason {
  return { code, params, text: reasonSentence({ code, params, text: code }, { language: 'en-US' }) };
}
