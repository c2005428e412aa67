import type { AccountService } from '@springtide/accounts';
import {
  RehearsalBody,
  rehearsalWorkflowId,
  type RehearsalRequest,
  type RehearsalResult,
} from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SECOND, SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { ProviderManifest, RateBudget } from '@springtide/provider-kit';
import type { RoutesService } from '@springtide/traffic';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { findCampaign } from './campaign.service.js';
import { RUN_POLICIES, type RehearsalQuestion } from './domain/index.js';
import { findPlan, requireCurrent } from './plan.service.js';

type Parts = Readonly<{
  database: Database;
  accounts: AccountService;
  routes: RoutesService;
  manifestOf: (provider: string) => ProviderManifest;
  clock: Clock;
}>;

/** Most recent rehearsals of a plan that are shown. */
const SHOWN = 50;

/** Rehearsals of plans: asked for here, lived through by a worker, kept as part of what an approver sees. */
export class RehearsalService {
  constructor(private readonly parts: Parts) {}

  /** @throws failed-precondition when the plan is not whole or not of the campaign as it is now. */
  async request(ctx: RequestContext, planId: string, asked: RehearsalRequest): Promise<RehearsalBody> {
    requirePermission(ctx, 'campaign:write');
    const { database, clock } = this.parts;
    const id = newId();
    return await database.unitOfWork(ctx, async (tx) => {
      const plan = await findPlan(tx, planId);
      requireCurrent(plan, await findCampaign(tx, plan.campaignId));
      const at = toInstant(clock.now());
      await tx.query(
        `insert into campaign_rehearsal
           (id, tenant_id, plan_id, plan_hash, storm, seed, status, requested_by, requested_at)
         values ($1, $2, $3, $4, $5, $6, 'running', $7, $8)`,
        [id, ctx.tenantId, planId, plan.hash, asked.storm, asked.seed, ctx.actor.name, at],
      );
      await recordAudit(tx, ctx, {
        action: 'rehearsal.request',
        target: { kind: 'plan', id: planId },
        after: asked,
        show: ['storm', 'seed'],
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
      const rows: unknown[] = await tx.query(
        `${SELECT} where plan_id = $1 order by requested_at desc, id limit ${SHOWN}`,
        [planId],
      );
      return rows.map((row) => bodyOf(row));
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
      storm: rehearsal.storm,
      seed: rehearsal.seed,
    };
  }

  async finish(ctx: RequestContext, id: string, result: RehearsalResult): Promise<void> {
    await this.settle(ctx, id, `status = 'done', result = $2`, JSON.stringify(result));
  }

  async fail(ctx: RequestContext, id: string, reason: string): Promise<void> {
    await this.settle(ctx, id, `status = 'failed', failure = $2`, reason);
  }

  private async settle(ctx: RequestContext, id: string, change: string, value: string): Promise<void> {
    const { database, clock } = this.parts;
    await database.unitOfWork(ctx, async (tx) => {
      await tx.query(
        `update campaign_rehearsal set ${change}, finished_at = $3 where id = $1 and status = 'running'`,
        [id, value, toInstant(clock.now())],
      );
    });
  }

  private async account(ctx: RequestContext, id: string, policy: keyof typeof RUN_POLICIES) {
    const { provider } = await this.parts.accounts.get(ctx, id);
    const { limits, rates } = this.parts.manifestOf(provider);
    return {
      id,
      launchBatch: limits.launchBatch,
      bootMs: RUN_POLICIES[policy].bootMs ?? limits.bootMs,
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

const SELECT = `select id, plan_id as "planId", plan_hash as "planHash", storm, seed, status, failure, result,
  requested_by as "requestedBy", requested_at as "requestedAt", finished_at as "finishedAt" from campaign_rehearsal`;

const instant = z.date().transform((date) => date.toISOString());
const Times = z.object({ requestedAt: instant, finishedAt: instant.nullable() });

function bodyOf(row: unknown): RehearsalBody {
  return RehearsalBody.parse({ ...(row as object), ...Times.parse(row) });
}

async function findRehearsal(tx: EntityManager, id: string): Promise<RehearsalBody> {
  const rows: unknown[] = await tx.query(`${SELECT} where id = $1`, [id]);
  if (rows[0] === undefined) throw new SpringtideError('not-found', `there is no rehearsal ${id}`);
  return bodyOf(rows[0]);
}
