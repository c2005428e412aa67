import type { CampaignInput, PlanComparison, PlanSide, PlanWhatIf } from '@springtide/contracts';
import { SpringtideError, compareMoney, subtractMoney, zero } from '@springtide/kernel';
import type { PlanContent } from './plan-content.js';

/** A plan's content with what names it; a what-if has neither id nor revision. */
export type ComparedPlan = Readonly<{
  planId: string | null;
  revision: number | null;
  hash: string;
  content: PlanContent;
}>;

/** @throws failed-precondition when the two are not in one currency. */
export function comparePlans(before: ComparedPlan, after: ComparedPlan): PlanComparison {
  const [from, to] = [before.content, after.content];
  if (from.cost.currency !== to.cost.currency) {
    throw new SpringtideError(
      'failed-precondition',
      `one plan is in ${from.cost.currency}, the other in ${to.cost.currency}; they were not compared`,
      { nextStep: 'Compare plans of campaigns that are budgeted in one currency.' },
    );
  }
  return {
    before: sideOf(before),
    after: sideOf(after),
    costDifference: subtractMoney(to.cost, from.cost),
    phases: phaseByPhase(from, to),
    pools: changedPools(from, to),
    shortage: changedShortage(from, to),
    reasons: [...to.reasons],
  };
}

function sideOf({ planId, revision, hash, content }: ComparedPlan): PlanSide {
  const perPhase = content.phases.map(({ name }) =>
    content.allocations.filter((row) => row.phase === name).reduce((sum, row) => sum + row.machines, 0),
  );
  const worst = Map.groupBy(content.capacity, (row) => row.service);
  return {
    planId,
    revision,
    hash,
    cost: content.cost,
    gap: content.gap,
    peakMachines: Math.max(0, ...perPhase),
    short: [...worst.values()].reduce((sum, rows) => sum + Math.max(0, ...rows.map((row) => row.short)), 0),
  };
}

/** A phase that only one of them has is empty in the other. */
function phaseByPhase(from: PlanContent, to: PlanContent): PlanComparison['phases'] {
  const names = new Set([...from.phases, ...to.phases].map(({ name }) => name));
  return [...names].map((phase) => {
    const [before, after] = [inPhase(from, phase), inPhase(to, phase)];
    return {
      phase,
      ...{ machinesBefore: before.machines, machinesAfter: after.machines },
      ...{ demandBefore: before.demand, demandAfter: after.demand },
      ...{ shortBefore: before.short, shortAfter: after.short },
    };
  });
}

function inPhase(content: PlanContent, phase: PlanContent['phases'][number]['name']) {
  const capacity = content.capacity.filter((row) => row.phase === phase);
  return {
    machines: content.allocations
      .filter((row) => row.phase === phase)
      .reduce((sum, row) => sum + row.machines, 0),
    demand: capacity.reduce((sum, row) => sum + row.demand, 0),
    short: capacity.reduce((sum, row) => sum + row.short, 0),
  };
}

function changedPools(from: PlanContent, to: PlanContent): PlanComparison['pools'] {
  const pools = new Map([...from.pools, ...to.pools].map((pool) => [pool.id, pool]));
  return [...pools.values()]
    .map((pool) => ({
      poolId: pool.id,
      accountName: pool.accountName,
      machinesBefore: mostMachines(from, pool.id),
      machinesAfter: mostMachines(to, pool.id),
    }))
    .filter((row) => row.machinesBefore !== row.machinesAfter)
    .toSorted(
      (a, b) =>
        Math.abs(b.machinesAfter - b.machinesBefore) - Math.abs(a.machinesAfter - a.machinesBefore) ||
        (a.poolId < b.poolId ? -1 : 1),
    );
}

function mostMachines(content: PlanContent, poolId: string): number {
  const perPhase = content.phases.map(({ name }) =>
    content.allocations
      .filter((row) => row.poolId === poolId && row.phase === name)
      .reduce((sum, row) => sum + row.machines, 0),
  );
  return Math.max(0, ...perPhase);
}

