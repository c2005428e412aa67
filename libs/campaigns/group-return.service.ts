import { asTold, sentence, type Envelope, type ScalingRestBody } from '@springtide/contracts';
import { effectTransaction } from '@springtide/effects';
import type { Mandate } from '@springtide/effects/domain';
import { recordAudit, type ApprovalService } from '@springtide/identity';
import type { Approval } from '@springtide/identity/domain';
import {
  SpringtideError,
  addMs,
  compareMoney,
  toInstant,
  zero,
  type Clock,
  type Instant,
  type Money,
} from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import type { PriceDrift } from '@springtide/readiness/domain';
import { listRests, lockRest, saveRest, type StoredRest } from '@springtide/scaling';
import type { EntityManager } from 'typeorm';
import { isUntouched, readEnvelope } from './approval-view.js';
import { lockCampaign } from './campaign.service.js';
import { leavingTold } from './group-rest.js';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { APPROVAL_POLICIES, answerReturn, type PlanContent, type ReturnAnswer } from './domain/index.js';
import { PLAN_SUBJECT, findPlan, requireCurrent } from './plan-records.js';
import type { PlansService } from './plan.service.js';
import { requireRoom } from './promise-check.js';
import { lockRoutes, otherHolders } from './route-holders.js';
import { openIn, type OpenRun } from './run-book.js';
import type { StartCheck } from './start-check.service.js';
import { startRun } from './run-start.js';

type Parts = Readonly<{
  database: Database;
  approvals: ApprovalService;
  plans: PlansService;
  prices: Pick<StartCheck, 'pricesNow'>;
  clock: Clock;
}>;

/** A group whose machines are back, with everything its return is decided by. */
type Rested = Readonly<{
  tx: EntityManager;
  ctx: RequestContext;
  now: Instant;
  stored: StoredRest;
  open: OpenRun;
  campaign: CampaignEntity;
  plan: PlanEntity;
  content: PlanContent;
  mandate: Mandate;
  approval: Approval | undefined;
  /** Undefined before they were asked. */
  prices: PriceDrift | undefined;
}>;

/** A group that only prices can keep away now. */
type Due = Readonly<{ campaign: CampaignEntity; plan: PlanEntity; envelope: Envelope }>;

/**
 * Brings scaling groups back that gave way to a campaign: as a run of its own, under the same approval, with what is left of
 * its time and its money. What keeps one away is written where people look for it.
 */
export class GroupReturns {
  constructor(private readonly parts: Parts) {}

  /** Looks at every group of a tenant that rests. @returns why some could not be looked at; they are tried again. */
  async pass(ctx: RequestContext): Promise<readonly Readonly<{ runId: string; failure: unknown }>[]> {
    const waiting = await this.parts.database.unitOfWork(ctx, listRests);
    const failures: { runId: string; failure: unknown }[] = [];
    for (const runId of waiting) {
      try {
        await this.bringIfDue(ctx, runId);
      } catch (failure) {
        failures.push({ runId, failure });
      }
    }
    return failures;
  }

  /** Prices are asked of the clouds only for a group that would come back, and while nothing is locked. */
  private async bringIfDue(ctx: RequestContext, runId: string): Promise<void> {
    const look = async (prices?: PriceDrift) =>
      await this.parts.database.unitOfWork(ctx, async (tx) => await this.look(tx, ctx, runId, prices));
    const due = await look();
    if (due !== undefined) await look(await this.parts.prices.pricesNow(ctx, due));
  }

  private async look(
    tx: EntityManager,
    ctx: RequestContext,
    runId: string,
    prices: PriceDrift | undefined,
  ): Promise<Due | undefined> {
    const open = await openIn(tx, runId);
    // In the order of whoever arms: the campaign, then its rest.
    const campaign = await lockCampaign(tx, open.run.campaignId);
    const stored = await lockRest(tx, runId);
    if (stored === undefined || stored.rest.reason === 'kept-off') return undefined;
    const now = toInstant(this.parts.clock.now());
    if (!isSettled(open, now)) {
      const rest: ScalingRestBody = {
        ...stored.rest,
        reason: 'leaving',
        ...leavingTold(stored.rest.waitsFor),
      };
      await saveRest(tx, ctx.tenantId, { ...stored, rest });
      return undefined;
    }
    const plan = await findPlan(tx, open.run.planId);
    const content = requireCurrent(plan, campaign);
    const mandate = await effectTransaction(tx, ctx.tenantId).findMandateOfRun(runId);
    if (mandate === undefined) throw new SpringtideError('internal', `run ${runId} has no mandate`);
    const granted = await this.parts.approvals.grantedIn(tx, { kind: PLAN_SUBJECT, id: plan.id });
    const approval = granted !== undefined && isUntouched(granted) ? granted : undefined;
    await lockRoutes(tx, ctx.tenantId);
    const rested = { tx, ctx, now, stored, open, campaign, plan, content, mandate, approval, prices };
    const answer = await answerOf(rested);
    if (!answer.comesBack) await this.keepAway(rested, answer);
    else if (prices !== undefined) await this.bringBack(rested, answer);
    else if (approval !== undefined) return { campaign, plan, envelope: readEnvelope(approval) };
    return undefined;
  }

