import type { Envelope } from '@springtide/contracts';
import type { ApprovalService } from '@springtide/identity';
import type { Approval } from '@springtide/identity/domain';
import { SpringtideError, compareMoney, toInstant, type Clock } from '@springtide/kernel';
import { type Database, type RequestContext } from '@springtide/platform';
import type { ReadinessService } from '@springtide/readiness';
import type { PriceDrift } from '@springtide/readiness/domain';
import { isUntouched, readEnvelope } from './approval-view.js';
import { findCampaign } from './campaign.service.js';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { APPROVAL_POLICIES, moneyText, riseText } from './domain/index.js';
import { PLAN_SUBJECT, findPlan, requireCurrent } from './plan-records.js';
import type { PlansService } from './plan.service.js';
import { requireRoom } from './promise-check.js';
import type { ReadinessGate } from './readiness-gate.service.js';

type Parts = Readonly<{
  database: Database;
  approvals: ApprovalService;
  plans: PlansService;
  gate: ReadinessGate;
  readiness: ReadinessService;
  clock: Clock;
}>;

type Planned = Readonly<{ campaign: CampaignEntity; plan: PlanEntity; envelope: Envelope }>;
type Granted = Planned & Readonly<{ approval: Approval }>;

/**
 * Whether an approval still holds when its run is to start. One that has expired, or whose prices have risen past its
 * limit, is asked for again; nothing is bought on it, nor on what other runs hold by now.
 */
export class StartCheck {
  constructor(private readonly parts: Parts) {}

  /** Campaigns that are not approved, or run already, are left to the one who arms. @throws failed-precondition. */
  async requireHolding(ctx: RequestContext, campaignId: string): Promise<void> {
    const granted = await this.granted(ctx, campaignId);
    if (granted === undefined) return;
    const { approval } = granted;
    if (approval.expiresAt <= toInstant(this.parts.clock.now())) {
      await this.parts.plans.askAgain(ctx, campaignId, granted.envelope.priceBasis);
      throw askedAgain(`the approval of this plan expired at ${approval.expiresAt}`);
    }
    await this.requirePrices(ctx, granted);
  }

  private async granted(ctx: RequestContext, campaignId: string): Promise<Granted | undefined> {
    const { database, approvals } = this.parts;
    return await database.unitOfWork(ctx, async (tx) => {
      const campaign = await findCampaign(tx, campaignId);
      if (campaign.currentRunId !== null || campaign.status !== 'approved') return undefined;
      const plan = await findPlan(tx, campaign.currentPlanId ?? '');
      requireCurrent(plan, campaign);
      const approval = await approvals.grantedIn(tx, { kind: PLAN_SUBJECT, id: plan.id });
      if (approval === undefined) return undefined;
      if (!isUntouched(approval)) throw approvalChanged();
      await requireRoom(tx, { campaign, plan, to: 'armed' });
      return { campaign, plan, approval, envelope: readEnvelope(approval) };
    });
  }

  /** What the plan costs at prices of now, against those that were approved. */
  async pricesNow(ctx: RequestContext, { campaign, plan, envelope }: Planned): Promise<PriceDrift> {
    const subject = await this.parts.gate.subject(ctx, campaign, plan, envelope.priceBasis);
    const { priceDriftLimit } = envelope;
    return await this.parts.readiness.priceDrift(ctx, { ...subject, priceDriftLimit });
  }

  private async requirePrices(ctx: RequestContext, granted: Granted): Promise<void> {
    const { campaign, envelope } = granted;
    const drift = await this.pricesNow(ctx, granted);
    if (drift.kind === 'untold') {
      if (APPROVAL_POLICIES[campaign.input.policy].unreadPrices === 'refuse') throw pricesUnread(drift.pools);
      return;
    }
    if (!drift.isPast) return;
    const risen = riseText(drift, envelope.priceDriftLimit);
    if (compareMoney(drift.now, envelope.budget) > 0) {
      throw new SpringtideError(
        'failed-precondition',
        `${risen}; that is over its budget of ${moneyText(envelope.budget)}; nothing was bought`,
        { nextStep: 'Have a plan made at prices of now, or raise the budget.' },
      );
    }
    await this.parts.plans.askAgain(ctx, campaign.id, drift.now);
    throw askedAgain(risen);
  }
}

function approvalChanged(): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    'the stored approval does not match its hash: it was changed after it was granted; nothing will be bought on it',
    { nextStep: 'Ask for approval again, and have the audit log verified.' },
  );
}

function askedAgain(why: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `${why}; nothing was bought, and approval is asked for again`,
    {
      nextStep: 'Have an approver decide, and arm it then.',
    },
  );
}

function pricesUnread(pools: readonly string[]): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the prices of now could not be read for ${pools.join(', ')}, so whether the approval still covers them is not known; nothing was bought`,
    { nextStep: 'Verify the accounts of these pools and arm again, or have a new plan made.' },
  );
}
