import type { SchemaPart } from '@springtide/platform';
import { DemandTables1763830000000 } from './data/demand-tables.migration.js';

export { CalendarService } from './calendar.service.js';
export { DemandModule } from './demand.module.js';
export { DemandService } from './demand.service.js';
export { PrometheusReader } from './prometheus-reader.js';

export const demandSchema: SchemaPart = { entities: [], migrations: [DemandTables1763830000000] };
