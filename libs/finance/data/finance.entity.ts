import { EntitySchema } from 'typeorm';
import type { PricedOption } from '../domain/index.js';

export type UsageIntervalRow = {
  id: string;
  tenantId: string;
  campaignId: string;
  accountId: string;
  accountName: string;
  provider: string;
  region: string;
  zone: string;
  machine: string;
  machineType: string;
  purchaseOption: PricedOption;
  service: string;
  pool: string;
  priceAmount: string | null;
  priceCurrency: string | null;
  minimumBillingSeconds: number;
  marketSnapshotId: string | null;
  startedAt: Date;
  endedAt: Date;
  settledAt: Date;
};

export const UsageIntervalEntity = new EntitySchema<UsageIntervalRow>({
  name: 'FinanceUsageInterval',
  tableName: 'finance_usage_interval',
  columns: {
    id: { type: 'uuid', primary: true },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    campaignId: { name: 'campaign_id', type: 'uuid' },
    accountId: { name: 'account_id', type: 'uuid' },
    accountName: { name: 'account_name', type: 'text' },
    provider: { type: 'text' },
    region: { type: 'text' },
    zone: { type: 'text' },
    machine: { type: 'text' },
    machineType: { name: 'machine_type', type: 'text' },
    purchaseOption: { name: 'purchase_option', type: 'text' },
    service: { type: 'text' },
    pool: { type: 'text' },
    priceAmount: { name: 'price_amount', type: 'numeric', nullable: true },
    priceCurrency: { name: 'price_currency', type: 'char', length: 3, nullable: true },
    minimumBillingSeconds: { name: 'minimum_billing_seconds', type: 'integer' },
    marketSnapshotId: { name: 'market_snapshot_id', type: 'uuid', nullable: true },
    startedAt: { name: 'started_at', type: 'timestamptz' },
    endedAt: { name: 'ended_at', type: 'timestamptz' },
    settledAt: { name: 'settled_at', type: 'timestamptz' },
  },
});

export type SettlementRow = {
  id: string;
  tenantId: string;
  campaignId: string;
  settledAt: Date;
  settledBy: string;
  usageHash: string;
  currency: string;
  bought: string;
  private: string;
  cost: unknown;
};

export const SettlementEntity = new EntitySchema<SettlementRow>({
  name: 'FinanceSettlement',
  tableName: 'finance_settlement',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    campaignId: { name: 'campaign_id', type: 'uuid' },
    settledAt: { name: 'settled_at', type: 'timestamptz' },
    settledBy: { name: 'settled_by', type: 'text' },
    usageHash: { name: 'usage_hash', type: 'text' },
    currency: { type: 'char', length: 3 },
    bought: { type: 'numeric' },
    private: { type: 'numeric' },
    cost: { type: 'jsonb' },
  },
});
