import type { AfterActionReport, COST_CAUSES } from '@springtide/contracts';
import { amountFor, billedSeconds, costOfUsage, usageOf, wholeSeconds } from '@springtide/effects/domain';
import { addMoney, subtractMoney, zero, type Money } from '@springtide/kernel';
import { boughtMachines, isPlanned, type BoughtMachine } from './bought-machines.js';
import type { ReportFacts } from './facts.js';

type Cause = (typeof COST_CAUSES)[number];
type Share = Readonly<{ cause: Cause; amount: Money }>;

/** What every machine cost, put down to why it was there. The parts add up to what finance counts, exactly. */
export function costByCause(facts: ReportFacts): AfterActionReport['cost']['byCause'] {
  const currency = facts.plan.cost.currency;
  const sums = new Map<Cause, { machines: number; bought: Money; private: Money }>();
  for (const machine of boughtMachines(facts)) {
    const side = machine.pool?.purchaseOption === 'private' ? 'private' : 'bought';
    for (const { cause, amount } of sharesOf(facts, machine)) {
      if (amount.currency !== currency) continue;
      const sum = sums.get(cause) ?? { machines: 0, bought: zero(currency), private: zero(currency) };
      sums.set(cause, { ...sum, machines: sum.machines + 1, [side]: addMoney(sum[side], amount) });
    }
  }
  return ORDER.flatMap((cause) => {
    const sum = sums.get(cause);
    if (sum === undefined) return [];
    return [{ cause, machines: sum.machines, bought: sum.bought.amount, private: sum.private.amount }];
  });
}

const ORDER: readonly Cause[] = ['serving', 'preparing', 'fallback', 'never-served', 'overstay'];

/** Serving is the rest, so that minimum billing and rounding fall to it and nothing is counted twice. */
function sharesOf(facts: ReportFacts, machine: BoughtMachine): readonly Share[] {
  const { intent, item } = machine;
  const [usage] = usageOf({ ...intent, items: [item] });
  if (usage === undefined) return [];
  const total = costOfUsage(usage, facts.until);
  if (!isPlanned(facts, machine.service, machine.poolId)) return [{ cause: 'fallback', amount: total }];
  if (item.readyAt === null) return [{ cause: 'never-served', amount: total }];
  const billed = billedSeconds(usage, facts.until);
  const preparing = Math.min(billed, wholeSeconds(usage.from, item.readyAt));
  const end = facts.phases.at(-1)?.endsAt ?? facts.until;
  const until = usage.to ?? facts.until;
  const overstay = Math.min(billed - preparing, wholeSeconds(later(end, item.readyAt), until));
  const before = amountFor(usage.pricePerHour, preparing);
  const after = amountFor(usage.pricePerHour, overstay);
  const shares: Share[] = [
    { cause: 'serving', amount: subtractMoney(subtractMoney(total, before), after) },
    { cause: 'preparing', amount: before },
  ];
  return overstay > 0 ? [...shares, { cause: 'overstay', amount: after }] : shares;
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}
