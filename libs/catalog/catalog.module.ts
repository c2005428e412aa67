import { Module, type DynamicModule } from '@nestjs/common';
import { AccountService, AccountSessions } from '@springtide/accounts';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, LOGGER, type Logger } from '@springtide/platform';
import { CLOUD_SOURCE, accountClouds, type CloudSource } from './cloud-source.js';
import { LinkService } from './link.service.js';
import { MarketService } from './market.service.js';
import { TemplateService } from './template.service.js';

@Module({})
export class CatalogModule {
  /** @param accounts the app's one accounts module, so that sessions are shared. */
  static with(accounts: DynamicModule): DynamicModule {
    return {
      module: CatalogModule,
      imports: [accounts],
      providers: [
        { provide: CLOUD_SOURCE, useFactory: accountClouds, inject: [AccountService, AccountSessions] },
        {
          provide: MarketService,
          useFactory: (database: Database, clouds: CloudSource, clock: Clock, log: Logger) =>
            new MarketService(database, clouds, clock, log),
          inject: [Database, CLOUD_SOURCE, CLOCK, LOGGER],
        },
        {
          provide: LinkService,
          useFactory: (database: Database, accounts: AccountService, clock: Clock) =>
            new LinkService(database, accounts, clock),
          inject: [Database, AccountService, CLOCK],
        },
        {
          provide: TemplateService,
          useFactory: (database: Database, clock: Clock) => new TemplateService(database, clock),
          inject: [Database, CLOCK],
        },
      ],
      exports: [CLOUD_SOURCE, LinkService, MarketService, TemplateService],
    };
  }
}
