import type { SchemaPart } from '@springtide/platform';
import { RouteEntity } from './data/route.entity.js';
import { RouteRelease1760000061000 } from './data/route-release.migration.js';
import { RouteStep1763880000000 } from './data/route-step.migration.js';
import { Traffic1760000060000 } from './data/traffic.migration.js';

export { GrayReleases } from './gray-release.service.js';
export { ReleaseKeeper } from './release-keeper.service.js';
export { HOME_GROUP, RoutesService, type Route, type RouteChange } from './route.service.js';

export { TrafficModule } from './traffic.module.js';

export const trafficSchema: SchemaPart = {
  entities: [RouteEntity],
  migrations: [Traffic1760000060000, RouteRelease1760000061000, RouteStep1763880000000],
};
