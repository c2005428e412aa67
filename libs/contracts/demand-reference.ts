import { z } from 'zod';
import { Id, InstantText } from './scalars.js';

/** A part of history, as it is expected to happen again. */
export const HistoryBasis = z.object({
  seriesId: Id,
  /** The instant of the history that corresponds to the beginning of the first phase. */
  historyStartsAt: InstantText,
  /** How many times as high it will be. */
  multiple: z.number().positive().max(10_000).default(1),
  /** Standard deviation of ln(true ÷ forecast): 0.2 is "about twenty percent either way". */
  levelSigma: z.number().min(0).max(2).default(0.2),
});
export type HistoryBasis = z.infer<typeof HistoryBasis>;

/** Demand of a campaign's service that is taken from history when the campaign is saved. */
export const DemandReference = HistoryBasis.extend({
  service: z.string().min(1).max(60),
  quantile: z.enum(['p50', 'p90', 'p99']).default('p90'),
}).meta({ id: 'DemandReference' });
export type DemandReference = z.infer<typeof DemandReference>;