function changedShortage(from: PlanContent, to: PlanContent): PlanComparison['shortage'] {
  const shortIn = (content: PlanContent, service: string, phase: string) =>
    content.capacity.find((row) => row.service === service && row.phase === phase)?.short ?? 0;
  const cells = new Map(
    [...from.capacity, ...to.capacity].map((row) => [JSON.stringify([row.service, row.phase]), row]),
  );
  return [...cells.values()]
    .map(({ service, phase }) => ({
      service,
      phase,
      shortBefore: shortIn(from, service, phase),
      shortAfter: shortIn(to, service, phase),
    }))
    .filter((row) => row.shortBefore !== row.shortAfter);
}

/**
 * The campaign as a what-if has it.
 * @throws invalid-argument when nothing would be different, no cloud would be left, or a cloud or budget makes no sense.
 */
export function changedCampaign(campaign: CampaignInput, change: PlanWhatIf): CampaignInput {
  const { demandFactor = 1, budget = campaign.budget, excludeAccountIds } = change;
  const excluded = new Set(excludeAccountIds);
  requireOwnPlan(campaign);
  requireOwn(campaign, [...excludeAccountIds, ...change.excludeRegions.map(({ accountId }) => accountId)]);
  const accountIds = campaign.accountIds.filter((id) => !excluded.has(id));
  const isSame =
    demandFactor === 1 &&
    change.budget === undefined &&
    accountIds.length === campaign.accountIds.length &&
    change.excludeRegions.length === 0;
  if (isSame) {
    throw new SpringtideError(
      'invalid-argument',
      'nothing would be different: no demand factor, no budget, no zone, region or cloud of this campaign was named; nothing was planned',
      { nextStep: 'Give a demand factor, a budget, or a cloud, region or zone to do without.' },
    );
  }
  if (accountIds.length === 0) {
    throw new SpringtideError(
      'invalid-argument',
      'no cloud would be left to plan with; nothing was planned',
      { nextStep: 'Leave at least one of the campaign’s clouds in.' },
    );
  }
  if (budget.currency !== campaign.budget.currency) {
    throw new SpringtideError(
      'invalid-argument',
      `the campaign is budgeted in ${campaign.budget.currency}, this budget is in ${budget.currency}; nothing was planned`,
      { nextStep: `Give the budget in ${campaign.budget.currency}.` },
    );
  }
  if (compareMoney(budget, zero(budget.currency)) < 0) {
    throw new SpringtideError(
      'invalid-argument',
      `a budget of ${budget.amount} ${budget.currency} is below zero; nothing was planned`,
      { nextStep: 'Give an amount of zero or more.' },
    );
  }
  return {
    ...campaign,
    budget,
    accountIds,
    demand: campaign.demand.map((row) => ({
      ...row,
      requestsPerSecond: row.requestsPerSecond * demandFactor,
    })),
  };
}

/** A share of another plan is not solved, so nothing could come of a change. */
function requireOwnPlan({ rehearses }: CampaignInput): void {
  if (rehearses === undefined) return;
  throw new SpringtideError(
    'failed-precondition',
    'this plan is a share of another one, which it rehearses; nothing was planned',
    { nextStep: `Ask about plan ${rehearses.planId} instead.` },
  );
}

/** A cloud that is not in it, perhaps mistyped, would be done without by doing nothing. */
function requireOwn(campaign: CampaignInput, excluded: readonly string[]): void {
  const foreign = excluded.filter((id) => !campaign.accountIds.includes(id));
  if (foreign.length === 0) return;
  throw new SpringtideError(
    'invalid-argument',
    `the campaign does not plan with ${foreign.join(', ')}, so nothing changes without it; nothing was planned`,
    { nextStep: 'Name clouds of this campaign.' },
  );
}
