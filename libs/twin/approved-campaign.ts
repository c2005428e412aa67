import type { Instant, Money } from '@springtide/kernel';
import { hashJson } from '@springtide/platform';

type Json = Readonly<Record<string, unknown>>;

export type ApprovedCampaign = Readonly<{
  ids: Readonly<{ tenant: string; campaign: string; plan: string; approval: string; entrance: string }>;
  /** As a person entered it. */
  input: Json & Readonly<{ name: string; budget: Money }>;
  content: Json;
  /** What of the approval is more than whose and which plan's it is. */
  limits: Json;
  routes: readonly Readonly<{
    name: string;
    service: string;
    healthPath: string;
    home: readonly unknown[];
  }>[];
  /** They are numbered from here; left out: 2,000. */
  firstRoute?: number;
  at: Instant;
  expiresAt: Instant;
}>;

type Queryable = { query(sql: string, parameters: unknown[]): Promise<unknown> };

/** Leaves in the tables of a simulated world what the planner and two people would have left: a plan that is approved. */
export async function writeApproved(tx: Queryable, approved: ApprovedCampaign): Promise<void> {
  const planHash = hashJson(approved.content);
  await insert(tx, 'campaign', campaignRow(approved));
  await insert(tx, 'campaign_plan', planRow(approved, planHash));
  await insert(tx, 'approval', approvalRow(approved, planHash));
  for (const [index, route] of approved.routes.entries()) {
    await insert(tx, 'traffic_route', routeRow(approved, route, index));
  }
}

async function insert(tx: Queryable, table: string, row: Json): Promise<void> {
  const columns = Object.keys(row);
  const slots = columns.map((_, index) => `$${index + 1}`);
  await tx.query(
    `insert into ${table} (${columns.join(', ')}) values (${slots.join(', ')})`,
    Object.values(row),
  );
}

function campaignRow({ ids, input, at }: ApprovedCampaign): Json {
  return {
    id: ids.campaign,
    tenant_id: ids.tenant,
    name: input.name,
    status: 'approved',
    input: JSON.stringify(input),
    author_id: 'author',
    author_name: 'author',
    last_editor_id: 'author',
    version: 1,
    current_plan_id: ids.plan,
    current_run_id: null,
    created_at: at,
    updated_at: at,
  };
}

function planRow({ ids, content, at }: ApprovedCampaign, hash: string): Json {
  return {
    id: ids.plan,
    tenant_id: ids.tenant,
    campaign_id: ids.campaign,
    revision: 1,
    campaign_version: 1,
    status: 'ready',
    hash,
    content: JSON.stringify(content),
    failure: null,
    created_at: at,
  };
}

function approvalRow({ ids, input, limits, at, expiresAt }: ApprovedCampaign, planHash: string): Json {
  const envelope = { planId: ids.plan, planHash, budget: input.budget, ...limits };
  return {
    tenant_id: ids.tenant,
    id: ids.approval,
    subject_kind: 'campaign-plan',
    subject_id: ids.plan,
    envelope: JSON.stringify(envelope),
    envelope_hash: hashJson(envelope),
    ceiling_currency: input.budget.currency,
    ceiling_amount: input.budget.amount,
    author_id: 'author',
    last_editor_id: 'author',
    status: 'approved',
    decider_id: 'approver',
    reason: null,
    requested_at: at,
    decided_at: at,
    expires_at: expiresAt,
  };
}

function routeRow(
  approved: ApprovedCampaign,
  route: ApprovedCampaign['routes'][number],
  index: number,
): Json {
  const { ids, at } = approved;
  return {
    id: `00000000-0000-4000-8000-${String((approved.firstRoute ?? 2_000) + index).padStart(12, '0')}`,
    tenant_id: ids.tenant,
    name: route.name,
    account_id: ids.entrance,
    service: route.service,
    health_path: route.healthPath,
    home: JSON.stringify(route.home),
    release: JSON.stringify({ groups: [], matches: [] }),
    version: 1,
    created_at: at,
  };
}
