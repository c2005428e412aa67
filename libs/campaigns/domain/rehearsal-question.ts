import type { CampaignInput, RehearsalStorm } from '@springtide/contracts';
import type { AccountTimes } from './account-times.js';
import type { PlanContent } from './plan-content.js';
import type { CampaignReplay } from './rehearsal-replay.js';

/** What the rehearsal must know of an account's cloud: the same limits, the same patience. */
export type RehearsedAccount = Readonly<{
  id: string;
  name: string;
  launchBatch: number;
  /** From the cloud's yes until a machine runs, as the program expects it. */
  bootMs: number;
  /** As the cloud really took, where enough of it was measured. */
  times: AccountTimes;
  rates: Readonly<Record<'read' | 'mutate', Readonly<{ burst: number; perSecond: number }>>>;
}>;

export type RehearsedRoute = Readonly<{
  name: string;
  service: string;
  home: readonly Readonly<{ id: string; address: string; port: number; machineType: string }>[];
}>;

/** Everything that a rehearsal stands on. It reaches nothing else: no cloud, no database of the installation. */
export type RehearsalQuestion = Readonly<{
  campaign: CampaignInput;
  plan: PlanContent;
  planHash: string;
  accounts: readonly RehearsedAccount[];
  routes: readonly RehearsedRoute[];
  /** What the entrance is asked for instead of the planned demand. */
  replay: CampaignReplay | null;
  storm: RehearsalStorm;
  seed: number;
}>;
