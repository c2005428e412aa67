import type { CampaignBody, PlanBody } from '@springtide/contracts';

/** Milliseconds since 1970, and requests per second from then on. */
export type Point = readonly [at: number, value: number];

export function demandSteps(campaign: CampaignBody, service: string): Point[] {
  return stepsOf(
    campaign,
    (phase) =>
      campaign.demand.find((row) => row.service === service && row.phase === phase)?.requestsPerSecond,
  );
}

export function plannedSteps(plan: PlanBody, campaign: CampaignBody, service: string): Point[] {
  return stepsOf(
    campaign,
    (phase) => plan.capacity.find((row) => row.service === service && row.phase === phase)?.planned,
  );
}

/** A step at each phase's start, and one more at the end so that the last phase has a length. */
function stepsOf(campaign: CampaignBody, valueOf: (phase: string) => number | undefined): Point[] {
  const starts = campaign.phases.map((phase): Point => [
    new Date(phase.startsAt).getTime(),
    valueOf(phase.name) ?? 0,
  ]);
  const last = campaign.phases.at(-1);
  const value = starts.at(-1)?.[1] ?? 0;
  return last ? [...starts, [new Date(last.endsAt).getTime(), value]] : starts;
}
