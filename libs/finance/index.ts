import type { SchemaPart } from '@springtide/platform';
import { CampaignBasisEntity, SettlementEntity, UsageIntervalEntity } from './data/finance.entity.js';
import { FinanceTables1760001000000 } from './data/finance-tables.migration.js';

export { CampaignCostService, type StartedMachine } from './campaign-cost.service.js';
export type { MachineRef } from './data/finance.repository.js';
export { FinanceModule } from './finance.module.js';

export const financeSchema: SchemaPart = {
  entities: [CampaignBasisEntity, UsageIntervalEntity, SettlementEntity],
  migrations: [FinanceTables1760001000000],
};
