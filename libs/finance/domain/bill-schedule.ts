import { HOUR, MINUTE, addMs, type Instant } from '@springtide/kernel';

/** How long a bill is looked at again before what is missing from it is left to people. */
export type BillPolicy = Readonly<{ everyMs: number; mostMs: number }>;

export const BILL_POLICIES: Readonly<Record<'standard' | 'demo', BillPolicy>> = {
  standard: { everyMs: 24 * HOUR, mostMs: 40 * 24 * HOUR },
  demo: { everyMs: MINUTE, mostMs: 10 * MINUTE },
};

/** The last look at one account. `over`: nothing more can come of looking again. */
export type LastLook = Readonly<{ checkedAt: Instant; over: boolean }>;

/** When an account is to be looked at next; null: never again. A look before the bill was due is no look at all. */
export function nextLook(dueAt: Instant, last: LastLook | undefined, policy: BillPolicy): Instant | null {
  if (last === undefined || last.checkedAt < dueAt) return dueAt;
  if (last.over) return null;
  const next = addMs(last.checkedAt, policy.everyMs);
  return next > addMs(dueAt, policy.mostMs) ? null : next;
}
