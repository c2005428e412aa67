import type { RateBudget } from '@springtide/provider-kit';

export type CallerOrder = Readonly<{
  url: string;
  name: string;
  account: string;
  budget: RateBudget;
  calls: number;
  /** Calls that wait at the same time. */
  callers: number;
  /** Milliseconds since 1970, so that all processes begin together. */
  startAt: number;
}>;
