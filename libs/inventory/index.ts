import type { SchemaPart } from '@springtide/platform';
import { DriftEntity, FreshnessEntity, ResourceEntity } from './data/inventory.entity.js';
import { InventoryTables1760000400000 } from './data/inventory-tables.migration.js';

export type { CountBy, InventoryCursor, InventoryFilter } from './data/inventory.queries.js';
export { InventoryModule } from './inventory.module.js';
export { InventorySyncService, type PlaceReport, type SyncReport } from './inventory-sync.service.js';
export { InventoryService, type InventoryPage } from './inventory.service.js';

export const inventorySchema: SchemaPart = {
  entities: [ResourceEntity, FreshnessEntity, DriftEntity],
  migrations: [InventoryTables1760000400000],
};
