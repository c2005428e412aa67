import { ERROR_CODES, money, type Instant, type Money } from '@springtide/kernel';
import { z } from 'zod';
import type { EffectItem, Intent, Mandate } from '../domain/index.js';
import type { ListingRecord } from '../effect-store.port.js';

/** Rows as PostgreSQL hands them out: numerics as text, timestamps as Date. Parsed, never trusted. */
const at = z.date().transform((date): Instant => date.toISOString());
const Problem = z.object({ code: z.enum(ERROR_CODES), message: z.string() });

const Abandoned = z.object({
  at: z.string(),
  by: z.string(),
  reason: z.string(),
  costPerHour: z.object({ currency: z.string(), amount: z.string() }).nullable(),
});

const ItemRow = z.object({
  index: z.number(),
  state: z.enum([
    'open',
    'accepted',
    'running',
    'ready',
    'failed',
    'releasing',
    'gone',
    'refused',
    'absent',
    'lost',
  ]),
  machine_id: z.string().nullable(),
  address: z.string().nullable(),
  refusal: Problem.nullable(),
  accepted_at: at.nullable(),
  running_at: at.nullable(),
  ready_at: at.nullable(),
  releasing_at: at.nullable(),
  gone_at: at.nullable(),
  ends_at: at.nullable(),
  abandoned: Abandoned.nullable(),
});

const IntentRow = z.object({
  id: z.string(),
  tenant_id: z.string(),
  run_id: z.string(),
  campaign_id: z.string().nullable(),
  step: z.string(),
  batch: z.number(),
  kind: z.enum(['create', 'set', 'delete']),
  account_id: z.string(),
  region: z.string(),
  service: z.string().nullable(),
  pool_id: z.string().nullable(),
  spec: z.record(z.string(), z.unknown()),
  spec_hash: z.string(),
  count: z.number(),
  state: z.enum(['written', 'sent', 'settled', 'released']),
  generation: z.number(),
  fence: z.number(),
  unanswered: z.number(),
  sent_at: at.nullable(),
  deadline: at.nullable(),
  first_absent_at: at.nullable(),
  release_by: at.nullable(),
  release_at: at.nullable(),
  mandate_id: z.string().nullable(),
  currency: z.string().nullable(),
  price_per_hour: z.string().nullable(),
  minimum_billing_seconds: z.number(),
  reserved: z.string().nullable(),
  problem: Problem.nullable(),
  created_at: at,
});

const MandateRow = z.object({
  id: z.string(),
  tenant_id: z.string(),
  campaign_id: z.string().nullable(),
  run_id: z.string(),
  approval_id: z.string().nullable(),
  plan_hash: z.string(),
  pool_ids: z.array(z.string()),
  max_machines: z.number(),
  currency: z.string(),
  budget: z.string(),
  max_per_hour: z.string(),
  valid_until: at,
  state: z.enum(['open', 'frozen', 'closed']),
  machines: z.number(),
  reserved: z.string(),
  committed: z.string(),
  per_hour: z.string(),
});

const ListingRow = z.object({
  account_id: z.string(),
  region: z.string(),
  taken_at: at,
  trusted: z.boolean(),
  count: z.number(),
  sightings: z.array(z.object({ machineId: z.string(), firstSeenAt: z.string() })),
  doubt: z.object({ count: z.number(), times: z.number() }).nullable(),
  strangers: z.array(
    z.object({
      machineId: z.string(),
      intentId: z.string(),
      firstSeenAt: z.string(),
      abandoned: Abandoned.nullable(),
    }),
  ),
});

export function readItem(row: unknown): EffectItem {
  const r = ItemRow.parse(row);
  return {
    index: r.index,
    state: r.state,
    machineId: r.machine_id,
    address: r.address,
    refusal: r.refusal,
    acceptedAt: r.accepted_at,
    runningAt: r.running_at,
    readyAt: r.ready_at,
    releasingAt: r.releasing_at,
    goneAt: r.gone_at,
    endsAt: r.ends_at,
    abandoned: r.abandoned,
  };
}

