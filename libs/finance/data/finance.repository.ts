import { money, parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { CampaignCost, CampaignUsage, CostBasis, UsageInterval } from '../domain/index.js';
import { readCostBasis } from './cost-basis-json.js';
import {
  CampaignBasisEntity,
  SettlementEntity,
  UsageIntervalEntity,
  type UsageIntervalRow,
} from './finance.entity.js';

/** PostgreSQL takes 65,535 parameters per statement; an interval has 20. */
const BATCH = 500;

export type MachineRef = Readonly<{ accountId: string; region: string; machine: string }>;

export type Settlement = Readonly<{ settledAt: Instant; usageHash: string }>;

/** Campaign money of one tenant, inside the transaction it was made for. */
export class FinanceRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
  ) {}

  async addBasis(campaignId: string, basis: CostBasis, at: Instant): Promise<void> {
    await this.tx.insert(CampaignBasisEntity, {
      tenantId: this.tenantId,
      campaignId,
      planId: basis.planId,
      recordedAt: parseInstant(at),
      basis: basis as object,
    });
  }

  /** A machine that is recorded already keeps its first start and price. */
  async addUsage(campaignId: string, intervals: readonly UsageInterval[]): Promise<void> {
    for (let start = 0; start < intervals.length; start += BATCH) {
      const batch = intervals.slice(start, start + BATCH);
      await this.tx
        .createQueryBuilder()
        .insert()
        .into(UsageIntervalEntity)
        .values(batch.map((interval) => this.usageRow(campaignId, interval)))
        .orIgnore()
        .updateEntity(false)
        .execute();
    }
  }

  /** Of machines that end twice the first end counts. @returns how many were running. */
  async endUsage(machines: readonly MachineRef[], at: Instant): Promise<number> {
    const ended: unknown = await this.tx.query(END_USAGE, [this.tenantId, at, JSON.stringify(machines)]);
    return Array.isArray(ended) && typeof ended[1] === 'number' ? ended[1] : 0;
  }

  async wantUntil(campaignId: string, until: Instant): Promise<void> {
    await this.tx.query(
      `update finance_usage_interval set wanted_until = $3
        where tenant_id = $1 and campaign_id = $2 and ended_at is null`,
      [this.tenantId, campaignId, until],
    );
  }

  async usage(campaignId: string): Promise<CampaignUsage> {
    const basis = await this.tx.findOne(CampaignBasisEntity, {
      where: { tenantId: this.tenantId, campaignId },
      order: { id: 'desc' },
    });
    const rows = await this.tx.find(UsageIntervalEntity, {
      where: { tenantId: this.tenantId, campaignId },
      order: { startedAt: 'asc', id: 'asc' },
    });
    return {
      campaignId,
      basis: basis ? readCostBasis(basis.basis) : null,
      intervals: rows.map(toInterval),
    };
  }

  /** One settlement of a campaign at a time; machines may still be recorded meanwhile. */
  async lockSettlement(campaignId: string): Promise<Settlement | undefined> {
    await this.tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `finance-settlement|${campaignId}`,
    ]);
    return await this.lastSettlement(campaignId);
  }

  async lastSettlement(campaignId: string): Promise<Settlement | undefined> {
    const row = await this.tx.findOne(SettlementEntity, {
      where: { tenantId: this.tenantId, campaignId },
      order: { id: 'desc' },
    });
    return row ? { settledAt: toInstant(row.settledAt), usageHash: row.usageHash } : undefined;
  }

  async addSettlement(cost: CampaignCost, usageHash: string, settledBy: string): Promise<void> {
    await this.tx.insert(SettlementEntity, {
      tenantId: this.tenantId,
      campaignId: cost.campaignId,
      settledAt: parseInstant(cost.asOf),
      settledBy,
      usageHash,
      currency: cost.currency,
      bought: cost.actualToDate.amount,
      private: cost.private.actualToDate.amount,
      cost: cost as object,
    });
  }

  private usageRow(campaignId: string, interval: UsageInterval): Omit<UsageIntervalRow, 'id'> {
    const { pricePerHour, from, to, wantedUntil, ...rest } = interval;
    return {
      ...rest,
      tenantId: this.tenantId,
      campaignId,
      priceAmount: pricePerHour?.amount ?? null,
      priceCurrency: pricePerHour?.currency ?? null,
      startedAt: parseInstant(from),
      endedAt: to === null ? null : parseInstant(to),
      wantedUntil: wantedUntil === null ? null : parseInstant(wantedUntil),
    };
  }
}

/** An end before the start is a clock that lags: such a machine ran for no time, and costs its minimum. */
const END_USAGE = `
  update finance_usage_interval as usage set ended_at = greatest($2::timestamptz, usage.started_at)
  from jsonb_to_recordset($3::jsonb) as ended("accountId" uuid, region text, machine text)
  where usage.tenant_id = $1 and usage.ended_at is null
    and usage.account_id = ended."accountId" and usage.region = ended.region and usage.machine = ended.machine`;

function toInterval(row: UsageIntervalRow): UsageInterval {
  return {
    machine: row.machine,
    accountId: row.accountId,
    accountName: row.accountName,
    provider: row.provider,
    region: row.region,
    zone: row.zone,
    machineType: row.machineType,
    purchaseOption: row.purchaseOption,
    service: row.service,
    pool: row.pool,
    pricePerHour:
      row.priceAmount === null || row.priceCurrency === null
        ? null
        : money(row.priceCurrency, row.priceAmount),
    minimumBillingSeconds: row.minimumBillingSeconds,
    marketSnapshotId: row.marketSnapshotId,
    from: toInstant(row.startedAt),
    to: row.endedAt === null ? null : toInstant(row.endedAt),
    wantedUntil: row.wantedUntil === null ? null : toInstant(row.wantedUntil),
  };
}
