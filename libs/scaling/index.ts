import type { SchemaPart } from '@springtide/platform';
import { ScalingGroups1763834031000 } from './data/scaling-group.migration.js';
import { Scaling1763831000000 } from './data/scaling.migration.js';

export { saveGroup } from './data/scaling-group.repository.js';
export { ScalingEyes } from './scaling-eyes.js';
export { ScalingModule } from './scaling.module.js';
export { ScalingService } from './scaling.service.js';

export const scalingSchema: SchemaPart = {
  entities: [],
  migrations: [Scaling1763831000000, ScalingGroups1763834031000],
};
