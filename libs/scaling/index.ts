import type { SchemaPart } from '@springtide/platform';
import { Scaling1763831000000 } from './data/scaling.migration.js';

export { ScalingModule } from './scaling.module.js';
export { ScalingService } from './scaling.service.js';

export const scalingSchema: SchemaPart = { entities: [], migrations: [Scaling1763831000000] };
