import type { DemandSeriesSummary } from '@springtide/contracts';
import { spansOf, type Draft } from './draft.js';
import { wallOf } from './zone-time.js';

const QUARTER_MS = 15 * 60_000;

/** So that the highest of the history comes with the peak, as far as the history reaches back. */
export function likelyStart(
  { startsAt, highestAt }: Pick<DemandSeriesSummary, 'startsAt' | 'highestAt'>,
  draft: Pick<Draft, 'startsAt' | 'timeZone' | 'phases'>,
): string {
  const spans = spansOf(draft);
  const peak = spans.find(({ name }) => name === 'peak') ?? spans[0];
  const before = (peak?.from ?? 0) - (spans[0]?.from ?? 0);
  const highest = Math.floor(Date.parse(highestAt) / QUARTER_MS) * QUARTER_MS;
  return wallOf(Math.max(Date.parse(startsAt), highest - before), draft.timeZone);
}
