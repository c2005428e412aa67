import {
  addMoney,
  compareMoney,
  multiplyMoney,
  refuse,
  ok,
  roundMoney,
  subtractMoney,
  zero,
  type Instant,
  type Money,
  type Result,
} from '@springtide/kernel';

/**
 * The limits that an approval grants to the effects of one run, and how much of them is used.
 * It is locked and saved in the transaction that writes an intent, so that no two effects can use the same room.
 */
export type Mandate = Readonly<{
  id: string;
  tenantId: string;
  campaignId: string | null;
  runId: string;
  approvalId: string | null;
  planHash: string;
  poolIds: readonly string[];
  maxMachines: number;
  budget: Money;
  maxPerHour: Money;
  /** No create after this instant. Set and delete never expire. */
  validUntil: Instant;
  state: 'open' | 'frozen' | 'closed';
  /** Machines in every non-terminal state, unanswered calls included. */
  machines: number;
  /** Set aside for machines that are not settled yet. */
  reserved: Money;
  /** Settled cost of what was released. */
  committed: Money;
  /** Hourly price of all machines counted in `machines`. */
  perHour: Money;
}>;

export const REFUSALS = [
  'stopped',
  'frozen',
  'expired',
  'outside-envelope',
  'over-machines',
  'over-budget',
  'over-hourly-rate',
  'unknown-price',
] as const;

/** Why the books refuse an effect. Nothing was sent. */
export type Refusal = Readonly<{
  code: (typeof REFUSALS)[number];
  message: string;
  facts: Readonly<Record<string, string | number>>;
}>;

export type Claim = Readonly<{ poolId: string; count: number; pricePerHour: Money; amount: Money }>;

/** Checks a claim against the mandate and, if it fits, takes the room. Pure: the caller saves the result. */
export function claim(mandate: Mandate, wanted: Claim, at: Instant): Result<Mandate, Refusal> {
  const refusal = whyNot(mandate, wanted, at);
  if (refusal) return refuse(refusal);
  return ok({
    ...mandate,
    machines: mandate.machines + wanted.count,
    reserved: addMoney(mandate.reserved, wanted.amount),
    perHour: addMoney(mandate.perHour, hourly(wanted)),
  });
}

function whyNot(mandate: Mandate, wanted: Claim, at: Instant): Refusal | undefined {
  if (mandate.state !== 'open') {
    return {
      code: 'frozen',
      message: `purchases are ${mandate.state} for this run; nothing was bought`,
      facts: { state: mandate.state },
    };
  }
  if (at > mandate.validUntil) {
    return {
      code: 'expired',
      message: `the approval's window ended at ${mandate.validUntil}; nothing was bought`,
      facts: { validUntil: mandate.validUntil },
    };
  }
  if (!mandate.poolIds.includes(wanted.poolId)) {
    return {
      code: 'outside-envelope',
      message: `pool ${wanted.poolId} is not part of what was approved; nothing was bought`,
      facts: { poolId: wanted.poolId },
    };
  }
  if (mandate.machines + wanted.count > mandate.maxMachines) {
    return {
      code: 'over-machines',
      message: `${mandate.machines} machines are in use and ${mandate.maxMachines} are approved; ${wanted.count} more were refused`,
      facts: { inUse: mandate.machines, approved: mandate.maxMachines, wanted: wanted.count },
    };
  }
  return whyNotMoney(mandate, wanted);
}

function whyNotMoney(mandate: Mandate, wanted: Claim): Refusal | undefined {
  const spent = addMoney(addMoney(mandate.reserved, mandate.committed), wanted.amount);
  if (compareMoney(spent, mandate.budget) > 0) {
    return {
      code: 'over-budget',
      message: `with ${wanted.count} more machines ${spent.amount} ${spent.currency} would be committed, above the approved ${mandate.budget.amount}; nothing was bought`,
      facts: { wouldBe: spent.amount, approved: mandate.budget.amount, currency: spent.currency },
    };
  }
  const rate = addMoney(mandate.perHour, hourly(wanted));
  if (compareMoney(rate, mandate.maxPerHour) > 0) {
    return {
      code: 'over-hourly-rate',
      message: `with ${wanted.count} more machines the run would cost ${rate.amount} ${rate.currency} an hour, above the approved ${mandate.maxPerHour.amount}; nothing was bought`,
      facts: { wouldBe: rate.amount, approved: mandate.maxPerHour.amount, currency: rate.currency },
    };
  }
  return undefined;
}

/** Gives the room of machines that never came, or are gone, back; `actual` is what they really cost. */
export function giveBack(
  mandate: Mandate,
  back: Readonly<{ count: number; pricePerHour: Money; amount: Money; actual: Money }>,
): Mandate {
  const machines = Math.max(0, mandate.machines - back.count);
  const committed = addMoney(mandate.committed, back.actual);
  if (machines === 0) {
    // Nothing holds room any more, so nothing is set aside: what an extension added goes back as well.
    const none = zero(mandate.budget.currency);
    return { ...mandate, machines, committed, reserved: none, perHour: none };
  }
  return {
    ...mandate,
    machines,
    reserved: notNegative(subtractMoney(mandate.reserved, back.amount)),
    committed,
    perHour: notNegative(subtractMoney(mandate.perHour, multiplyMoney(back.pricePerHour, back.count))),
  };
}

/** More time for what runs: sets the cost of it aside, or says why not. */
export function extendReservation(mandate: Mandate, hours: number): Result<Mandate, Refusal> {
  const more = roundMoney(multiplyMoney(mandate.perHour, hours), 10);
  const total = addMoney(addMoney(mandate.reserved, mandate.committed), more);
  if (compareMoney(total, mandate.budget) > 0) {
    return refuse({
      code: 'over-budget',
      message: `${hours} more hours cost ${more.amount} ${more.currency}; ${total.amount} would be committed, above the approved ${mandate.budget.amount}`,
      facts: { wouldBe: total.amount, approved: mandate.budget.amount, currency: more.currency },
    });
  }
  return ok({ ...mandate, reserved: addMoney(mandate.reserved, more) });
}

function hourly(wanted: Claim): Money {
  return multiplyMoney(wanted.pricePerHour, wanted.count);
}

function notNegative(amount: Money): Money {
  return compareMoney(amount, zero(amount.currency)) < 0 ? zero(amount.currency) : amount;
}
