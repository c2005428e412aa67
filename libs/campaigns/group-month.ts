import { multiplyMoney, sumMoney, zero, type Instant, type Money } from '@springtide/kernel';
import type { GroupOrder } from '@springtide/scaling';
import { reasoned } from '@springtide/scaling/domain';
import { withinMonth, type Followed, type PlanContent, type RunTargets } from './domain/index.js';

type Wanted = GroupOrder & Readonly<{ service: string; home: number }>;

type InMonth = Readonly<{
  plan: PlanContent;
  phase: string;
  /** When the group ends. */
  until: Instant;
  now: Instant;
  follow: (machines: number) => Followed;
}>;

/** What is wanted, as far as the month's money carries it beside the floor; with the reason where that is less. */
export function inItsMonth<W extends Wanted>(wanted: W, { plan, phase, until, now, follow }: InMonth): W {
  const { service, home, decision, floor, month } = wanted;
  if (month.limit === null) return wanted;
  const { currency } = month.limit;
  const own = (row: RunTargets[number]) => row.service === service && row.phase === phase;
  const braked = withinMonth({
    now,
    wanted: Math.max(0, decision.machines - home),
    floor: Math.max(0, floor - home),
    until: until < month.until ? until : month.until,
    limit: month.limit,
    spent: month.spent.find((sum) => sum.currency === currency) ?? zero(currency),
    costOf: (machines) => costPerHour(plan, follow(machines).targets.filter(own)),
  });
  if (braked.told.length === 0) return wanted;
  const machines = Math.min(decision.machines, home + braked.machines);
  const steps = [...decision.reasonSentences, ...braked.told];
  return { ...wanted, decision: reasoned({ ...decision, machines }, steps) };
}

function costPerHour({ pools, cost }: PlanContent, targets: RunTargets): Money {
  const prices = new Map(pools.map(({ id, pricePerHour }) => [id, pricePerHour]));
  const rows = targets.flatMap(({ poolId, machines }) => {
    const price = prices.get(poolId);
    return price === undefined ? [] : [multiplyMoney(price, machines)];
  });
  return sumMoney(pools[0]?.pricePerHour.currency ?? cost.currency, rows);
}
