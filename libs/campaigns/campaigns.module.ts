import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { AccountService, AccountSessions } from '@springtide/accounts';
import { LinkService, MarketService, TemplateService } from '@springtide/catalog';
import { ClusterService } from '@springtide/clusters';
import { DemandModule, DemandService } from '@springtide/demand';
import { EffectLedger } from '@springtide/effects';
import { ApprovalService, IdentityModule } from '@springtide/identity';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { ProbeService, ReadinessModule, ReadinessService } from '@springtide/readiness';
import { ScalingModule, ScalingService } from '@springtide/scaling';
import { ReleaseKeeper, RoutesService } from '@springtide/traffic';
import { BillOrders } from './bill-orders.js';
import { CampaignsService } from './campaign.service.js';
import { EmptyEntrances } from './empty-entrances.service.js';
import { DemandWatch } from './demand-watch.service.js';
import { GroupReturns } from './group-return.service.js';
import { groupRunsSince } from './group-runs.js';
import { EntranceKeeper } from './entrance-keeper.service.js';
import { PlanFacts } from './plan-facts.service.js';
import { PlanSolver } from './plan-solver.js';
import { PlanComparisons } from './plan-comparison.service.js';
import { PlansService } from './plan.service.js';
import { ProbeDesk } from './probe-desk.service.js';
import { ReadinessGate } from './readiness-gate.service.js';
import { RehearsalGate } from './rehearsal-gate.js';
import { StartCheck } from './start-check.service.js';
import { Provisioning } from './provisioning.service.js';
import { RehearsalService } from './rehearsal.service.js';
import { ShareRehearsals } from './share-rehearsal.service.js';
import { ReportService } from './report.service.js';
import { RESIDUAL_SOLVER, solveSoon, type ResidualSolver } from './residual-planner.js';
import { RunBook } from './run-book.js';
import { RunFactsService } from './run-facts.service.js';
import { RunEngine } from './run-engine.service.js';
import { RunsService } from './run.service.js';
import { SafeHolds } from './safe-hold.service.js';
import { ScaleBack } from './scale-back.service.js';
import { Shifting } from './shifting.service.js';
import { StrategyFollower } from './strategy-follower.service.js';
import { StuckDesk } from './stuck-desk.service.js';
import { WayBackService } from './way-back.service.js';

/** The modules of the contexts that campaigns stand on; the app's own, so that everything is shared. */
export type CampaignsImports = Readonly<{
  accounts: DynamicModule;
  catalog: DynamicModule;
  effects: DynamicModule;
  clusters: DynamicModule;
  traffic: DynamicModule;
  /** Where machines in the clouds reach this installation; left out: no probes are bought. */
  probeUrl?: string | undefined;
}>;

const forPeople: FactoryProvider[] = [
  {
    provide: CampaignsService,
    useFactory: (database: Database, templates: TemplateService, clock: Clock) =>
      new CampaignsService(database, templates, clock),
    inject: [Database, TemplateService, CLOCK],
  },
  {
    provide: PlanFacts,
    useFactory: (database: Database) => new PlanFacts(database),
    inject: [Database],
  },
  {
    provide: PlanSolver,
    useFactory: (
      accounts: AccountService,
      sessions: AccountSessions,
      market: MarketService,
      templates: TemplateService,
      links: LinkService,
      routes: RoutesService,
      facts: PlanFacts,
      clock: Clock,
    ) =>
      new PlanSolver({
        accounts,
        market,
        templates,
        links,
        routes,
        facts,
        manifestOf: (id) => sessions.manifest(id),
        clock,
      }),
    inject: [
      AccountService,
      AccountSessions,
      MarketService,
      TemplateService,
      LinkService,
      RoutesService,
      PlanFacts,
      CLOCK,
    ],
  },
  {
    provide: ReadinessGate,
    useFactory: (
      database: Database,
      readiness: ReadinessService,
      templates: TemplateService,
      links: LinkService,
      clock: Clock,
    ) => new ReadinessGate(database, readiness, templates, links, clock),
    inject: [Database, ReadinessService, TemplateService, LinkService, CLOCK],
  },
  {
    provide: ProbeDesk,
    useFactory: (database: Database, gate: ReadinessGate, probes: ProbeService) =>
      new ProbeDesk(database, gate, probes),
    inject: [Database, ReadinessGate, ProbeService],
  },
  {
    provide: StartCheck,
    useFactory: (
      database: Database,
      approvals: ApprovalService,
      plans: PlansService,
      gate: ReadinessGate,
      readiness: ReadinessService,
      clock: Clock,
    ) => new StartCheck({ database, approvals, plans, gate, readiness, clock }),
    inject: [Database, ApprovalService, PlansService, ReadinessGate, ReadinessService, CLOCK],
  },
  {
    provide: PlansService,
    useFactory: (
      database: Database,
      approvals: ApprovalService,
      solver: PlanSolver,
      gate: ReadinessGate,
      clock: Clock,
    ) => new PlansService({ database, approvals, solver, gate, rehearsals: new RehearsalGate(clock), clock }),
    inject: [Database, ApprovalService, PlanSolver, ReadinessGate, CLOCK],
  },
  {
    provide: PlanComparisons,
    useFactory: (database: Database, solver: PlanSolver) => new PlanComparisons(database, solver),
    inject: [Database, PlanSolver],
  },
  {
    provide: RunsService,
    useFactory: (
      database: Database,
      approvals: ApprovalService,
      ledger: EffectLedger,
      routes: RoutesService,
      startCheck: StartCheck,
      clock: Clock,
    ) => new RunsService(database, approvals, ledger, routes, startCheck, clock),
    inject: [Database, ApprovalService, EffectLedger, RoutesService, StartCheck, CLOCK],
  },
  {
    provide: RunFactsService,
    useFactory: (database: Database, approvals: ApprovalService, clock: Clock) =>
      new RunFactsService(database, approvals, clock),
    inject: [Database, ApprovalService, CLOCK],
  },
  {
    provide: StuckDesk,
    useFactory: (database: Database, ledger: EffectLedger, clock: Clock) =>
      new StuckDesk(database, ledger, clock),
    inject: [Database, EffectLedger, CLOCK],
  },
  {
    provide: RehearsalService,
    useFactory: (
      database: Database,
      accounts: AccountService,
      sessions: AccountSessions,
      routes: RoutesService,
      demand: DemandService,
      ledger: EffectLedger,
      clock: Clock,
    ) => {
      const manifestOf = (id: string) => sessions.manifest(id);
      return new RehearsalService({ database, accounts, routes, demand, ledger, manifestOf, clock });
    },
    inject: [Database, AccountService, AccountSessions, RoutesService, DemandService, EffectLedger, CLOCK],
  },
  {
    provide: ShareRehearsals,
    useFactory: (database: Database, campaigns: CampaignsService, plans: PlansService) =>
      new ShareRehearsals({ database, campaigns, plans }),
    inject: [Database, CampaignsService, PlansService],
  },
  {
    provide: ReportService,
    useFactory: (database: Database, ledger: EffectLedger, clock: Clock) =>
      new ReportService(database, ledger, clock),
    inject: [Database, EffectLedger, CLOCK],
  },
];

