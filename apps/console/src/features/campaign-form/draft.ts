import {
  PHASE_NAMES,
  type CampaignBody,
  type CampaignInput,
  type LateStart,
  type PhaseName,
} from '@springtide/contracts';
import { instantOf, wallOf } from './zone-time.js';

const UNIT_MS = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export type LengthUnit = keyof typeof UNIT_MS;
export const LENGTH_UNITS = ['seconds', 'minutes', 'hours', 'days'] as const satisfies readonly LengthUnit[];

export type DraftPhase = Readonly<{ name: PhaseName; length: string; unit: LengthUnit }>;

export type DraftHistory = Readonly<{
  seriesId: string | null;
  /** In the campaign's zone: what corresponds to its start. */
  startsAt: string;
  multiple: string;
  quantile: 'p50' | 'p90' | 'p99';
  levelSigma: number;
}>;

/** Demand of one service: typed for each phase, or as it once was. What the other way holds is kept meanwhile. */
export type DraftDemand = Readonly<{
  from: 'typed' | 'history';
  typed: Readonly<Partial<Record<PhaseName, string>>>;
  history: DraftHistory;
}>;

/** A campaign as it is being entered: everything as it was typed, whether it can be sent or not. */
export type Draft = Readonly<{
  name: string;
  timeZone: string;
  startsAt: string;
  phases: readonly DraftPhase[];
  templateId: string | null;
  /** By service; those that the template does not have are kept and not sent. */
  demand: Readonly<Record<string, DraftDemand>>;
  budget: string;
  currency: string;
  accountIds: readonly string[];
  /** What becomes of phases whose start came too late, and after how many minutes it did. */
  lateStart: LateStart['policy'];
  lateAfter: string;
}> &
  Readonly<Required<Pick<CampaignInput, 'policy' | 'readiness' | 'rehearsal' | 'belowPlan' | 'follows'>>> &
  Readonly<Pick<CampaignInput, 'rehearses'>>;

/** The usual course of a sale at midnight. */
const USUAL: readonly DraftPhase[] = [
  { name: 'prewarm', length: '90', unit: 'minutes' },
  { name: 'ramp', length: '30', unit: 'minutes' },
  { name: 'peak', length: '1', unit: 'hours' },
  { name: 'plateau', length: '21', unit: 'hours' },
  { name: 'decay', length: '4', unit: 'hours' },
];

export const NO_DEMAND: DraftDemand = {
  from: 'typed',
  typed: {},
  history: { seriesId: null, startsAt: '', multiple: '1', quantile: 'p90', levelSigma: 0.2 },
};

export function emptyDraft(timeZone: string): Draft {
  return {
    ...{ name: '', timeZone, startsAt: '', phases: USUAL, templateId: null, demand: {} },
    ...{ budget: '', currency: 'CNY', accountIds: [], policy: 'standard' },
    ...{ readiness: 'required', rehearsal: 'advisory', belowPlan: 'keep', follows: 'plan' },
    ...{ lateStart: 'start', lateAfter: '15' },
  };
}

export function draftOf(campaign: CampaignInput): Draft {
  const { name, timeZone, phases, templateId, budget, accountIds, policy, rehearses } = campaign;
  const first = phases[0];
  return {
    ...{ name, timeZone, templateId, accountIds, policy },
    startsAt: first ? wallOf(Date.parse(first.startsAt), timeZone) : '',
    phases: phases.map((phase) => ({
      name: phase.name,
      ...lengthOf(Date.parse(phase.endsAt) - Date.parse(phase.startsAt)),
    })),
    demand: demandOf(campaign),
    budget: budget.amount,
    currency: budget.currency,
    readiness: campaign.readiness ?? (policy === 'demo' ? 'advisory' : 'required'),
    rehearsal: campaign.rehearsal ?? 'advisory',
    belowPlan: campaign.belowPlan ?? 'keep',
    follows: campaign.follows ?? 'plan',
    lateStart: campaign.lateStart?.policy ?? 'start',
    lateAfter: String(campaign.lateStart?.afterMinutes ?? 15),
    ...(rehearses && { rehearses }),
  };
}

/** The same a year later, or as many as it takes to lie ahead; a rehearsal of another plan is none any more. */
export function copyOf(campaign: CampaignBody, nowMs: number): Draft {
  const { rehearses: _, ...draft } = draftOf(campaign);
  let { startsAt } = draft;
  for (let years = 0; years < 100; years += 1) {
    if ((instantOf(startsAt, draft.timeZone) ?? nowMs) > nowMs) break;
    startsAt = `${Number(startsAt.slice(0, 4)) + 1}${startsAt.slice(4)}`;
  }
  return { ...draft, startsAt };
}

function demandOf({ demand, demandFrom = [], timeZone }: CampaignInput): Draft['demand'] {
  const drafts: Record<string, DraftDemand> = {};
  for (const { service, phase, requestsPerSecond } of demand) {
    const before = drafts[service] ?? NO_DEMAND;
    drafts[service] = { ...before, typed: { ...before.typed, [phase]: String(requestsPerSecond) } };
  }
  for (const { service, seriesId, historyStartsAt, multiple, quantile, levelSigma } of demandFrom) {
    const startsAt = wallOf(Date.parse(historyStartsAt), timeZone);
    const history = { seriesId, startsAt, multiple: String(multiple), quantile, levelSigma };
    drafts[service] = { ...(drafts[service] ?? NO_DEMAND), from: 'history', history };
  }
  return drafts;
}

/** In the largest unit in which it is easily read; no part of it is lost. */
export function lengthOf(ms: number): Pick<DraftPhase, 'length' | 'unit'> {
  const half = UNIT_MS.hours / 2;
  if (ms % UNIT_MS.days === 0) return { length: String(ms / UNIT_MS.days), unit: 'days' };
  if (ms > half && ms % half === 0) return { length: String(ms / UNIT_MS.hours), unit: 'hours' };
  if (ms % UNIT_MS.minutes === 0) return { length: String(ms / UNIT_MS.minutes), unit: 'minutes' };
  return { length: String(ms / UNIT_MS.seconds), unit: 'seconds' };
}

export function lengthMs({ length, unit }: DraftPhase): number | undefined {
  const ms = Math.round(Number(length) * UNIT_MS[unit]);
  return length.trim() !== '' && Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

export type PhaseSpan = Readonly<{ name: PhaseName; from: number; until: number }>;

/** When the phases are, as far as that is known: none without a start, and none after a length that is none. */
export function spansOf({ startsAt, timeZone, phases }: Pick<Draft, 'startsAt' | 'timeZone' | 'phases'>) {
  const spans: PhaseSpan[] = [];
  let from = instantOf(startsAt, timeZone);
  for (const phase of phases) {
    const ms = lengthMs(phase);
    if (from === undefined || ms === undefined) break;
    spans.push({ name: phase.name, from, until: from + ms });
    from += ms;
  }
  return spans as readonly PhaseSpan[];
}

/** Puts a phase into the time line, at its usual place, or takes it out. */
export function withPhase(phases: readonly DraftPhase[], name: PhaseName, used: boolean) {
  const rest = phases.filter((phase) => phase.name !== name);
  if (!used) return rest;
  const added = USUAL.find((phase) => phase.name === name) ?? { name, length: '1', unit: 'hours' as const };
  const place = (one: PhaseName): number => PHASE_NAMES.indexOf(one);
  const behind = rest.findIndex((phase) => place(phase.name) > place(name));
  return behind < 0 ? [...rest, added] : rest.toSpliced(behind, 0, added);
}
