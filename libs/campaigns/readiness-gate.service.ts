import type { CampaignReadiness, ReadinessEvidence } from '@springtide/contracts';
import type { LinkService, TemplateService } from '@springtide/catalog';
import { requirePermission } from '@springtide/identity';
import { HOUR, SpringtideError, toInstant, type Clock, type Money } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { ReadinessService } from '@springtide/readiness';
import type { ReadinessSubject } from '@springtide/readiness/domain';
import type { EntityManager } from 'typeorm';
import { findCampaign } from './campaign.service.js';
import { CampaignEntity, type PlanEntity } from './data/campaign.entity.js';
import { APPROVAL_POLICIES, readinessGate, readinessSubject } from './domain/index.js';
import { findPlan, requireCurrent } from './plan-records.js';

/** Readiness of campaigns: what is measured is their current plan, and approvals rest on it. */
export class ReadinessGate {
  constructor(
    private readonly database: Database,
    private readonly readiness: ReadinessService,
    private readonly templates: TemplateService,
    private readonly links: LinkService,
    private readonly clock: Clock,
  ) {}

  async show(ctx: RequestContext, campaignId: string): Promise<CampaignReadiness> {
    requirePermission(ctx, 'campaign:read');
    const campaign = await this.database.unitOfWork(ctx, async (tx) => await findCampaign(tx, campaignId));
    const { currentPlanId: planId } = campaign;
    const freshMs = freshFor(campaign);
    const latest =
      planId === null ? undefined : await this.readiness.latest(ctx, planId, campaignId, freshMs);
    const history = await this.readiness.history(ctx, campaignId);
    return {
      campaignId,
      gate: readinessGate(campaign.input),
      latest: latest ?? null,
      history: [...history],
    };
  }

  /** @throws failed-precondition without a whole and current plan that is still to run: there is nothing to be ready for. */
  async check(ctx: RequestContext, campaignId: string): Promise<CampaignReadiness> {
    requirePermission(ctx, 'campaign:read');
    const { campaign, plan } = await this.currentPlan(ctx, campaignId);
    if (STARTED.has(campaign.status)) throw tooLate(campaign);
    await this.readiness.check(ctx, await this.subject(ctx, campaign, plan, null), freshFor(campaign));
    return await this.show(ctx, campaignId);
  }

  async override(
    ctx: RequestContext,
    campaignId: string,
    { key, reason }: Readonly<{ key: string; reason: string }>,
  ): Promise<CampaignReadiness> {
    const { campaign, plan } = await this.currentPlan(ctx, campaignId);
    const authors = [campaign.authorId, campaign.lastEditorId];
    await this.readiness.override(ctx, { planId: plan.id, campaignId, key, reason, authors });
    return await this.show(ctx, campaignId);
  }

  async attest(
    ctx: RequestContext,
    campaignId: string,
    { key, statement, until }: Readonly<{ key: string; statement: string; until: string }>,
  ): Promise<CampaignReadiness> {
    const { campaign, plan } = await this.currentPlan(ctx, campaignId);
    const endsAt = campaign.input.phases.at(-1)?.endsAt ?? toInstant(this.clock.now());
    const word = { key, statement, until: toInstant(new Date(until)), endsAt };
    await this.readiness.attest(ctx, { planId: plan.id, campaignId, ...word });
    return await this.show(ctx, campaignId);
  }

  /** Planned campaigns that begin within a month and do not run yet: what is found can still be settled. */
  async waiting(ctx: RequestContext): Promise<readonly string[]> {
    const rows = await this.database.unitOfWork(
      ctx,
      async (tx) =>
        await tx
          .createQueryBuilder(CampaignEntity, 'c')
          .where(`c.status in ('planned', 'approved', 'armed') and c.current_plan_id is not null`)
          .orderBy('c.id')
          .getMany(),
    );
    const now = this.clock.now().getTime();
    return rows.flatMap(({ id, input }) => {
      const begins = Date.parse(input.phases[0]?.startsAt ?? '');
      return begins > now && begins - now <= AHEAD_MS ? [id] : [];
    });
  }

