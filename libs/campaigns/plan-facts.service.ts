import { effectTransaction, readBootTimes } from '@springtide/effects';
import { HOUR, addMs, toInstant, type Instant } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { CampaignEntity, PlanEntity, RunEntity } from './data/campaign.entity.js';
import {
  ENOUGH_BOOTS,
  RUN_POLICIES,
  type Holder,
  type MeasuredBoot,
  type RouteHolder,
} from './domain/index.js';
import { machinesOf } from './run-machines.js';

/** Clouds change; how long machines took a year ago says little about next week. */
const BOOTS_OF_MS = 90 * 24 * HOUR;

type Beside = Readonly<{
  campaignId: string;
  /** When the clouds were asked what is used: machines that stood then are counted by them. */
  asOf: Instant;
}>;

/** What a plan must know that no cloud tells: what other campaigns were promised, and how long machines really took. */
export class PlanFacts {
  constructor(private readonly database: Database) {}

  async holders(ctx: RequestContext, beside: Beside): Promise<readonly Holder[]> {
    return await this.database.unitOfWork(ctx, async (tx) => await holdersIn(tx, ctx.tenantId, beside));
  }

  /** Campaigns that a route of this one was promised to. */
  async routeHolders(
    ctx: RequestContext,
    campaignId: string,
    routes: readonly string[],
  ): Promise<readonly RouteHolder[]> {
    return await this.database.unitOfWork(ctx, async (tx) => await promisedHolders(tx, campaignId, routes));
  }

  async boots(
    ctx: RequestContext,
    accountIds: readonly string[],
    now: Instant,
  ): Promise<readonly MeasuredBoot[]> {
    const since = addMs(now, -BOOTS_OF_MS);
    const rows = await this.database.unitOfWork(
      ctx,
      async (tx) => await readBootTimes(tx, accountIds, since),
    );
    return rows.filter(({ machines }) => machines >= ENOUGH_BOOTS);
  }
}

/** Other campaigns that were approved or are under way, and have a route of this one. */
async function promisedHolders(
  tx: EntityManager,
  campaignId: string,
  routes: readonly string[],
): Promise<readonly RouteHolder[]> {
  const campaigns = await tx
    .createQueryBuilder(CampaignEntity, 'c')
    .where(`c.status in ('approved', 'armed', 'running', 'scaling-back', 'stuck') and c.id <> :campaignId`, {
      campaignId,
    })
    .orderBy('c.id')
    .getMany();
  const holders: RouteHolder[] = [];
  for (const { input, currentPlanId, currentRunId } of campaigns) {
    const plan = await tx.findOneBy(PlanEntity, { id: currentPlanId ?? '' });
    if (plan?.content?.services.some(({ route }) => routes.includes(route)) !== true) continue;
    const run = currentRunId === null ? null : await tx.findOneBy(RunEntity, { id: currentRunId });
    const { name, follows } = input;
    const { leadMs } = plan.content;
    holders.push({ name, follows: follows === 'strategies', phases: run?.phases ?? input.phases, leadMs });
  }
  return holders;
}

export type PromisedState = 'approved' | 'armed' | 'running';
const PROMISED: readonly PromisedState[] = ['approved', 'armed', 'running'];

/** Campaigns that machines were promised to, besides this one, in the order of their ids. */
export async function holdersIn(
  tx: EntityManager,
  tenantId: string,
  { campaignId, asOf }: Beside,
  states: readonly PromisedState[] = PROMISED,
): Promise<readonly Holder[]> {
  const campaigns = await tx
    .createQueryBuilder(CampaignEntity, 'c')
    .where('c.status = any(:states)', { states })
    .orderBy('c.id')
    .getMany();
  const holders: Holder[] = [];
  for (const campaign of campaigns) {
    if (campaign.id === campaignId) continue;
    const holder = await holderOf(tx, tenantId, campaign, asOf);
    if (holder !== undefined) holders.push(holder);
  }
  return holders;
}

/** Until the transaction ends, nobody else decides what is promised: two approvals cannot both get the last machine. */
export async function lockPromises(tx: EntityManager, tenantId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`campaign-promises|${tenantId}`]);
}

async function holderOf(
  tx: EntityManager,
  tenantId: string,
  campaign: CampaignEntity,
  asOf: Instant,
): Promise<Holder | undefined> {
  const { id, name, input, currentPlanId, currentRunId } = campaign;
  const plan = await tx.findOneBy(PlanEntity, { id: currentPlanId ?? '' });
  if (plan?.content == null) return undefined;
  const run = currentRunId === null ? null : await tx.findOneBy(RunEntity, { id: currentRunId });
  const isWhole = run === null || input.follows === 'strategies';
  return {
    campaignId: id,
    name,
    content: plan.content,
    phases: run?.phases ?? input.phases,
    // A scaling group may want all of its plan again at any time.
    targets: isWhole ? plan.content.allocations : run.targets,
    drainMs: RUN_POLICIES[input.policy].drainMs,
    standing: run === null ? new Map() : await standingIn(tx, tenantId, run.id, asOf),
  };
}

/** Machines of a run per pool that the cloud had given by then and still had. */
async function standingIn(
  tx: EntityManager,
  tenantId: string,
  runId: string,
  asOf: Instant,
): Promise<ReadonlyMap<string, number>> {
  const intents = await effectTransaction(tx, tenantId).listIntents({ runId, kind: 'create' });
  const there = machinesOf(intents).filter(
    ({ item: { acceptedAt, goneAt } }) =>
      acceptedAt !== null && acceptedAt <= asOf && (goneAt === null || goneAt > asOf),
  );
  return new Map([...Map.groupBy(there, ({ poolId }) => poolId)].map(([id, own]) => [id, own.length]));
}

/** When the clouds were asked for what a plan stands on, about. */
export function askedAt(plan: PlanEntity): Instant {
  return plan.content?.limitsAt ?? toInstant(plan.createdAt);
}
