import type { AccountService } from '@springtide/accounts';
import {
  rehearsalWorkflowId,
  type CampaignInput,
  type RehearsalBody,
  type RehearsalReplay,
  type RehearsalRequest,
  type RehearsalResult,
} from '@springtide/contracts';
import type { DemandService } from '@springtide/demand';
import type { EffectLedger } from '@springtide/effects';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SECOND, SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { ProviderManifest, RateBudget } from '@springtide/provider-kit';
import type { RoutesService } from '@springtide/traffic';
import { findCampaign } from './campaign.service.js';
import {
  findRehearsal,
  insertRehearsal,
  listRehearsals,
  settleRehearsal,
} from './data/rehearsal.repository.js';
import {
  RUN_POLICIES,
  accountTimes,
  campaignReplay,
  type CampaignReplay,
  type RehearsalQuestion,
} from './domain/index.js';
import { findPlan, requireCurrent } from './plan-records.js';

type Parts = Readonly<{
  database: Database;
  accounts: AccountService;
  routes: RoutesService;
  demand: DemandService;
  ledger: EffectLedger;
  manifestOf: (provider: string) => ProviderManifest;
  clock: Clock;
}>;

/** Both ways through the network of a twin; no provider declares how long its cloud thinks. */
const ASSUMED_CALL_MS = 120;

/** Rehearsals of plans: asked for here, lived through by a worker, kept as part of what an approver sees. */
export class RehearsalService {
  constructor(private readonly parts: Parts) {}

  /**
   * @throws failed-precondition when the plan is not whole or not of the campaign as it is now.
   * @throws invalid-argument when the series that is to be replayed does not fit the campaign.
   */
  async request(ctx: RequestContext, planId: string, asked: RehearsalRequest): Promise<RehearsalBody> {
    requirePermission(ctx, 'campaign:write');
    const { database, clock } = this.parts;
    const id = newId();
    const replayIn = await this.replayOf(ctx, asked.replay ?? null);
    return await database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      const campaign = await findCampaign(tx, plan.campaignId);
      requireCurrent(plan, campaign);
      replayIn(campaign.input);
      const at = toInstant(clock.now());
      const { tenantId, actor } = ctx;
      await insertRehearsal(tx, { id, tenantId, planId, planHash: plan.hash, asked, by: actor.name, at });
      await recordAudit(tx, ctx, {
        action: 'rehearsal.request',
        target: { kind: 'plan', id: planId },
        after: asked,
        show: ['storm', 'seed', 'replay', 'seriesId', 'multiple', 'historyStartsAt', 'service'],
        at,
      });
      await postToOutbox(tx, ctx.tenantId, {
        kind: 'start',
        workflow: 'rehearse',
        workflowId: rehearsalWorkflowId(id),
        input: { tenantId: ctx.tenantId, rehearsalId: id },
      });
      return await findRehearsal(tx, id);
    });
  }

  async get(ctx: RequestContext, id: string): Promise<RehearsalBody> {
    requirePermission(ctx, 'campaign:read');
    return await this.parts.database.unitOfWork(ctx, async (tx) => await findRehearsal(tx, id));
  }

  /** Newest first. */
  async list(ctx: RequestContext, planId: string): Promise<readonly RehearsalBody[]> {
    requirePermission(ctx, 'campaign:read');
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      await findPlan(tx, planId);
      return await listRehearsals(tx, planId);
    });
  }

  /** For the workflow: everything that the rehearsal stands on, read once. */
  async question(ctx: RequestContext, id: string): Promise<RehearsalQuestion> {
    const { database, routes } = this.parts;
    const { rehearsal, plan, campaign } = await database.unitOfWork(ctx, async (tx) => {
      const found = await findRehearsal(tx, id);
      const row = await findPlan(tx, found.planId);
      return { rehearsal: found, plan: row, campaign: await findCampaign(tx, row.campaignId) };
    });
    if (plan.content === null || plan.hash !== rehearsal.planHash)
      throw new SpringtideError('failed-precondition', 'the plan changed since its rehearsal was asked for');
    const { content, hash } = plan;
    const used = [...new Set(content.pools.map((pool) => pool.accountId))];
    return {
      campaign: campaign.input,
      plan: content,
      planHash: hash,
      accounts: await Promise.all(
        used.map(async (account) => await this.account(ctx, account, campaign.input.policy)),
      ),
      routes: await Promise.all(
        content.services.map(async (service) => {
          const { name, home } = await routes.getByName(ctx, service.route);
          return { name, service: service.name, home: [...home] };
        }),
      ),
      replay: (await this.replayOf(ctx, rehearsal.replay))(campaign.input),
      storm: rehearsal.storm,
      seed: rehearsal.seed,
    };
  }

  async finish(ctx: RequestContext, id: string, result: RehearsalResult): Promise<void> {
    await this.settle(ctx, id, result);
  }

  async fail(ctx: RequestContext, id: string, reason: string): Promise<void> {
    await this.settle(ctx, id, { failure: reason });
  }

  private async settle(
    ctx: RequestContext,
    id: string,
    outcome: RehearsalResult | Readonly<{ failure: string }>,
  ): Promise<void> {
    const { database, clock } = this.parts;
    await database.unitOfWork(ctx, async (tx) => {
      await settleRehearsal(tx, id, outcome, toInstant(clock.now()));
    });
  }

  private async replayOf(
    ctx: RequestContext,
    asked: RehearsalReplay | null,
  ): Promise<(campaign: CampaignInput) => CampaignReplay | null> {
    if (asked === null) return () => null;
    const { summary, series } = await this.parts.demand.get(ctx, asked.seriesId);
    return (campaign) => campaignReplay(campaign, { name: summary.name, series }, asked);
  }

  private async account(ctx: RequestContext, id: string, policy: keyof typeof RUN_POLICIES) {
    const { name, provider } = await this.parts.accounts.get(ctx, id);
    const { limits, rates } = this.parts.manifestOf(provider);
    const bootMs = RUN_POLICIES[policy].bootMs ?? limits.bootMs;
    const bought = await this.parts.ledger.listIntents(ctx.tenantId, { kind: 'create', accountId: id });
    return {
      ...{ id, name, launchBatch: limits.launchBatch, bootMs },
      times: accountTimes(bought, { bootMs, createCallMs: ASSUMED_CALL_MS }),
      rates: { read: bucketOf(rates.read), mutate: bucketOf(rates.mutate) },
    };
  }
}

/** Simulated clouds count in buckets: a window lets its whole content through at once as well, a queue what fits in a second. */
function bucketOf(budget: RateBudget) {
  if ('burst' in budget) return { burst: budget.burst, perSecond: budget.perSecond };
  if ('most' in budget) return { burst: budget.most, perSecond: (budget.most * SECOND) / budget.everyMs };
  return { burst: budget.atOnce, perSecond: (budget.atOnce * SECOND) / budget.typicalMs };
}
