import {
  SpringtideError,
  decimal,
  money,
  multiplyMoney,
  subtractMoney,
  sumMoney,
  zero,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { costOfItem, giveBack, type EffectItem, type Intent, type Refusal } from './domain/index.js';
import type { EffectTransaction } from './effect-store.port.js';

/** Item states that no longer hold room in the mandate. */
const OVER: readonly EffectItem['state'][] = ['refused', 'absent', 'gone', 'lost'];

/**
 * Saves a changed intent and, in the same transaction, gives the room of items that are over back to the mandate:
 * nothing for what never came, the real cost for what did.
 */
export async function saveWithBooks(
  tx: EffectTransaction,
  before: Intent,
  after: Intent,
  at: Instant,
): Promise<Intent> {
  const ended = after.items.filter((item, index) => isOver(item) && !isOver(before.items[index]));
  const extra = after.items.length - before.items.length;
  if (after.mandateId === null || after.pricePerHour === null || (ended.length === 0 && extra === 0)) {
    await tx.saveIntent(after);
    return after;
  }
  const mandate = await tx.lockMandate(after.mandateId);
  if (mandate === undefined) throw new SpringtideError('internal', `mandate ${after.mandateId} is missing`);
  // Machines beyond what was asked for take room too: what exists is paid for, whatever was planned.
  const back = subtractMoney(shareOf(before, ended.length), forExtra(before, extra));
  const actual = sumMoney(
    after.pricePerHour.currency,
    ended.map((item) => costOfItem(after, item, at)),
  );
  const room = giveBack(mandate, {
    count: ended.length - extra,
    pricePerHour: after.pricePerHour,
    amount: back,
    actual,
  });
  const reserved = remaining(before, back);
  const saved = { ...after, reserved };
  await tx.saveMandate(room);
  await tx.saveIntent(saved);
  return saved;
}

/** The books said no: an error for callers that cannot take a refusal. */
export function refusalError(refusal: Refusal): SpringtideError {
  return new SpringtideError('failed-precondition', refusal.message, {
    facts: { ...refusal.facts, refusal: refusal.code },
  });
}

function isOver(item: EffectItem | undefined): boolean {
  return item !== undefined && OVER.includes(item.state);
}

/** The reservation is spread evenly over the items that still hold room. */
function shareOf(intent: Intent, items: number): Money {
  const reserved = intent.reserved ?? zero(intent.pricePerHour?.currency ?? 'EUR');
  const holding = intent.items.filter((item) => !isOver(item)).length;
  if (holding === 0 || items >= holding) return reserved;
  // Rounded, so that sums of shares stay exact; the last items give back whatever is left.
  const share = decimal(reserved.amount).times(items).dividedBy(holding);
  return money(reserved.currency, share.toDecimalPlaces(10));
}

/** As much for each as was set aside for one that was asked for. */
function forExtra(intent: Intent, extra: number): Money {
  const reserved = intent.reserved ?? zero(intent.pricePerHour?.currency ?? 'EUR');
  const holding = intent.items.filter((item) => !isOver(item)).length;
  const all = holding === 0 ? (intent.pricePerHour ?? reserved) : reserved;
  const share = decimal(all.amount).times(extra).dividedBy(Math.max(1, holding));
  return money(all.currency, share.toDecimalPlaces(10));
}

function remaining(intent: Intent, back: Money): Money {
  const reserved = intent.reserved ?? zero(back.currency);
  return sumMoney(back.currency, [reserved, multiplyMoney(back, -1)]);
}