  /** A plan in the words of readiness. @param priceBasis what it was approved at; null: its own prices. */
  async subject(
    ctx: RequestContext,
    campaign: CampaignEntity,
    plan: PlanEntity,
    priceBasis: Money | null,
  ): Promise<ReadinessSubject> {
    const content = requireCurrent(plan, campaign);
    const { document } = await this.templates.getById(ctx, campaign.input.templateId);
    return readinessSubject({
      campaignId: campaign.id,
      campaign: campaign.input,
      plan: { id: plan.id, hash: plan.hash, content },
      services: document.services,
      links: await this.links.list(ctx),
      priceBasis,
    });
  }

  /**
   * What an approval given now rests on; null where there is none and none is required.
   * @throws failed-precondition where the campaign requires a fresh check without blocking reds and there is none.
   */
  async evidenceIn(
    tx: EntityManager,
    campaign: CampaignEntity,
    plan: PlanEntity,
  ): Promise<ReadinessEvidence | null> {
    const latest = await this.readiness.latestIn(tx, plan.id, campaign.id, freshFor(campaign));
    const required = readinessGate(campaign.input) === 'required';
    const now = toInstant(this.clock.now());
    const fresh = latest?.planHash === plan.hash && latest.freshUntil >= now ? latest : undefined;
    if (fresh === undefined) {
      if (required) throw notChecked(latest?.checkedAt);
      return null;
    }
    if (required && fresh.blocking > 0) {
      const reds = fresh.lines.filter(
        ({ verdict, blocking, override }) => verdict === 'red' && blocking && override === null,
      );
      throw notReady(reds.map(({ subject, finding }) => `${subject}: ${finding.text}`));
    }
    const { id: checkId, hash, checkedAt, verdict, lines } = fresh;
    const overridden = lines.filter((line) => line.override !== null).length;
    return { checkId, hash, checkedAt, verdict, overridden };
  }

  private async currentPlan(
    ctx: RequestContext,
    campaignId: string,
  ): Promise<Readonly<{ campaign: CampaignEntity; plan: PlanEntity }>> {
    return await this.database.unitOfWork(ctx, async (tx) => {
      const campaign = await findCampaign(tx, campaignId);
      if (campaign.currentPlanId === null) {
        throw new SpringtideError(
          'failed-precondition',
          `campaign "${campaign.name}" has no plan yet; nothing was checked`,
          { nextStep: 'Have it planned first.' },
        );
      }
      return { campaign, plan: await findPlan(tx, campaign.currentPlanId) };
    });
  }
}

/** Quotas and credentials take weeks at some clouds; earlier than that a check tells little. */
const AHEAD_MS = 31 * 24 * HOUR;

/** What a run has bought would be looked for once more, and its quota, stock and addresses be called too little. */
const STARTED: ReadonlySet<CampaignEntity['status']> = new Set([
  'running',
  'scaling-back',
  'stuck',
  'closed',
  'cancelled',
]);

function tooLate({ name, status }: CampaignEntity): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `campaign "${name}" is ${status}: whether the world is ready is asked before a start, and what a run holds already would be missed once more; nothing was checked`,
    { nextStep: 'Look at its run, or at the last check before the start.' },
  );
}

function freshFor({ input }: CampaignEntity): number {
  return APPROVAL_POLICIES[input.policy].readinessFreshMs;
}

function notChecked(checkedAt: string | undefined): SpringtideError {
  const last = checkedAt === undefined ? 'it was never checked' : `the last check is of ${checkedAt}`;
  return new SpringtideError(
    'failed-precondition',
    `this campaign is approved only on a fresh readiness check of exactly this plan, and ${last}; nothing was approved`,
    { nextStep: 'Check readiness, look at what it says, and decide then.' },
  );
}

const SHOWN = 5;

function notReady(reds: readonly string[]): SpringtideError {
  const more = reds.length > SHOWN ? `; and ${reds.length - SHOWN} more` : '';
  return new SpringtideError(
    'failed-precondition',
    `${reds.length} findings of the readiness check stand in the way; nothing was approved: ${reds.slice(0, SHOWN).join('; ')}${more}`,
    { nextStep: 'Have them settled and check again, or override each by name with a reason.' },
  );
}
