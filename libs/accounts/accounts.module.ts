import { Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '@springtide/kernel';
import {
  CLOCK,
  Database,
  ENDPOINT_GATE,
  KEY_RING,
  LOGGER,
  Metrics,
  newId,
  SharedBooks,
  type EndpointGate,
  type KeyRing,
  type Logger,
} from '@springtide/platform';
import { BookedRateLimiter } from '@springtide/provider-kit';
import { AccountSessions, type ProviderRegistry } from './account-sessions.js';
import { AccountService } from './account.service.js';
import { CredentialVault } from './data/credential-vault.js';

/** Ends the sessions with the app. */
class SessionsEnd implements OnModuleDestroy {
  constructor(private readonly sessions: AccountSessions) {}

  async onModuleDestroy(): Promise<void> {
    await this.sessions.close();
  }
}

@Module({})
export class AccountsModule {
  /** @param providers the generated registry; only apps may import it. */
  static with(providers: ProviderRegistry): DynamicModule {
    return {
      module: AccountsModule,
      providers: [
        {
          provide: CredentialVault,
          useFactory: (keyRing: KeyRing) => new CredentialVault(keyRing),
          inject: [KEY_RING],
        },
        {
          provide: AccountSessions,
          useFactory: makeSessions(providers),
          inject: [Database, CredentialVault, ENDPOINT_GATE, CLOCK, LOGGER, Metrics],
        },
        {
          provide: AccountService,
          useFactory: (database: Database, clock: Clock, vault: CredentialVault, sessions: AccountSessions) =>
            new AccountService({ database, clock, vault, sessions }),
          inject: [Database, CLOCK, CredentialVault, AccountSessions],
        },
        {
          provide: SessionsEnd,
          useFactory: (sessions: AccountSessions) => new SessionsEnd(sessions),
          inject: [AccountSessions],
        },
      ],
      exports: [AccountService, AccountSessions, CredentialVault],
    };
  }
}

function makeSessions(providers: ProviderRegistry) {
  return (
    database: Database,
    vault: CredentialVault,
    gate: EndpointGate,
    clock: Clock,
    log: Logger,
    metrics: Metrics,
  ): AccountSessions => {
    const limiter = new BookedRateLimiter({
      books: new SharedBooks(database, 'rate-limit'),
      clock,
      process: newId(),
      onError: (error) => {
        log.warn({ error }, 'the end or the refusal of a call could not be noted for the other workers');
      },
    });
    return new AccountSessions({ database, vault, providers, gate, clock, log, limiter, observer: metrics });
  };
}
