import type { SchemaPart } from '@springtide/platform';
import { CatalogTables1760000300000 } from './data/catalog-tables.migration.js';
import {
  MarketFreshnessEntity,
  MarketSnapshotEntity,
  OfferingEntity,
  QuotaEntity,
} from './data/market.entity.js';
import { NetworkEntity } from './data/network.entity.js';
import { CatalogNetworks1763832000000 } from './data/networks.migration.js';
import { SiteLinks1763870000000 } from './data/site-link.migration.js';
import { TemplateVersionEntity } from './data/template.entity.js';

export { CatalogModule } from './catalog.module.js';
export { CLOUD_SOURCE, accountClouds, type CloudSource } from './cloud-source.js';
export type { OfferingFilter } from './data/market.repository.js';
export { LinkService } from './link.service.js';
export { MarketService, type MarketRefresh, type OfferingPage } from './market.service.js';
export { parseTemplate, type ParsedTemplate } from './template-document.js';
export { TemplateService, type CreatedTemplate, type TemplatePage } from './template.service.js';

export const catalogSchema: SchemaPart = {
  entities: [
    OfferingEntity,
    QuotaEntity,
    NetworkEntity,
    MarketFreshnessEntity,
    MarketSnapshotEntity,
    TemplateVersionEntity,
  ],
  migrations: [CatalogTables1760000300000, CatalogNetworks1763832000000, SiteLinks1763870000000],
};
