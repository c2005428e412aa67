import { CloudError } from './cloud-error.js';

type Budget = Readonly<{ burst: number; perSecond: number }>;

/** The vendor's own throttle: refuses instead of waiting. */
export class CallBudget {
  readonly #budget: Budget;
  #tokens: number;
  #at: number | undefined;

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#tokens = budget.burst;
  }

  spend(now: number): void {
    const seconds = Math.max(0, now - (this.#at ?? now)) / 1_000;
    this.#tokens = Math.min(this.#budget.burst, this.#tokens + seconds * this.#budget.perSecond);
    this.#at = now;
    if (this.#tokens < 1) {
      const waitMs = Math.ceil(((1 - this.#tokens) / this.#budget.perSecond) * 1_000);
      throw new CloudError('Throttling', 'too many calls', waitMs);
    }
    this.#tokens -= 1;
  }
}
