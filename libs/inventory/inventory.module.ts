import { Module, type DynamicModule } from '@nestjs/common';
import { CLOUD_SOURCE, type CloudSource } from '@springtide/catalog';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, LOGGER, type Logger } from '@springtide/platform';
import { InventorySyncService } from './inventory-sync.service.js';
import { InventoryService } from './inventory.service.js';

@Module({})
export class InventoryModule {
  /** @param installation our creator mark, by which machines are told to be ours. */
  static with(catalog: DynamicModule, installation: string): DynamicModule {
    return {
      module: InventoryModule,
      imports: [catalog],
      providers: [
        {
          provide: InventorySyncService,
          useFactory: (database: Database, clouds: CloudSource, clock: Clock, log: Logger) =>
            new InventorySyncService(database, clouds, clock, log),
          inject: [Database, CLOUD_SOURCE, CLOCK, LOGGER],
        },
        {
          provide: InventoryService,
          useFactory: (database: Database) => new InventoryService(database, installation),
          inject: [Database],
        },
      ],
      exports: [InventorySyncService, InventoryService],
    };
  }
}
