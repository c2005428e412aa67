import { Module, type DynamicModule } from '@nestjs/common';
import { AccountSessions } from '@springtide/accounts';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, LOGGER, newId, type Logger } from '@springtide/platform';
import { PostgresEffectStore } from './data/postgres-effect-store.js';
import { DEMO_EFFECTS, STANDARD_EFFECTS } from './effects-policy.js';
import { ImagePlacement } from './image-placement.service.js';
import { EffectLedger } from './ledger.service.js';
import { MachineSnapshots } from './machine-snapshots.service.js';
import { Reconciler } from './reconciler.service.js';

export type EffectsOptions = Readonly<{
  /** Our creator mark on cloud resources. */
  installation: string;
  policy: 'standard' | 'demo';
}>;

@Module({})
export class EffectsModule {
  /** @param accounts the app's one accounts module, so that sessions are shared. */
  static with(accounts: DynamicModule, { installation, policy }: EffectsOptions): DynamicModule {
    return {
      module: EffectsModule,
      imports: [accounts],
      providers: [
        {
          provide: EffectLedger,
          useFactory: (database: Database, clouds: AccountSessions, clock: Clock, log: Logger) =>
            new EffectLedger({
              store: new PostgresEffectStore(database),
              clouds,
              clock,
              newId,
              installation,
              log,
              policy: policy === 'demo' ? DEMO_EFFECTS : STANDARD_EFFECTS,
            }),
          inject: [Database, AccountSessions, CLOCK, LOGGER],
        },
        {
          provide: ImagePlacement,
          useFactory: (ledger: EffectLedger) => new ImagePlacement(ledger),
          inject: [EffectLedger],
        },
        {
          provide: MachineSnapshots,
          useFactory: (ledger: EffectLedger, database: Database) => new MachineSnapshots(ledger, database),
          inject: [EffectLedger, Database],
        },
        {
          provide: Reconciler,
          useFactory: (ledger: EffectLedger) => new Reconciler(ledger),
          inject: [EffectLedger],
        },
      ],
      exports: [EffectLedger, ImagePlacement, MachineSnapshots, Reconciler],
    };
  }
}
