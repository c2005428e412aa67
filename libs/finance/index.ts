import type { SchemaPart } from '@springtide/platform';
import { SettlementEntity, UsageIntervalEntity } from './data/finance.entity.js';
import { BillChecks1764430000000 } from './data/bill-check.migration.js';
import { FinanceTables1760001000000 } from './data/finance-tables.migration.js';

export { BillCheckService, type BillCheckParts } from './bill-check.service.js';
export { billFacts, type BillFacts, type BillSubject } from './bill-facts.js';
export { CampaignCostService } from './campaign-cost.service.js';
export { ledgerFacts, type CampaignFacts } from './campaign-facts.js';
export { FinanceModule } from './finance.module.js';

export const financeSchema: SchemaPart = {
  entities: [UsageIntervalEntity, SettlementEntity],
  migrations: [FinanceTables1760001000000, BillChecks1764430000000],
};
