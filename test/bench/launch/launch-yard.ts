import type { ProviderRates } from '@springtide/provider-kit';
import type { YardCloud } from '../yards/yard-cloud.js';

/** `refused`: answered as too many, or refused otherwise; nothing else is refused in this bench. */
export type LaunchCalls = Readonly<{ sent: number; refused: number }>;

/** A cloud to launch into, and what the bench may do behind its back. */
export type LaunchYard = Readonly<{
  cloud: YardCloud;
  machines: number;
  /** Machines per call; so few that the cloud's limits decide how long it takes. */
  batch: number;
  /** Calls at once that the cloud works on at its best, where the limiter is not asked. */
  lanes: number;
  /** The budgets that the ideal is computed from. */
  rates: ProviderRates;
  /** Waits until a window of the cloud's is about to begin, calls `ready`, and waits until it has begun. */
  begin(ready: () => Promise<void>): Promise<void>;
  /** Everything as after the start, also what was counted; launch calls then take so long beside the work. */
  reset(callMs: number): Promise<void>;
  /** Launch calls since the reset; undefined where the cloud does not count them. */
  launchCalls(): Promise<LaunchCalls | undefined>;
  /** The cloud's own call makes one machine, whatever the batch. */
  callPerMachine?: boolean;
  /** Only where the cloud limits calls: it allows this share of what it publishes; undefined: any number. */
  throttle?(share: number | undefined): Promise<void>;
}>;