const forWorkflows: FactoryProvider[] = [
  {
    provide: RunBook,
    useFactory: (database: Database, clock: Clock) => new RunBook(database, clock),
    inject: [Database, CLOCK],
  },
  { provide: RESIDUAL_SOLVER, useFactory: () => solveSoon },
  {
    provide: RunEngine,
    useFactory: (book: RunBook, ledger: EffectLedger, solve: ResidualSolver) =>
      new RunEngine(book, ledger, solve),
    inject: [RunBook, EffectLedger, RESIDUAL_SOLVER],
  },
  {
    provide: Provisioning,
    useFactory: (book: RunBook, ledger: EffectLedger) => new Provisioning(book, ledger),
    inject: [RunBook, EffectLedger],
  },
  {
    provide: Shifting,
    useFactory: (book: RunBook, ledger: EffectLedger, routes: RoutesService) =>
      new Shifting(book, ledger, routes),
    inject: [RunBook, EffectLedger, RoutesService],
  },
  {
    provide: EntranceKeeper,
    useFactory: (book: RunBook, ledger: EffectLedger, routes: RoutesService, releases: ReleaseKeeper) =>
      new EntranceKeeper(book, ledger, routes, releases),
    inject: [RunBook, EffectLedger, RoutesService, ReleaseKeeper],
  },
  {
    provide: DemandWatch,
    useFactory: (
      database: Database,
      book: RunBook,
      ledger: EffectLedger,
      routes: RoutesService,
      scaling: ScalingService,
    ) => new DemandWatch(database, book, ledger, routes, new StrategyFollower(database, scaling, routes)),
    inject: [Database, RunBook, EffectLedger, RoutesService, ScalingService],
  },
  {
    provide: GroupReturns,
    useFactory: (
      database: Database,
      approvals: ApprovalService,
      plans: PlansService,
      prices: StartCheck,
      clock: Clock,
    ) => new GroupReturns({ database, approvals, plans, prices, clock }),
    inject: [Database, ApprovalService, PlansService, StartCheck, CLOCK],
  },
  {
    provide: ScaleBack,
    useFactory: (book: RunBook, ledger: EffectLedger) => new ScaleBack(book, ledger),
    inject: [RunBook, EffectLedger],
  },
  {
    provide: SafeHolds,
    useFactory: (database: Database, book: RunBook, ledger: EffectLedger) =>
      new SafeHolds(database, book, ledger),
    inject: [Database, RunBook, EffectLedger],
  },
  {
    provide: BillOrders,
    useFactory: (database: Database) => new BillOrders(database),
    inject: [Database],
  },
  {
    provide: WayBackService,
    useFactory: (
      book: RunBook,
      ledger: EffectLedger,
      shifting: Shifting,
      routes: RoutesService,
      clusters: ClusterService,
    ) => new WayBackService(book, ledger, new EmptyEntrances({ book, ledger, shifting, routes, clusters })),
    inject: [RunBook, EffectLedger, Shifting, RoutesService, ClusterService],
  },
];

@Module({})
export class CampaignsModule {
  static with({ accounts, catalog, effects, clusters, traffic, probeUrl }: CampaignsImports): DynamicModule {
    const readiness = ReadinessModule.with({ accounts, catalog, effects, traffic, probeUrl });
    const scaling = ScalingModule.with({ effects, traffic, groupRuns: groupRunsSince });
    const providers = [...forPeople, ...forWorkflows];
    return {
      module: CampaignsModule,
      imports: [
        accounts,
        catalog,
        effects,
        clusters,
        traffic,
        readiness,
        scaling,
        DemandModule,
        IdentityModule,
      ],
      providers,
      exports: [...providers.map((provider) => provider.provide), readiness],
    };
  }
}
