import type { CampaignInput, RehearsalStorm } from '@springtide/contracts';
import type { PlanContent } from './plan-content.js';

/** What the rehearsal must know of an account's cloud: the same limits, the same patience. */
export type RehearsedAccount = Readonly<{
  id: string;
  launchBatch: number;
  /** From the order until a machine runs, as it was measured or is declared. */
  bootMs: number;
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
  storm: RehearsalStorm;
  seed: number;
}>;
