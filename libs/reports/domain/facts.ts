import type { ApprovalBody, CampaignInput, PlanPool, TimelineEntry } from '@springtide/contracts';
import type { Intent } from '@springtide/effects/domain';
import type { Instant, Money } from '@springtide/kernel';

/** The part of an approved plan that a run is held against. */
export type ReportedPlan = Readonly<{
  id: string;
  hash: string;
  cost: Money;
  leadMs: number;
  pools: readonly PlanPool[];
  allocations: readonly Readonly<{ service: string; poolId: string; phase: string; machines: number }>[];
  sheets: readonly Readonly<{ service: string; poolId: string; requestsPerSecond: number }>[];
  standing: readonly Readonly<{ service: string; machines: number; requestsPerSecond: number }>[];
  services: readonly Readonly<{ name: string }>[];
}>;

export type DemandReading = Readonly<{ at: Instant; requestsPerSecond: number }>;

/** Everything that a report is made of: the same facts give the same report, to the last digit. */
export type ReportFacts = Readonly<{
  campaignId: string;
  name: string;
  author: string;
  input: CampaignInput;
  runId: string;
  state: string;
  startedAt: Instant;
  closedAt: Instant | null;
  phases: CampaignInput['phases'];
  plan: ReportedPlan;
  approval: ApprovalBody | null;
  timeline: readonly TimelineEntry[];
  readings: ReadonlyMap<string, readonly DemandReading[]>;
  /** Every create of the run. */
  intents: readonly Intent[];
  /** Until when what still runs is counted: the close, or now. */
  until: Instant;
}>;
