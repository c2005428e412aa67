import type { Envelope } from '@springtide/contracts';
import type { ApprovalService } from '@springtide/identity';
import type { Approval } from '@springtide/identity/domain';
import {
  SpringtideError,
  compareMoney,
  roundMoney,
  toInstant,
  type Clock,
  type Money,
} from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import type { ReadinessService } from '@springtide/readiness';
import { readEnvelope } from './approval-view.js';
import { findCampaign } from './campaign.service.js';
import type { CampaignEntity, PlanEntity } from './data/campaign.entity.js';
import { APPROVAL_POLICIES } from './domain/index.js';
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

type Granted = Readonly<{
  campaign: CampaignEntity;
  plan: PlanEntity;
  approval: Approval;
  envelope: Envelope;
}>;

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
      requireUntouched(approval);
      await requireRoom(tx, { campaign, plan, to: 'armed' });
      return { campaign, plan, approval, envelope: readEnvelope(approval) };
    });
  }

  private async requirePrices(ctx: RequestContext, { campaign, plan, envelope }: Granted): Promise<void> {
    const { plans, gate, readiness } = this.parts;
    const subject = await gate.subject(ctx, campaign, plan, envelope.priceBasis);
    const limit = envelope.priceDriftLimit;
    const drift = await readiness.priceDrift(ctx, { ...subject, priceDriftLimit: limit });
    if (drift.kind === 'untold') {
      if (APPROVAL_POLICIES[campaign.input.policy].unreadPrices === 'refuse') throw pricesUnread(drift.pools);
      return;
    }
    if (!drift.isPast) return;
    const by = drift.ratio === null ? 'from nothing' : `by ${Math.round((drift.ratio - 1) * 1000) / 10} %`;
    const risen =
      `prices have risen ${by} since the approval, past its limit of ${Math.round(limit * 100)} %: ` +
      `the plan costs ${text(drift.now)} now and cost ${text(drift.basis)}`;
    if (compareMoney(drift.now, envelope.budget) > 0) {
      throw new SpringtideError(
        'failed-precondition',
        `${risen}; that is over its budget of ${text(envelope.budget)}; nothing was bought`,
        { nextStep: 'Have a plan made at prices of now, or raise the budget.' },
      );
    }
    await plans.askAgain(ctx, campaign.id, drift.now);
    throw askedAgain(risen);
  }
}

/** The envelope is what the run is held to: one that differs from what was decided on grants nothing. */
function requireUntouched(approval: Approval): void {
  if (hashJson(approval.envelope) === approval.envelopeHash) return;
  throw new SpringtideError(
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

function text(amount: Money): string {
  const { amount: digits, currency } = roundMoney(amount, 2);
  return `${digits} ${currency}`;
}
