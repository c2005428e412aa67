import type { AccountService, CloudAccount } from '@springtide/accounts';
import {
  capacityFor,
  type MarketSnapshot,
  type TemplateService as TemplateServiceSheet,
} from '@springtide/catalog/domain';
import type { LinkService, MarketService, TemplateService } from '@springtide/catalog';
import type { CampaignInput, PlanWhatIf } from '@springtide/contracts';
import { SECOND, SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { findRelief, reliefReasons, solvePlan, type CapacityPlan } from '@springtide/planning';
import { reasonText, type PlanningProblem } from '@springtide/planning/domain';
import type { RequestContext } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import type { RoutesService } from '@springtide/traffic';
import { apiLeadMs, apiTimeReasons, launchBudgets } from './api-time.js';
import {
  RUN_POLICIES,
  bootMsOf,
  clashReasons,
  heldBy,
  orderWindows,
  outageReasons,
  planContent,
  planningProblem,
  summaryReason,
  withOneBudget,
  windowsOf,
  type PlanContent,
  type PlanQuestion,
  type PlanTimes,
  type Standing,
} from './domain/index.js';
import type { PlanFacts } from './plan-facts.service.js';

type Parts = Readonly<{
  accounts: AccountService;
  market: MarketService;
  templates: TemplateService;
  links: LinkService;
  routes: RoutesService;
  facts: PlanFacts;
  manifestOf: (provider: string) => ProviderManifest;
  clock: Clock;
}>;

/** A campaign that a plan is made of; its own promises are not in its way. */
type Asked = Readonly<{ id: string; input: CampaignInput }>;

type CloudRegion = PlanWhatIf['excludeRegions'][number];

/** The longest a solver may think before the greedy plan is taken. */
const SOLVER_DEADLINE_MS = 20_000;
/** Somebody waits in front of a screen. */
const WHAT_IF_DEADLINE_MS = 3_000;

/** Gathers what a plan depends on, asks the planner, and puts its answer into the campaign's words. */
export class PlanSolver {
  constructor(private readonly parts: Parts) {}

  /** @throws unavailable or failed-precondition when an account could not be read: a plan on old prices is no plan. */
  async refreshMarket(ctx: RequestContext, accountIds: readonly string[]): Promise<void> {
    for (const accountId of accountIds) {
      const reports = await this.parts.market.refreshOfferings(ctx, accountId);
      const failed = reports.find((report) => !report.complete);
      if (failed === undefined) continue;
      const account = await this.parts.accounts.get(ctx, accountId);
      throw new SpringtideError(
        'unavailable',
        `prices and stock of "${account.name}" in ${failed.region} could not be read completely (${failed.reason ?? 'cut off'}); no plan was made`,
        { effect: 'none', nextStep: 'Verify the account, or plan without it.' },
      );
    }
  }

  /** The market that it was solved at is kept with it, as its evidence. */
  async solve(ctx: RequestContext, campaign: Asked): Promise<PlanContent> {
    const market = await this.parts.market.takeMarketSnapshot(ctx, campaign.input.accountIds);
    return await this.solveAt(ctx, campaign, market, SOLVER_DEADLINE_MS);
  }

  /**
   * At the prices known now, in seconds, for somebody who only asks: no market is kept for it.
   * @param without regions and zones whose offerings are left out, as if the clouds had none there.
   */
  async solveUnkept(
    ctx: RequestContext,
    campaign: Asked,
    without: readonly CloudRegion[],
  ): Promise<PlanContent> {
    const whole = await this.parts.market.viewMarket(ctx, campaign.input.accountIds);
    const market = { ...whole, offerings: whole.offerings.filter((one) => !isWithin(one, without)) };
    const content = await this.solveAt(ctx, campaign, market, WHAT_IF_DEADLINE_MS);
    return { ...content, marketSnapshotId: null };
  }

  private async solveAt(
    ctx: RequestContext,
    campaign: Asked,
    market: MarketSnapshot,
    deadlineMs: number,
  ): Promise<PlanContent> {
    const { manifestOf } = this.parts;
    const question = await this.question(ctx, campaign, market);
    const setup = planningProblem(question);
    const answer = await solvePlan(setup.problem, { deadlineMs, handOver: 'never' });
    const content = planContent(question, setup, answer);
    // Known only now: how long it takes depends on where the machines are bought.
    const bootMs = Math.max(0, ...content.pools.map((pool) => bootMsOf(question.times, pool)));
    const leadMs = content.leadMs + bootMs + apiLeadMs(content, manifestOf);
    const reasons = withOneBudget([
      summaryReason(content, campaign.input.budget),
      ...(await this.routeReasons(ctx, campaign, { ...content, leadMs })),
      ...(await reliefFor(setup.problem, answer, deadlineMs)),
      ...content.reasons,
      ...outageReasons(content),
      ...apiTimeReasons(content, manifestOf),
    ]);
    return { ...content, reasons, leadMs };
  }

  /** Campaigns that would be in the way of this one at its entrances. */
  private async routeReasons(
    ctx: RequestContext,
    { id, input }: Asked,
    { services, leadMs }: Pick<PlanContent, 'services' | 'leadMs'>,
  ): Promise<readonly PlanContent['reasons'][number][]> {
    const { name, follows, phases, policy } = input;
    const routes = services.map(({ route }) => route);
    const others = await this.parts.facts.routeHolders(ctx, id, routes);
    const own = { name, follows: follows === 'strategies', phases, leadMs };
    return clashReasons(own, others, RUN_POLICIES[policy].yieldMs, toInstant(this.parts.clock.now()));
  }

  private async question(
    ctx: RequestContext,
    { id, input: campaign }: Asked,
    market: MarketSnapshot,
  ): Promise<PlanQuestion> {
    const { accounts: all, facts, manifestOf } = this.parts;
    const { document } = await this.parts.templates.getById(ctx, campaign.templateId);
    const accounts = await Promise.all(campaign.accountIds.map(async (one) => await all.get(ctx, one)));
    const { services } = document;
    const policy = RUN_POLICIES[campaign.policy];
    const times = await this.times(ctx, campaign, accounts, services);
    const readyMs = times.warmUpMs + policy.bakeMs * policy.shiftFractions.length + policy.marginMs;
    const slowest = Math.max(0, ...times.declared.values(), ...times.measured.map(({ p90Ms }) => p90Ms));
    const holders = await facts.holders(ctx, { campaignId: id, asOf: market.takenAt });
    const reach = { leadMs: slowest + readyMs, drainMs: policy.drainMs };
    return {
      campaign,
      services,
      market,
      accounts: accounts.map(({ id: accountId, name, provider }) => ({
        ...{ id: accountId, name, provider },
        launchBatch: manifestOf(provider).limits.launchBatch,
      })),
      standing: await this.standing(ctx, services),
      times,
      readyMs,
      drainMs: policy.drainMs,
      held: heldBy(holders, windowsOf(campaign.phases, reach)),
      links: await this.parts.links.list(ctx),
      launches: launchBudgets(accounts, market, manifestOf, orderWindows(times, campaign.phases)),
    };
  }

  /** A policy that compresses waits fixes how long machines take; elsewhere what was measured counts. */
  private async times(
    ctx: RequestContext,
    campaign: CampaignInput,
    accounts: readonly CloudAccount[],
    services: readonly TemplateServiceSheet[],
  ): Promise<PlanTimes> {
    const { facts, manifestOf, clock } = this.parts;
    const { bootMs } = RUN_POLICIES[campaign.policy];
    const orderedAt = toInstant(clock.now());
    const declared = accounts.map(
      ({ id, provider }) => [id, bootMs ?? manifestOf(provider).limits.bootMs] as const,
    );
    return {
      orderedAt,
      declared: new Map(declared),
      measured: bootMs === null ? await facts.boots(ctx, campaign.accountIds, orderedAt) : [],
      warmUpMs: Math.max(0, ...services.map((service) => service.warmUpSeconds)) * SECOND,
    };
  }

  /** What serves each service permanently, by the home group of its route. */
  private async standing(
    ctx: RequestContext,
    services: readonly TemplateServiceSheet[],
  ): Promise<readonly Standing[]> {
    const rows = services.map(async (service) => {
      const route = await this.parts.routes.getByName(ctx, service.route);
      const capacities = route.home.map((member) => standingCapacity(service, member.machineType));
      return {
        service: service.name,
        machines: route.home.length,
        requestsPerSecond: capacities.reduce((sum, capacity) => sum + capacity, 0),
      };
    });
    return await Promise.all(rows);
  }
}

function isWithin(
  { accountId, region, zone }: MarketSnapshot['offerings'][number],
  regions: readonly CloudRegion[],
): boolean {
  return regions.some(
    (one) =>
      one.accountId === accountId && one.region === region && (one.zone === undefined || one.zone === zone),
  );
}

/** What would have to give so that nothing is missing; nothing for a plan that misses nothing. */
async function reliefFor(
  problem: PlanningProblem,
  answer: CapacityPlan,
  deadlineMs: number,
): Promise<PlanContent['reasons']> {
  if (answer.shortage.length === 0) return [];
  const reliefs = await findRelief(problem, answer, deadlineMs / 2);
  return reliefReasons(reliefs, problem.currency).map((reason) => ({
    code: reason.code,
    params: { ...reason.params },
    text: reasonText(reason, 'en-US'),
  }));
}

/** @throws failed-precondition when nothing was measured for a machine that serves already. */
export function standingCapacity(service: TemplateServiceSheet, machineType: string): number {
  const found = capacityFor(service, { machineType, family: '', vcpu: 0 });
  if (found !== undefined) return found.requestsPerSecond;
  throw new SpringtideError(
    'failed-precondition',
    `the capacity of standing machine type "${machineType}" was never measured for service "${service.name}"; no plan was made`,
    { nextStep: 'Measure it and add it to the template’s capacity model.' },
  );
}
