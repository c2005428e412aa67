import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { AccountService, AccountSessions, AccountsModule } from '@springtide/accounts';
import {
  CampaignsService,
  PlanSolver,
  PlansService,
  ReportService,
  RunsService,
} from '@springtide/campaigns';
import { CatalogModule, MarketService, TemplateService } from '@springtide/catalog';
import { DEMO_EFFECTS, EffectLedger, PostgresEffectStore, STANDARD_EFFECTS } from '@springtide/effects';
import { FinanceModule } from '@springtide/finance';
import { ApprovalService, IdentityModule } from '@springtide/identity';
import { InventoryModule, InventorySyncService } from '@springtide/inventory';
import { SpringtideError, type Clock } from '@springtide/kernel';
import { CLOCK, Database, LOGGER, newId, type Logger } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { RoutesService } from '@springtide/traffic';
import { PROVIDERS } from '../accounts/accounts.controller.js';
import { Readiness } from '../health/readiness.js';
import { SyncNow } from '../inventory/sync-now.js';
import { RunEvents } from '../runs/run-events.js';

export type ServiceParts = Readonly<{
  providers: ReadonlyMap<string, ProviderManifest>;
  /** Our creator mark on cloud resources. */
  installation: string;
  policy: 'standard' | 'demo';
  readiness: Readiness;
}>;

/** The services of all contexts, wired once for this process. */
@Global()
@Module({})
export class ServicesModule {
  static with(parts: ServiceParts): DynamicModule {
    const accounts = AccountsModule.with(parts.providers);
    const catalog = CatalogModule.with(accounts);
    const inventory = InventoryModule.with(catalog, parts.installation);
    const imports = [accounts, catalog, inventory, FinanceModule, IdentityModule];
    const providers = [
      { provide: PROVIDERS, useValue: parts.providers },
      { provide: Readiness, useValue: parts.readiness },
      ledger(parts),
      routes,
      planSolver(parts.providers),
      ...campaigns,
      reports,
      runEvents,
      syncNow,
    ];
    const exports = [...imports, ...providers.map((one) => one.provide)];
    return { module: ServicesModule, imports, providers, exports };
  }
}

function ledger({ installation, policy }: ServiceParts): FactoryProvider<EffectLedger> {
  return {
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
  };
}

const routes: FactoryProvider<RoutesService> = {
  provide: RoutesService,
  useFactory: (database: Database, effects: EffectLedger, clock: Clock) =>
    new RoutesService(database, effects, clock),
  inject: [Database, EffectLedger, CLOCK],
};

/** Solving is the worker's; here it only lends the plan service what its other methods need. */
function planSolver(providers: ServiceParts['providers']): FactoryProvider<PlanSolver> {
  return {
    provide: PlanSolver,
    useFactory: (
      accounts: AccountService,
      market: MarketService,
      templates: TemplateService,
      entrances: RoutesService,
      clock: Clock,
    ) => {
      const manifestOf = (id: string): ProviderManifest => requireProvider(providers, id);
      return new PlanSolver({ accounts, market, templates, routes: entrances, manifestOf, clock });
    },
    inject: [AccountService, MarketService, TemplateService, RoutesService, CLOCK],
  };
}

const campaigns = [
  {
    provide: CampaignsService,
    useFactory: (database: Database, templates: TemplateService, clock: Clock) =>
      new CampaignsService(database, templates, clock),
    inject: [Database, TemplateService, CLOCK],
  },
  {
    provide: PlansService,
    useFactory: (database: Database, approvals: ApprovalService, solver: PlanSolver, clock: Clock) =>
      new PlansService(database, approvals, solver, clock),
    inject: [Database, ApprovalService, PlanSolver, CLOCK],
  },
  {
    provide: RunsService,
    useFactory: (
      database: Database,
      approvals: ApprovalService,
      effects: EffectLedger,
      entrances: RoutesService,
      clock: Clock,
    ) => new RunsService(database, approvals, effects, entrances, clock),
    inject: [Database, ApprovalService, EffectLedger, RoutesService, CLOCK],
  },
];

const reports: FactoryProvider<ReportService> = {
  provide: ReportService,
  useFactory: (database: Database, effects: EffectLedger, clock: Clock) =>
    new ReportService(database, effects, clock),
  inject: [Database, EffectLedger, CLOCK],
};

const runEvents: FactoryProvider<RunEvents> = {
  provide: RunEvents,
  useFactory: (runs: RunsService, clock: Clock) => new RunEvents(runs, clock),
  inject: [RunsService, CLOCK],
};

const syncNow: FactoryProvider<SyncNow> = {
  provide: SyncNow,
  useFactory: (accounts: AccountService, inventory: InventorySyncService, market: MarketService) =>
    new SyncNow(accounts, inventory, market),
  inject: [AccountService, InventorySyncService, MarketService],
};

function requireProvider(providers: ServiceParts['providers'], id: string): ProviderManifest {
  const manifest = providers.get(id);
  if (manifest) return manifest;
  throw new SpringtideError('invalid-argument', `there is no provider "${id}" in this installation`);
}