  /** Approval is asked for again once for each reason, not once a minute: an approver may have refused it. */
  private async keepAway(
    { tx, ctx, stored, campaign, plan, prices }: Rested,
    { rest }: Extract<ReturnAnswer, { comesBack: false }>,
  ): Promise<void> {
    const isNews = stored.rest.reason !== rest.reason || stored.rest.text !== rest.text;
    if (isNews && (rest.reason === 'approval' || rest.reason === 'prices-risen')) {
      const priceBasis = prices?.kind === 'told' ? prices.now : null;
      await this.parts.plans.askToComeBack(tx, ctx, { campaign, plan, priceBasis });
    }
    await saveRest(tx, ctx.tenantId, { ...stored, rest: { ...stored.rest, ...rest } });
  }

  private async bringBack(
    rested: Rested,
    { phases, moneyLeft }: Extract<ReturnAnswer, { comesBack: true }>,
  ): Promise<void> {
    const { tx, ctx, stored, open, campaign, plan, now } = rested;
    const mandate = mandateAgain(rested, moneyLeft);
    await startRun(tx, ctx, {
      ...{ campaign, mandate, phases, planId: plan.id, targets: [], cameBackFrom: open.run.id },
      told: sentence('now.came-back', { ...mandate.budget }),
      now: new Date(now),
    });
    await recordAudit(tx, ctx, {
      action: 'run.come-back',
      target: { kind: 'run', id: mandate.runId },
      after: { cameBackFrom: open.run.id, planHash: plan.hash, budget: mandate.budget.amount },
      show: ['cameBackFrom', 'planHash', 'budget'],
      at: now,
    });
    const rest: ScalingRestBody = {
      ...stored.rest,
      ...{ reason: 'came-back', waitsFor: [], expectedAt: null, moneyLeft },
      ...asTold([sentence('rest.came-back', { at: now, run: mandate.runId })]),
    };
    await saveRest(tx, ctx.tenantId, { ...stored, rest });
  }
}

/** What a closed run cost, and its report, are settled by its campaign's last run: that must still be this one. */
function isSettled({ run: { closedAt }, policy }: OpenRun, now: Instant): boolean {
  return closedAt !== null && addMs(toInstant(closedAt), policy.guardEveryMs) <= now;
}

async function answerOf(rested: Rested): Promise<ReturnAnswer> {
  const { tx, ctx, now, stored, open, campaign, plan, content, mandate, approval, prices } = rested;
  const routes = content.services.map(({ route }) => route);
  const hours = content.pools.map(({ pricePerHour }) => pricePerHour).toSorted(compareMoney);
  const stop = await effectTransaction(tx, ctx.tenantId).findStopSwitch();
  return answerReturn({
    ...{ now, mandate, phases: stored.phases, leadMs: content.leadMs, yieldMs: open.policy.yieldMs },
    isStopped: open.run.control === 'abort' || campaign.currentRunId !== open.run.id,
    isStopSwitchOn: stop?.engaged ?? false,
    holders: await otherHolders(tx, campaign.id, routes),
    cheapestHour: hours[0],
    approvalExpiresAt: approval?.expiresAt,
    priceDriftLimit: approval === undefined ? 0 : readEnvelope(approval).priceDriftLimit,
    prices,
    unreadPrices: APPROVAL_POLICIES[campaign.input.policy].unreadPrices,
    promised: await promisedElsewhere(tx, campaign, plan),
  });
}

async function promisedElsewhere(
  tx: EntityManager,
  campaign: CampaignEntity,
  plan: PlanEntity,
): Promise<string | undefined> {
  try {
    await requireRoom(tx, { campaign, plan, to: 'armed' });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError) || thrown.code !== 'failed-precondition') throw thrown;
    return thrown.message;
  }
}

/** What the approval grants, and of its money no more than the runs before have left. */
function mandateAgain({ campaign, plan, mandate, approval }: Rested, moneyLeft: Money): Mandate {
  if (approval === undefined) throw new SpringtideError('internal', `plan ${plan.id} has no approval`);
  const { budget, poolIds, maxMachines, maxPerHour } = readEnvelope(approval);
  const none = zero(budget.currency);
  return {
    ...{ id: newId(), tenantId: campaign.tenantId, campaignId: campaign.id, runId: newId() },
    ...{ approvalId: approval.id, planHash: plan.hash, poolIds, maxMachines, maxPerHour },
    budget: compareMoney(moneyLeft, budget) < 0 ? moneyLeft : budget,
    validUntil: mandate.validUntil,
    state: 'open',
    machines: 0,
    ...{ reserved: none, committed: none, perHour: none },
  };
}
