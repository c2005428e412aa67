import type { Sentence, ScalingDecision, ScalingStrategy } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';

/** A number, or why it could not be learned: a strategy that needs it then says nothing. */
export type Seen = number | Readonly<{ missing: Sentence }>;

/** What strategies look at. */
export type ScalingSight = Readonly<{
  now: Instant;
  /** The metric of a metric strategy, by strategy id: its value now, summed over all machines. */
  metrics: Readonly<Record<string, Seen>>;
  /** Highest demand expected within the lead time, by strategy id, at the strategy's quantile. */
  forecasts: Readonly<Record<string, Seen>>;
  /** Machines that campaigns running now hold for the service. */
  campaignMachines: number | null;
}>;

/** What one strategy wants, and why. `machines` null: it says nothing now. */
export type ScalingWant = Readonly<{
  strategyId: string;
  kind: ScalingStrategy['kind'];
  machines: number | null;
  /** In English. */
  text: string;
  sentences: Sentence[];
}>;

/** A decision that tells everybody how it came about. */
export type ReasonedDecision = ScalingDecision & Readonly<{ reasonSentences: Sentence[] }>;
