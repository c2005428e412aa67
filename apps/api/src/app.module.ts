import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { AccountsController } from './accounts/accounts.controller.js';
import { CampaignsController } from './campaigns/campaigns.controller.js';
import { PlansController } from './campaigns/plans.controller.js';
import { ProbesController } from './campaigns/probes.controller.js';
import { RehearsalsController } from './campaigns/rehearsals.controller.js';
import { ReportsController } from './campaigns/reports.controller.js';
import { CatalogController } from './catalog/catalog.controller.js';
import { LinksController } from './catalog/links.controller.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { DemandController } from './demand/demand.controller.js';
import { ScalingController } from './demand/scaling.controller.js';
import { CostController } from './finance/cost.controller.js';
import { SystemController } from './health/system.controller.js';
import { AuditController } from './identity/audit.controller.js';
import { IdentityController } from './identity/identity.controller.js';
import { InventoryController } from './inventory/inventory.controller.js';
import { SnapshotsController } from './inventory/snapshots.controller.js';
import { ReadinessController } from './campaigns/readiness.controller.js';
import { ResourcesController } from './inventory/resources.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { StuckController } from './stuck/stuck.controller.js';
import { TrafficController } from './traffic/traffic.controller.js';

/** One controller per context, or two where a context has two nouns. */
const controllers = [
  AccountsController,
  AuditController,
  CampaignsController,
  CatalogController,
  ClustersController,
  CostController,
  DemandController,
  IdentityController,
  InventoryController,
  SnapshotsController,
  LinksController,
  PlansController,
  ProbesController,
  ReadinessController,
  RehearsalsController,
  ReportsController,
  ResourcesController,
  RunsController,
  ScalingController,
  StuckController,
  SystemController,
  TrafficController,
];

/** The HTTP interface over given services. */
@Module({})
export class AppModule {
  static over(services: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: AppModule, imports: services, controllers };
  }
}
