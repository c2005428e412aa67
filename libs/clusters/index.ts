import type { SchemaPart } from '@springtide/platform';
import { Clusters1763800100000 } from './data/clusters.migration.js';
import { WorkloadEntity } from './data/workload.entity.js';

export { ClusterService } from './cluster.service.js';
export { ClustersModule } from './clusters.module.js';
export { ManagedClusterService } from './managed-cluster.service.js';
export { WorkloadService } from './workload.service.js';

export const clustersSchema: SchemaPart = { entities: [WorkloadEntity], migrations: [Clusters1763800100000] };
