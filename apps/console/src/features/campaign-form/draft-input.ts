import type { CampaignInput, DemandReference, PhaseName } from '@springtide/contracts';
import { NO_DEMAND, spansOf, type Draft, type DraftDemand } from './draft.js';
import { instantOf } from './zone-time.js';

/** What is sent. Only of a draft without faults is it what was entered. */
export function inputOf(draft: Draft, services: readonly string[]): CampaignInput {
  const { name, templateId, timeZone, budget, currency, accountIds, rehearses } = draft;
  const { policy, readiness, rehearsal, belowPlan, follows } = draft;
  const demandFrom = services.flatMap((service) => referenceOf(draft, service) ?? []);
  return {
    ...{ name: name.trim(), templateId: templateId ?? '', timeZone },
    phases: spansOf(draft).map((span) => ({
      name: span.name,
      startsAt: new Date(span.from).toISOString(),
      endsAt: new Date(span.until).toISOString(),
    })),
    demand: services.flatMap((service) => rowsOf(draft, service)),
    ...(demandFrom.length > 0 && { demandFrom }),
    budget: { currency, amount: budget.trim() },
    accountIds: [...accountIds],
    ...{ policy, readiness, rehearsal, belowPlan, follows },
    lateStart: { policy: draft.lateStart, afterMinutes: Number(draft.lateAfter) },
    ...(rehearses && { rehearses }),
  };
}

export function demandFor(draft: Draft, service: string): DraftDemand {
  return draft.demand[service] ?? NO_DEMAND;
}

export function withDemand(draft: Draft, service: string, change: Partial<DraftDemand>): Draft {
  return { ...draft, demand: { ...draft.demand, [service]: { ...demandFor(draft, service), ...change } } };
}

function rowsOf(draft: Draft, service: string): CampaignInput['demand'] {
  const { from, typed } = demandFor(draft, service);
  if (from === 'history') return [];
  return draft.phases.flatMap(({ name: phase }) => {
    const text = typed[phase]?.trim() ?? '';
    return text === '' ? [] : [{ service, phase, requestsPerSecond: Number(text) }];
  });
}

/** Undefined where the demand is typed, or the history is not whole. */
export function referenceOf(draft: Draft, service: string): DemandReference | undefined {
  const { from, history } = demandFor(draft, service);
  const { seriesId, startsAt, multiple: times, quantile, levelSigma } = history;
  const instant = instantOf(startsAt, draft.timeZone);
  const multiple = Number(times);
  if (from !== 'history' || seriesId === null || instant === undefined || !isMultiple(times))
    return undefined;
  const historyStartsAt = new Date(instant).toISOString();
  return { service, seriesId, historyStartsAt, multiple, quantile, levelSigma };
}

const MOST_TIMES = 10_000;

export function isMultiple(text: string): boolean {
  const multiple = Number(text);
  return text.trim() !== '' && multiple > 0 && multiple <= MOST_TIMES;
}

type Shares = ReadonlyMap<PhaseName, number>;

/** The other phases of a service from its peak, in the usual course. */
export function spreadPeak(draft: Draft, service: string, shares: Shares): Draft {
  const { typed } = demandFor(draft, service);
  const peak = Number(typed.peak);
  const spread = draft.phases.map(({ name }) => {
    const share = shares.get(name);
    const kept = name === 'peak' || share === undefined;
    return [name, kept ? typed[name] : String(Math.round(peak * share * 100) / 100)] as const;
  });
  return withDemand(draft, service, { typed: { ...typed, ...Object.fromEntries(spread) } });
}
