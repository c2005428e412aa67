import { envelopeLimits, type PlanContent } from '@springtide/campaigns/domain';
import type { CampaignInput } from '@springtide/contracts';
import { HOUR, addMs, type Instant } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import type { RehearsalQuestion, RehearsedRoute } from '@springtide/campaigns/domain';

const DAY = 24 * HOUR;

/** Ids of the one campaign in a database of its own. */
const TENANT = '00000000-0000-4000-8000-00000000000a';
export const CAMPAIGN = '00000000-0000-4000-8000-0000000000c0';
const PLAN = '00000000-0000-4000-8000-0000000000d0';
const APPROVAL = '00000000-0000-4000-8000-0000000000e0';
export const ENTRANCE = '00000000-0000-4000-8000-0000000000f0';

/** Who starts the rehearsed run; everybody else is the program itself. */
export const REHEARSER: RequestContext = {
  tenantId: TENANT,
  actor: {
    kind: 'user',
    id: 'rehearsal',
    name: 'rehearsal',
    permissions: new Set(['run:operate', 'run:read', 'campaign:read', 'route:read']),
  },
  requestId: 'rehearsal',
};

/** What planner and approver would have left in the tables, for the plan as its twins know it. */
export async function writeApproved(
  database: Database,
  question: RehearsalQuestion,
  plan: PlanContent,
  at: Instant,
): Promise<void> {
  const planHash = hashJson(plan);
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['tenant', { id: TENANT, name: 'rehearsal', status: 'active', created_at: at }],
    ['campaign', campaignRow(question.campaign, at)],
    ['campaign_plan', planRow(plan, planHash, at)],
    ['approval', approvalRow(question.campaign, plan, planHash, at)],
    ...question.routes.map((route, index) => ['traffic_route', routeRow(route, index, at)] as const),
  ];
  await database.systemWork('rehearsal', async (tx) => {
    for (const [table, row] of rows) {
      const slots = Object.keys(row).map((_, index) => `$${index + 1}`);
      const columns = Object.keys(row).join(', ');
      await tx.query(`insert into ${table} (${columns}) values (${slots.join(', ')})`, Object.values(row));
    }
  });
}

function campaignRow(input: CampaignInput, at: Instant) {
  return {
    id: CAMPAIGN,
    tenant_id: TENANT,
    name: input.name,
    status: 'approved',
    input: JSON.stringify(input),
    author_id: 'author',
    author_name: 'author',
    last_editor_id: 'author',
    version: 1,
    current_plan_id: PLAN,
    current_run_id: null,
    created_at: at,
    updated_at: at,
  };
}

function planRow(plan: PlanContent, hash: string, at: Instant) {
  return {
    id: PLAN,
    tenant_id: TENANT,
    campaign_id: CAMPAIGN,
    revision: 1,
    campaign_version: 1,
    status: 'ready',
    hash,
    content: JSON.stringify(plan),
    failure: null,
    created_at: at,
  };
}

function approvalRow(campaign: CampaignInput, plan: PlanContent, planHash: string, at: Instant) {
  const envelope = {
    planId: PLAN,
    planHash,
    poolIds: plan.pools.map(({ id }) => id),
    budget: campaign.budget,
    latestStart: plan.phases[0]?.startsAt ?? at,
    priceBasis: null,
    priceDriftLimit: 1,
    ...envelopeLimits(plan),
  };
  return {
    tenant_id: TENANT,
    id: APPROVAL,
    subject_kind: 'campaign-plan',
    subject_id: PLAN,
    envelope: JSON.stringify(envelope),
    envelope_hash: hashJson(envelope),
    ceiling_currency: campaign.budget.currency,
    ceiling_amount: campaign.budget.amount,
    author_id: 'author',
    last_editor_id: 'author',
    status: 'approved',
    decider_id: 'approver',
    reason: null,
    requested_at: at,
    decided_at: at,
    expires_at: addMs(campaign.phases.at(-1)?.endsAt ?? at, DAY),
  };
}

function routeRow({ name, service, home }: RehearsedRoute, index: number, at: Instant) {
  return {
    id: `00000000-0000-4000-8000-0000000002${String(index).padStart(2, '0')}`,
    tenant_id: TENANT,
    name,
    account_id: ENTRANCE,
    service,
    health_path: '/',
    home: JSON.stringify(home),
    version: 1,
    created_at: at,
  };
}
