import { sentence } from '@springtide/contracts';
import { LIVE_ITEM_STATES, type Intent } from '@springtide/effects/domain';
import { asSpringtideError, type Instant } from '@springtide/kernel';
import { isSilence } from './account-silence.js';
import type { TimelineNote } from './run-timeline.js';

/** A purchase whose machines could not be looked at, and why. */
type Unseen = Readonly<{ intent: Intent; thrown: unknown }>;

/**
 * Looks at purchases one after the other. An account that does not answer hides no other one; and it is asked once a turn, not
 * once for each of its purchases, for whoever looks has leases to renew. @returns what could not be looked at.
 */
export async function lookAtEach(
  intents: readonly Intent[],
  look: (intent: Intent) => Promise<unknown>,
): Promise<readonly Unseen[]> {
  const unseen: Unseen[] = [];
  const silent = new Set<string>();
  for (const intent of intents) {
    if (silent.has(placeOf(intent))) continue;
    try {
      await look(intent);
    } catch (thrown) {
      if (isSilence(asSpringtideError(thrown).code)) silent.add(placeOf(intent));
      unseen.push({ intent, thrown });
    }
  }
  return unseen;
}

/** What people must know of accounts that could not be looked at: once an hour for each, because it may last for days. */
export function unseenNotes(
  unseen: readonly Unseen[],
  intents: readonly Intent[],
  now: Instant,
): readonly TimelineNote[] {
  return [...Map.groupBy(unseen, ({ intent }) => placeOf(intent))].flatMap(([place, [first]]) => {
    if (first === undefined) return [];
    const { code, message } = asSpringtideError(first.thrown);
    const machines = intents
      .filter((intent) => placeOf(intent) === place)
      .flatMap(({ items }) => items.filter((item) => LIVE_ITEM_STATES.includes(item.state))).length;
    const facts = { machines, region: first.intent.region, code };
    const sentences = [sentence('guard.unseen', { ...facts, message })];
    return [
      {
        step: 'guard.unseen',
        level: 'warning',
        sentences,
        facts,
        once: `unseen/${place}/${now.slice(0, 13)}`,
      },
    ];
  });
}

function placeOf({ accountId, region }: Intent): string {
  return `${accountId}/${region}`;
}
