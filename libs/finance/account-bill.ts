import type { AccountBill } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { BillReading } from './bill-reader.js';
import type { KeptBill } from './data/bill-check.repository.js';
import { checkBill, type BillCheck, type KnownSatellite, type UsageInterval } from './domain/index.js';

/** Of thousands that are alike nobody reads more. */
const MOST_FINDINGS = 200;

type Looked = Readonly<{
  accountId: string;
  usage: readonly UsageInterval[];
  satellites: readonly KnownSatellite[];
  reading: BillReading;
  at: Instant;
  by: string;
}>;

/** One look at an account, as it is kept. A cloud that tells nothing will tell nothing tomorrow: that is over. */
export function accountBill({ accountId, usage, satellites, reading, at, by }: Looked): KeptBill {
  const [first] = usage;
  const base = {
    accountId,
    accountName: first?.accountName ?? accountId,
    provider: first?.provider ?? 'unknown',
    checkedAt: at,
    checkedBy: by,
    machines: usage.length,
  };
  if (reading.outcome !== 'told') {
    const { outcome: state, reason } = reading;
    const nothing = { toldUntil: null, totals: [], findings: [], findingsInAll: 0 };
    return { bill: { ...base, ...nothing, state, reason }, over: state === 'not-told' };
  }
  const { charges, toldUntil } = reading;
  const check = checkBill({ usage, satellites, charges, at, toldUntil });
  const bill = {
    ...base,
    state: stateOf(check),
    reason: null,
    toldUntil,
    totals: [...check.totals],
    findings: check.findings.slice(0, MOST_FINDINGS),
    findingsInAll: check.findings.length,
  };
  return { bill, over: check.covered };
}

/** Money paid unseen is said first, however much is still missing. */
function stateOf({ findings, covered }: BillCheck): AccountBill['state'] {
  const isMissing = (kind: string) => kind === 'not-yet' || kind === 'no-charge';
  if (findings.some(({ kind }) => !isMissing(kind))) return 'differs';
  return covered ? 'clean' : 'incomplete';
}

/** Sums by currency, in one line. */
export function totalsText({ totals }: AccountBill, which: 'billed' | 'expected'): string {
  const amounts = totals.map((total) => `${total[which].amount} ${total[which].currency}`);
  return amounts.length === 0 ? '0' : amounts.join(' + ');
}
