import { accountRoutes } from './account.routes.js';
import { campaignRoutes } from './campaign.routes.js';
import { clusterRoutes } from './cluster.routes.js';
import { demandRoutes } from './demand.routes.js';
import { identityRoutes } from './identity.routes.js';
import { inventoryRoutes } from './inventory.routes.js';
import { linkRoutes } from './link.routes.js';
import { probeRoutes } from './probe.routes.js';
import { readinessRoutes } from './readiness.routes.js';
import { rehearsalRoutes } from './rehearsal.routes.js';
import { reportRoutes } from './report.routes.js';
import { resourceRoutes } from './resource.routes.js';
import { runRoutes } from './run.routes.js';
import { stuckRoutes } from './stuck.routes.js';
import { systemRoutes } from './system.routes.js';

/** The whole HTTP interface. What is not here does not exist; a test proves that everything here is served. */
export const routes = {
  ...identityRoutes,
  ...accountRoutes,
  ...inventoryRoutes,
  ...resourceRoutes,
  ...clusterRoutes,
  ...campaignRoutes,
  ...demandRoutes,
  ...linkRoutes,
  ...probeRoutes,
  ...readinessRoutes,
  ...rehearsalRoutes,
  ...reportRoutes,
  ...runRoutes,
  ...stuckRoutes,
  ...systemRoutes,
} as const;
