import { Module, type DynamicModule } from '@nestjs/common';
import { CLOUD_SOURCE, type CloudSource } from '@springtide/catalog';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, LOGGER, type Logger } from '@springtide/platform';
import { InventorySyncService } from './inventory-sync.service.js';
import { InventoryWatchService } from './inventory-watch.service.js';
import { InventoryService } from './inventory.service.js';
import { TopologyService } from './topology.service.js';
import { ViewService } from './view.service.js';

@Module({})
export class InventoryModule {
  /** @param installation our creator mark, by which resources are told to be ours. */
  static with(catalog: DynamicModule, installation: string): DynamicModule {
    const sync = (database: Database, clouds: CloudSource, clock: Clock, log: Logger) =>
      new InventorySyncService({ database, clouds, clock, log, installation });
    const parts = [Database, CLOUD_SOURCE, CLOCK, LOGGER];
    return {
      module: InventoryModule,
      imports: [catalog],
      providers: [
        { provide: InventorySyncService, useFactory: sync, inject: parts },
        {
          provide: InventoryWatchService,
          useFactory: (
            database: Database,
            clouds: CloudSource,
            clock: Clock,
            log: Logger,
            service: InventorySyncService,
          ) => new InventoryWatchService({ database, clouds, clock, log, installation }, service),
          inject: [...parts, InventorySyncService],
        },
        {
          provide: InventoryService,
          useFactory: (database: Database) => new InventoryService(database, installation),
          inject: [Database],
        },
        {
          provide: TopologyService,
          useFactory: (database: Database) => new TopologyService(database),
          inject: [Database],
        },
        {
          provide: ViewService,
          useFactory: (database: Database, clock: Clock) => new ViewService(database, clock),
          inject: [Database, CLOCK],
        },
      ],
      exports: [InventorySyncService, InventoryWatchService, InventoryService, TopologyService, ViewService],
    };
  }
}
