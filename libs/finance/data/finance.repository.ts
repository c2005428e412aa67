import { parseInstant, toInstant, type Instant } from '@springtide/kernel';
import { newId } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import type { CampaignCost, UsageInterval } from '../domain/index.js';
import { SettlementEntity, UsageIntervalEntity, type UsageIntervalRow } from './finance.entity.js';

export type Settlement = Readonly<{ settledAt: Instant; usageHash: string }>;

/** A machine that has ended. */
export type EndedUsage = UsageInterval & Readonly<{ to: Instant }>;

/** PostgreSQL takes 65,535 parameters per statement; an interval has 20. */
const BATCH = 500;

/** Settled campaign money of one tenant, inside the transaction it was made for. */
export class FinanceRepository {
  constructor(
    private readonly tx: EntityManager,
    private readonly tenantId: string,
  ) {}

  /** One settlement of a campaign at a time. */
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

  async addSettlement(
    cost: CampaignCost,
    usage: readonly EndedUsage[],
    by: Readonly<{ usageHash: string; actor: string }>,
  ): Promise<void> {
    for (let start = 0; start < usage.length; start += BATCH) {
      const rows = usage.slice(start, start + BATCH).map((interval) => this.usageRow(cost, interval));
      await this.tx.upsert(UsageIntervalEntity, rows, [
        'tenantId',
        'campaignId',
        'accountId',
        'region',
        'machine',
      ]);
    }
    await this.tx.insert(SettlementEntity, {
      tenantId: this.tenantId,
      campaignId: cost.campaignId,
      settledAt: parseInstant(cost.asOf),
      settledBy: by.actor,
      usageHash: by.usageHash,
      currency: cost.currency,
      bought: cost.actualToDate.amount,
      private: cost.private.actualToDate.amount,
      cost: cost as object,
    });
  }

  private usageRow(cost: CampaignCost, interval: EndedUsage): UsageIntervalRow {
    const { pricePerHour, from, to, wantedUntil: _past, ...rest } = interval;
    return {
      ...rest,
      id: newId(),
      tenantId: this.tenantId,
      campaignId: cost.campaignId,
      priceAmount: pricePerHour?.amount ?? null,
      priceCurrency: pricePerHour?.currency ?? null,
      startedAt: parseInstant(from),
      endedAt: parseInstant(to),
      settledAt: parseInstant(cost.asOf),
    };
  }
}
