import type { SchemaPart } from '@springtide/platform';
import { ScalingGroups1763834031000 } from './data/scaling-group.migration.js';
import { ScalingRest1763910031000 } from './data/scaling-rest.migration.js';
import { Scaling1763831000000 } from './data/scaling.migration.js';

export { saveGroup } from './data/scaling-group.repository.js';
export { listRests, lockRest, saveRest, type StoredRest } from './data/scaling-rest.repository.js';
export { ScalingEyes } from './scaling-eyes.js';
export { ScalingModule } from './scaling.module.js';
export { ScalingService, type GroupOrder } from './scaling.service.js';

export const scalingSchema: SchemaPart = {
  entities: [],
  migrations: [Scaling1763831000000, ScalingGroups1763834031000, ScalingRest1763910031000],
};
