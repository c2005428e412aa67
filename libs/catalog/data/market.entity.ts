import { EntitySchema } from 'typeorm';
import type { MarketOffering, MarketPurchaseOption } from '../domain/index.js';

export type OfferingRow = {
  tenantId: string;
  accountId: string;
  region: string;
  zone: string;
  machineType: string;
  purchaseOption: MarketPurchaseOption;
  family: string;
  arch: MarketOffering['arch'];
  vcpu: string;
  memoryMib: string;
  priceAmount: string | null;
  priceCurrency: string | null;
  minimumBillingSeconds: number;
  stockLevel: MarketOffering['stock']['level'];
  stockMachines: number | null;
  quotaGroup: string | null;
  interruptionPerHour: string;
  observedAt: Date;
  withdrawnAt: Date | null;
};

export const OfferingEntity = new EntitySchema<OfferingRow>({
  name: 'CatalogOffering',
  tableName: 'catalog_offering',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    region: { type: 'text', primary: true },
    zone: { type: 'text', primary: true },
    machineType: { name: 'machine_type', type: 'text', primary: true },
    purchaseOption: { name: 'purchase_option', type: 'text', primary: true },
    family: { type: 'text' },
    arch: { type: 'text' },
    vcpu: { type: 'numeric' },
    memoryMib: { name: 'memory_mib', type: 'numeric' },
    priceAmount: { name: 'price_amount', type: 'numeric', nullable: true },
    priceCurrency: { name: 'price_currency', type: 'char', length: 3, nullable: true },
    minimumBillingSeconds: { name: 'minimum_billing_seconds', type: 'integer' },
    stockLevel: { name: 'stock_level', type: 'text' },
    stockMachines: { name: 'stock_machines', type: 'integer', nullable: true },
    quotaGroup: { name: 'quota_group', type: 'text', nullable: true },
    interruptionPerHour: { name: 'interruption_per_hour', type: 'numeric' },
    observedAt: { name: 'observed_at', type: 'timestamptz' },
    withdrawnAt: { name: 'withdrawn_at', type: 'timestamptz', nullable: true },
  },
});

export type QuotaRow = {
  tenantId: string;
  accountId: string;
  region: string;
  quotaGroup: string;
  limitVcpu: string;
  usedVcpu: string;
  observedAt: Date;
};

export const QuotaEntity = new EntitySchema<QuotaRow>({
  name: 'CatalogQuota',
  tableName: 'catalog_quota',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    region: { type: 'text', primary: true },
    quotaGroup: { name: 'quota_group', type: 'text', primary: true },
    limitVcpu: { name: 'limit_vcpu', type: 'numeric' },
    usedVcpu: { name: 'used_vcpu', type: 'numeric' },
    observedAt: { name: 'observed_at', type: 'timestamptz' },
  },
});

export type MarketFreshnessRow = {
  tenantId: string;
  accountId: string;
  region: string;
  attemptedAt: Date;
  confirmedAt: Date | null;
  complete: boolean;
  reason: string | null;
};

export const MarketFreshnessEntity = new EntitySchema<MarketFreshnessRow>({
  name: 'CatalogMarketFreshness',
  tableName: 'catalog_market_freshness',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    region: { type: 'text', primary: true },
    attemptedAt: { name: 'attempted_at', type: 'timestamptz' },
    confirmedAt: { name: 'confirmed_at', type: 'timestamptz', nullable: true },
    complete: { type: 'boolean' },
    reason: { type: 'text', nullable: true },
  },
});

export type MarketSnapshotRow = {
  id: string;
  tenantId: string;
  takenAt: Date;
  hash: string;
  market: unknown;
};

export const MarketSnapshotEntity = new EntitySchema<MarketSnapshotRow>({
  name: 'CatalogMarketSnapshot',
  tableName: 'catalog_market_snapshot',
  columns: {
    id: { type: 'uuid', primary: true },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    takenAt: { name: 'taken_at', type: 'timestamptz' },
    hash: { type: 'text' },
    market: { type: 'jsonb' },
  },
});
