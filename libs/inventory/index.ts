import type { SchemaPart } from '@springtide/platform';
import { DriftEntity, FreshnessEntity, ResourceEntity } from './data/inventory.entity.js';
import { InventoryObserved1760001120000 } from './data/inventory-observed.migration.js';
import { InventoryTrail1764420000000 } from './data/inventory-trail.migration.js';
import { InventoryUnexplained1764440000000 } from './data/inventory-unexplained.migration.js';
import { InventoryRelationIndex1760001110000 } from './data/inventory-relation-index.migration.js';
import { InventoryResources1760001100000 } from './data/inventory-resources.migration.js';
import { InventoryTables1760000400000 } from './data/inventory-tables.migration.js';

export type {
  CountBy,
  DriftFilter,
  InventoryCursor,
  InventoryFilter,
  InventorySort,
} from './data/inventory.queries.js';
export { ledgerMachines } from './domain/index.js';
export { InventoryModule } from './inventory.module.js';
export { InventorySyncService, type SyncReport } from './inventory-sync.service.js';
export { InventoryWatchService, type WatchedLedger } from './inventory-watch.service.js';
export { InventoryService, type InventoryPage } from './inventory.service.js';
export type { PlaceReport } from './place-pass.js';
export type { AskLedger } from './place-store.js';
export type { TopologyNode } from './topology.js';
export { TopologyService } from './topology.service.js';
export { ViewService } from './view.service.js';
export type { SavedView } from './data/view.repository.js';

export const inventorySchema: SchemaPart = {
  entities: [ResourceEntity, FreshnessEntity, DriftEntity],
  migrations: [
    InventoryTables1760000400000,
    InventoryResources1760001100000,
    InventoryRelationIndex1760001110000,
    InventoryObserved1760001120000,
    InventoryTrail1764420000000,
    InventoryUnexplained1764440000000,
  ],
};
