import type { Envelope } from '@springtide/contracts';
import {
  compareMoney,
  decimal,
  money,
  multiplyMoney,
  sumMoney,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';

/** What a run would do from now on, with what it has done already. */
export type ResidualPlan = Readonly<{
  /** The approved plan that it is a rest of. */
  planHash: string;
  poolIds: readonly string[];
  /** Machines at once, at most, those that stand already included. */
  machines: number;
  /** Per hour at most. */
  perHour: Money;
  /** Spent, owed and still to be spent: the whole campaign. */
  cost: Money;
  /** When the campaign began or would begin. */
  startsAt: Instant;
}>;

export type EnvelopeBreach = Readonly<{
  code: 'other-plan' | 'other-pools' | 'too-many-machines' | 'too-dear-per-hour' | 'over-budget' | 'too-late';
  params: Readonly<Record<string, string | number>>;
}>;

/**
 * Whether a residual plan stays inside what was approved: then it runs without asking. Every breach is named, so that the
 * one who is asked sees what would be new. Money in another currency is a breach, never a conversion.
 */
export function envelopeBreaches(envelope: Envelope, residual: ResidualPlan): readonly EnvelopeBreach[] {
  const breaches: EnvelopeBreach[] = [];
  if (residual.planHash !== envelope.planHash) {
    breaches.push({ code: 'other-plan', params: { approved: envelope.planHash, asked: residual.planHash } });
  }
  const outside = residual.poolIds.filter((id) => !envelope.poolIds.includes(id));
  if (outside.length > 0) breaches.push({ code: 'other-pools', params: { pools: outside.join(', ') } });
  if (residual.machines > envelope.maxMachines) {
    const params = { approved: envelope.maxMachines, asked: residual.machines };
    breaches.push({ code: 'too-many-machines', params });
  }
  if (isMore(residual.perHour, envelope.maxPerHour)) {
    breaches.push({ code: 'too-dear-per-hour', params: amounts(envelope.maxPerHour, residual.perHour) });
  }
  if (isMore(residual.cost, envelope.budget)) {
    breaches.push({ code: 'over-budget', params: amounts(envelope.budget, residual.cost) });
  }
  if (Date.parse(residual.startsAt) > Date.parse(envelope.latestStart)) {
    breaches.push({ code: 'too-late', params: { approved: envelope.latestStart, asked: residual.startsAt } });
  }
  return breaches;
}

type Bought = Pick<PlanContent, 'pools' | 'allocations' | 'phases'>;

/**
 * The residual of an approved plan whose rest was planned anew: `spent` is what was paid and is owed already, `rest` what
 * runs from now on, phase by phase, delivered machines included.
 */
export function residualOf(
  approved: Readonly<{ planHash: string; startsAt: Instant }>,
  rest: Bought,
  spent: Money,
): ResidualPlan {
  const priceOf = (poolId: string) =>
    rest.pools.find((pool) => pool.id === poolId)?.pricePerHour ?? money(spent.currency, 0);
  const perPhase = rest.phases.map((phase) => {
    const rows = rest.allocations.filter((row) => row.phase === phase.name && row.machines > 0);
    const hours = decimal(Date.parse(phase.endsAt) - Date.parse(phase.startsAt)).div(3_600_000);
    const perHour = sumMoney(
      spent.currency,
      rows.map((row) => multiplyMoney(priceOf(row.poolId), row.machines)),
    );
    const machines = rows.reduce((sum, row) => sum + row.machines, 0);
    return { machines, perHour, cost: multiplyMoney(perHour, hours) };
  });
  const dearest = perPhase.reduce(
    (most, { perHour }) => (compareMoney(perHour, most) > 0 ? perHour : most),
    money(spent.currency, 0),
  );
  const used = rest.allocations.filter((row) => row.machines > 0).map((row) => row.poolId);
  return {
    ...approved,
    poolIds: [...new Set(used)],
    machines: Math.max(0, ...perPhase.map(({ machines }) => machines)),
    perHour: dearest,
    cost: sumMoney(spent.currency, [spent, ...perPhase.map(({ cost }) => cost)]),
  };
}

function isMore(asked: Money, approved: Money): boolean {
  return asked.currency !== approved.currency || compareMoney(asked, approved) > 0;
}

function amounts(approved: Money, asked: Money): Readonly<Record<string, string>> {
  return { approved: `${approved.amount} ${approved.currency}`, asked: `${asked.amount} ${asked.currency}` };
}
