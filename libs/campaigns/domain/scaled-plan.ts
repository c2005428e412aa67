import { reasonSentence, type CampaignInput, type Reason, type SharedPlan } from '@springtide/contracts';
import {
  SpringtideError,
  addMs,
  ceilMoney,
  decimal,
  msBetween,
  multiplyMoney,
  roundMoney,
  toInstant,
  type Decimal,
} from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';
import { outageReasons } from './plan-outages.js';

type Rehearsed = Readonly<{ campaign: CampaignInput; plan: PlanContent }>;

/** Decimal places of planned money, as in every plan. */
const PLACES = 10;
const CENTS = 2;
const LONGEST_NAME = 120;

/**
 * A share of a plan: of every pool that it buys from that share of the machines, but at least one, so that each is tried.
 * The standing fleet stays whole, so only demand beyond it is scaled. Prices, images, networks and limits are the plan's own.
 * @throws failed-precondition when the phases are not those of the plan.
 */
export function scaledPlan(
  plan: PlanContent,
  { planId, share }: SharedPlan,
  phases: PlanContent['phases'],
): PlanContent {
  if (plan.phases.map(({ name }) => name).join() !== phases.map(({ name }) => name).join()) {
    throw new SpringtideError(
      'failed-precondition',
      'the phases of this campaign are not those of the plan that it rehearses; no plan was made',
      { nextStep: 'Ask for the rehearsal again from the plan as it is now.' },
    );
  }
  const allocations = plan.allocations.map((row) => ({
    ...row,
    machines: decimal(row.machines).times(share).ceil().toNumber(),
  }));
  const content: PlanContent = {
    ...plan,
    allocations,
    phases,
    capacity: plan.capacity.map((row) => ({
      ...row,
      demand: scaledDemand(plan, row, share),
      planned: standingOf(plan, row.service) + boughtFor(plan, allocations, row),
      short: row.short * share,
    })),
    cost: roundMoney(multiplyMoney(plan.cost, costShare(plan, allocations, phases)), PLACES),
    lowerBound: null,
    gap: null,
    quality: 'scaled',
    reasons: [],
  };
  return { ...content, reasons: [originOf(planId, share), ...outageReasons(content)] };
}

type Cell = PlanContent['capacity'][number];

function standingOf({ standing }: PlanContent, service: string): number {
  return standing.find((row) => row.service === service)?.requestsPerSecond ?? 0;
}

function scaledDemand(plan: PlanContent, { service, demand }: Cell, share: number): number {
  const standing = standingOf(plan, service);
  return Math.min(demand, standing) + Math.max(0, demand - standing) * share;
}

function boughtFor({ sheets }: PlanContent, rows: PlanContent['allocations'], cell: Cell): number {
  return rows
    .filter((row) => row.service === cell.service && row.phase === cell.phase)
    .reduce((sum, { poolId, machines }) => {
      const sheet = sheets.find((one) => one.service === cell.service && one.poolId === poolId);
      return sum + machines * (sheet?.requestsPerSecond ?? 0);
    }, 0);
}

/** What the machines of the share cost for every unit that the plan's own cost; starting them is in both. */
function costShare(
  plan: PlanContent,
  allocations: PlanContent['allocations'],
  phases: PlanContent['phases'],
): Decimal {
  const whole = runningCost(plan, plan.allocations, plan.phases);
  return whole.isZero() ? decimal(0) : runningCost(plan, allocations, phases).div(whole);
}

function runningCost(
  { pools }: PlanContent,
  rows: PlanContent['allocations'],
  phases: PlanContent['phases'],
): Decimal {
  return rows.reduce((sum, { poolId, phase, machines }) => {
    const price = pools.find((pool) => pool.id === poolId)?.pricePerHour.amount ?? 0;
    const own = phases.find(({ name }) => name === phase);
    const lasts = own === undefined ? 0 : msBetween(own.startsAt, own.endsAt);
    return sum.plus(decimal(price).times(machines).times(lasts));
  }, decimal(0));
}

function originOf(planId: string, share: number): Reason {
  const code = 'rehearses';
  const params = { plan: planId, percent: percentOf(share) };
  return { code, params, text: reasonSentence({ code, params, text: code }, { language: 'en-US' }) };
}

function percentOf(share: number): string {
  return decimal(share).times(100).toString();
}

/** The campaign that rehearses a share of a plan, at another time: everything else of it is the campaign's own. */
export function sharedCampaign(
  { campaign, plan }: Rehearsed,
  shared: SharedPlan,
  startsAt: string,
): CampaignInput {
  const delay = msBetween(plan.phases[0]?.startsAt ?? startsAt, startsAt);
  const moved = (at: string) => addMs(toInstant(new Date(at)), delay);
  const phases = plan.phases.map(({ name, ...own }) => ({
    ...{ name, startsAt: moved(own.startsAt), endsAt: moved(own.endsAt) },
  }));
  const { cost, capacity } = scaledPlan(plan, shared, phases);
  const suffix = `, rehearsed at ${percentOf(shared.share)} %`;
  const { templateId, timeZone, accountIds, policy, readiness } = campaign;
  const part = decimal(plan.cost.amount).isZero() ? 0 : decimal(cost.amount).div(plan.cost.amount);
  return {
    ...{ templateId, timeZone, accountIds, policy, phases },
    ...(readiness === undefined ? {} : { readiness }),
    name: campaign.name.slice(0, LONGEST_NAME - suffix.length) + suffix,
    demand: capacity.map(({ service, phase, demand }) => ({ service, phase, requestsPerSecond: demand })),
    budget: ceilMoney(multiplyMoney(campaign.budget, part), CENTS),
    rehearses: shared,
  };
}