export function readIntent(row: unknown, items: readonly EffectItem[]): Intent {
  const r = IntentRow.parse(row);
  return {
    id: r.id,
    tenantId: r.tenant_id,
    runId: r.run_id,
    campaignId: r.campaign_id,
    step: r.step,
    batch: r.batch,
    kind: r.kind,
    accountId: r.account_id,
    region: r.region,
    service: r.service,
    poolId: r.pool_id,
    spec: r.spec,
    specHash: r.spec_hash,
    count: r.count,
    state: r.state,
    generation: r.generation,
    fence: r.fence,
    unanswered: r.unanswered,
    sentAt: r.sent_at,
    deadline: r.deadline,
    firstAbsentAt: r.first_absent_at,
    releaseBy: r.release_by,
    releaseAt: r.release_at,
    mandateId: r.mandate_id,
    pricePerHour: moneyOrNull(r.currency, r.price_per_hour),
    minimumBillingSeconds: r.minimum_billing_seconds,
    reserved: moneyOrNull(r.currency, r.reserved),
    problem: r.problem,
    createdAt: r.created_at,
    items,
  };
}

/** Column names and values; the column list of inserts and updates comes from here. */
export function writeIntent(intent: Intent): Record<string, unknown> {
  return {
    id: intent.id,
    tenant_id: intent.tenantId,
    run_id: intent.runId,
    campaign_id: intent.campaignId,
    step: intent.step,
    batch: intent.batch,
    kind: intent.kind,
    account_id: intent.accountId,
    region: intent.region,
    service: intent.service,
    pool_id: intent.poolId,
    spec: JSON.stringify(intent.spec),
    spec_hash: intent.specHash,
    count: intent.count,
    state: intent.state,
    generation: intent.generation,
    fence: intent.fence,
    unanswered: intent.unanswered,
    sent_at: intent.sentAt,
    deadline: intent.deadline,
    first_absent_at: intent.firstAbsentAt,
    release_by: intent.releaseBy,
    release_at: intent.releaseAt,
    mandate_id: intent.mandateId,
    currency: intent.pricePerHour?.currency ?? intent.reserved?.currency ?? null,
    price_per_hour: intent.pricePerHour?.amount ?? null,
    minimum_billing_seconds: intent.minimumBillingSeconds,
    reserved: intent.reserved?.amount ?? null,
    problem: intent.problem === null ? null : JSON.stringify(intent.problem),
    created_at: intent.createdAt,
  };
}

export function writeItem(item: EffectItem): Record<string, unknown> {
  return {
    index: item.index,
    state: item.state,
    machine_id: item.machineId,
    address: item.address,
    refusal: item.refusal,
    accepted_at: item.acceptedAt,
    running_at: item.runningAt,
    ready_at: item.readyAt,
    releasing_at: item.releasingAt,
    gone_at: item.goneAt,
    ends_at: item.endsAt,
    abandoned: item.abandoned,
  };
}

export function readMandate(row: unknown): Mandate {
  const r = MandateRow.parse(row);
  return {
    id: r.id,
    tenantId: r.tenant_id,
    campaignId: r.campaign_id,
    runId: r.run_id,
    approvalId: r.approval_id,
    planHash: r.plan_hash,
    poolIds: r.pool_ids,
    maxMachines: r.max_machines,
    budget: money(r.currency, r.budget),
    maxPerHour: money(r.currency, r.max_per_hour),
    validUntil: r.valid_until,
    state: r.state,
    machines: r.machines,
    reserved: money(r.currency, r.reserved),
    committed: money(r.currency, r.committed),
    perHour: money(r.currency, r.per_hour),
  };
}

export function writeMandate(mandate: Mandate): Record<string, unknown> {
  return {
    id: mandate.id,
    tenant_id: mandate.tenantId,
    campaign_id: mandate.campaignId,
    run_id: mandate.runId,
    approval_id: mandate.approvalId,
    plan_hash: mandate.planHash,
    pool_ids: JSON.stringify(mandate.poolIds),
    max_machines: mandate.maxMachines,
    currency: mandate.budget.currency,
    budget: mandate.budget.amount,
    max_per_hour: mandate.maxPerHour.amount,
    valid_until: mandate.validUntil,
    state: mandate.state,
    machines: mandate.machines,
    reserved: mandate.reserved.amount,
    committed: mandate.committed.amount,
    per_hour: mandate.perHour.amount,
  };
}

export function readListing(row: unknown): ListingRecord {
  const r = ListingRow.parse(row);
  return {
    accountId: r.account_id,
    region: r.region,
    takenAt: r.taken_at,
    trusted: r.trusted,
    count: r.count,
    sightings: r.sightings,
    strangers: r.strangers,
    doubt: r.doubt,
  };
}

function moneyOrNull(currency: string | null, amount: string | null): Money | null {
  return currency === null || amount === null ? null : money(currency, amount);
}
