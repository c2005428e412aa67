import type { CampaignInput, Phase, RehearsalReplay, ReplayedSeries } from '@springtide/contracts';
import { demandAt, replayOf, type DemandSeries } from '@springtide/demand/domain';
import { SpringtideError, addMs, msBetween } from '@springtide/kernel';

/** A recorded series as it was laid onto a campaign. */
export type CampaignReplay = Readonly<{
  told: ReplayedSeries;
  /** Requests per second in the campaign's own time, multiple included. */
  demand: DemandSeries;
}>;

type Recorded = Readonly<{ name: string; series: DemandSeries }>;

/** @throws invalid-argument when the campaign has no such service, plans nothing for it, or outlasts the series. */
export function campaignReplay(
  campaign: CampaignInput,
  { name, series }: Recorded,
  asked: RehearsalReplay,
): CampaignReplay {
  const service = asked.service ?? null;
  const planned = campaign.demand.filter((row) => service === null || row.service === service);
  if (planned.every(({ requestsPerSecond }) => requestsPerSecond === 0)) throw notPlanned(service);
  const peak = peakPhase(campaign);
  const stage = {
    startsAt: campaign.phases[0]?.startsAt ?? peak.startsAt,
    endsAt: campaign.phases.at(-1)?.endsAt ?? peak.endsAt,
    peakAt: addMs(peak.startsAt, msBetween(peak.startsAt, peak.endsAt) / 2),
  };
  const { demand, highest, ...laid } = replayOf(series, stage, asked);
  const perPhase = Map.groupBy(planned, ({ phase }) => phase);
  return {
    demand,
    told: {
      ...{ seriesId: asked.seriesId, name, multiple: asked.multiple, service, ...laid },
      highestRps: highest,
      plannedHighestRps: Math.max(...[...perPhase.values()].map(sumOf)),
    },
  };
}

/** What a service is asked for at a moment of the campaign: by the replay where that drives it, else as planned. */
export function demandOfService(
  campaign: CampaignInput,
  replay: CampaignReplay | null,
  service: string,
  ms: number,
): number {
  const phase = campaign.phases.find(
    ({ startsAt, endsAt }) => Date.parse(startsAt) <= ms && ms < Date.parse(endsAt),
  );
  if (phase === undefined) return 0;
  const planned = campaign.demand.filter((row) => row.phase === phase.name);
  const own = sumOf(planned.filter((row) => row.service === service));
  if (replay === null) return own;
  const replayed = demandAt(replay.demand, ms);
  if (replay.told.service !== null) return replay.told.service === service ? replayed : own;
  return replayed * shareOf(campaign, planned, service);
}

type Rows = CampaignInput['demand'];

/** In a phase for which nothing is planned, the part of the whole campaign's demand. */
function shareOf(campaign: CampaignInput, planned: Rows, service: string): number {
  const rows = sumOf(planned) > 0 ? planned : campaign.demand;
  return sumOf(rows.filter((row) => row.service === service)) / sumOf(rows);
}

function sumOf(rows: Rows): number {
  return rows.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
}

/** The phase of that name, or the one for which most is planned. */
function peakPhase({ phases, demand }: CampaignInput): Phase {
  const most = (name: string) => sumOf(demand.filter(({ phase }) => phase === name));
  const named = phases.find(({ name }) => name === 'peak');
  const [highest] = phases.toSorted((a, b) => most(b.name) - most(a.name));
  const phase = named ?? highest;
  if (phase === undefined) throw new Error('a campaign has phases');
  return phase;
}

function notPlanned(service: string | null): SpringtideError {
  const what = service === null ? 'the campaign' : `service "${service}"`;
  return new SpringtideError(
    'invalid-argument',
    `nothing is planned for ${what}, so there is nothing that a recorded series could be held against; nothing was rehearsed`,
    { nextStep: 'Name a service of the campaign that has demand.' },
  );
}
