import { EntitySchema } from 'typeorm';
import type { DriftKind, ResourceType } from '../domain/index.js';

export type ResourceRow = {
  id: string;
  tenantId: string;
  accountId: string;
  region: string;
  resourceType: ResourceType;
  cloudId: string;
  name: string;
  state: string | null;
  zone: string | null;
  ownerInstallation: string | null;
  ownerIntent: string | null;
  campaign: string | null;
  service: string | null;
  search: string;
  labels: unknown;
  observed: unknown;
  hash: string;
  observedAt: Date;
  firstSeen: Date;
  lastSeen: Date;
  missed: number;
  releasedAt: Date | null;
  goneAt: Date | null;
};

export const ResourceEntity = new EntitySchema<ResourceRow>({
  name: 'InventoryResource',
  tableName: 'inventory_resource',
  columns: {
    id: { type: 'uuid', primary: true },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    accountId: { name: 'account_id', type: 'uuid' },
    region: { type: 'text' },
    resourceType: { name: 'resource_type', type: 'text' },
    cloudId: { name: 'cloud_id', type: 'text' },
    name: { type: 'text' },
    state: { type: 'text', nullable: true },
    zone: { type: 'text', nullable: true },
    ownerInstallation: { name: 'owner_installation', type: 'text', nullable: true },
    ownerIntent: { name: 'owner_intent', type: 'text', nullable: true },
    campaign: { type: 'text', nullable: true },
    service: { type: 'text', nullable: true },
    search: { type: 'text' },
    labels: { type: 'jsonb' },
    observed: { type: 'json' },
    hash: { type: 'text' },
    observedAt: { name: 'observed_at', type: 'timestamptz' },
    firstSeen: { name: 'first_seen', type: 'timestamptz' },
    lastSeen: { name: 'last_seen', type: 'timestamptz' },
    missed: { type: 'integer' },
    releasedAt: { name: 'released_at', type: 'timestamptz', nullable: true },
    goneAt: { name: 'gone_at', type: 'timestamptz', nullable: true },
  },
});

export type FreshnessRow = {
  tenantId: string;
  accountId: string;
  region: string;
  resourceType: ResourceType;
  attemptedAt: Date;
  listedAt: Date | null;
  confirmedAt: Date | null;
  complete: boolean;
  reason: string | null;
};

export const FreshnessEntity = new EntitySchema<FreshnessRow>({
  name: 'InventoryFreshness',
  tableName: 'inventory_freshness',
  columns: {
    tenantId: { name: 'tenant_id', type: 'uuid', primary: true },
    accountId: { name: 'account_id', type: 'uuid', primary: true },
    region: { type: 'text', primary: true },
    resourceType: { name: 'resource_type', type: 'text', primary: true },
    attemptedAt: { name: 'attempted_at', type: 'timestamptz' },
    listedAt: { name: 'listed_at', type: 'timestamptz', nullable: true },
    confirmedAt: { name: 'confirmed_at', type: 'timestamptz', nullable: true },
    complete: { type: 'boolean' },
    reason: { type: 'text', nullable: true },
  },
});

export type DriftRow = {
  id: string;
  tenantId: string;
  accountId: string;
  region: string;
  resourceType: ResourceType;
  cloudId: string;
  name: string;
  kind: DriftKind;
  changes: unknown;
  who: unknown;
  at: Date;
};

export const DriftEntity = new EntitySchema<DriftRow>({
  name: 'InventoryDrift',
  tableName: 'inventory_drift',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    tenantId: { name: 'tenant_id', type: 'uuid' },
    accountId: { name: 'account_id', type: 'uuid' },
    region: { type: 'text' },
    resourceType: { name: 'resource_type', type: 'text' },
    cloudId: { name: 'cloud_id', type: 'text' },
    name: { type: 'text' },
    kind: { type: 'text' },
    changes: { type: 'jsonb' },
    who: { type: 'jsonb' },
    at: { type: 'timestamptz' },
  },
});
