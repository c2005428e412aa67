import type { SchemaPart } from '@springtide/platform';
import { Reports1763820000000 } from './data/reports.migration.js';

export { AfterActionService, type Signing } from './after-action.service.js';
export { reportPdf } from './pdf/report-pdf.js';
export { ReportsModule } from './reports.module.js';

export const reportsSchema: SchemaPart = { entities: [], migrations: [Reports1763820000000] };
