import { INVARIANTS, type InvariantId } from '@springtide/oracle/domain';
import type { Judged } from './world/story-oracle.js';

const IDS = Object.keys(INVARIANTS) as InvariantId[];
/** What an invariant needs that a simulated world does not have. */
const NOT_HERE: Partial<Record<InvariantId, string>> = {
  I9: 'of acknowledged writes only those of the run and its commands',
  I11: 'without the chain of the audit, which nobody seals here',
};

/** How much of the twelve invariants was really looked at, over many stories. Travels between processes as text. */
export class Tally {
  readonly #sums = IDS.map(() => ({ stories: 0, empty: 0, open: 0, checked: 0 }));

  add(text: string): void {
    text.split(' ').forEach((part, at) => {
      const [stories = 0, empty = 0, open = 0, checked = 0] = part.split('/').map(Number);
      const sum = this.#sums[at];
      if (sum === undefined) return;
      sum.stories += stories;
      sum.empty += empty;
      sum.open += open;
      sum.checked += checked;
    });
  }

  get text(): string {
    return this.#sums
      .map(({ stories, empty, open, checked }) => [stories, empty, open, checked].join('/'))
      .join(' ');
  }

  report(): string {
    const lines = IDS.map((id, at) => {
      const { stories = 0, empty = 0, open = 0, checked = 0 } = this.#sums[at] ?? {};
      const notes = [
        `${stories - open} of ${stories} stories, ${checked} looked at`,
        ...(empty === 0 ? [] : [`nothing to look at in ${empty}`]),
        ...(NOT_HERE[id] === undefined ? [] : [NOT_HERE[id]]),
      ];
      return `  ${id.padEnd(4)}${INVARIANTS[id]}: ${notes.join('; ')}`;
    });
    return `Judged by the oracle:\n${lines.join('\n')}\n`;
  }
}

/** Of one story. */
export function tallyOf(judged: ReadonlyMap<InvariantId, Judged>): string {
  return IDS.map((id) => {
    const { checked, because } = judged.get(id) ?? { checked: 0, because: 'nothing was looked at' };
    return [1, checked === 0 ? 1 : 0, because === null ? 0 : 1, checked].join('/');
  }).join(' ');
}
