import type { SchemaPart } from '@springtide/platform';
import { BuiltClusterEntity } from './data/built-cluster.entity.js';
import { BuiltClusters1763800110000 } from './data/built-clusters.migration.js';
import { Clusters1763800100000 } from './data/clusters.migration.js';
import { NodePoolEntity } from './data/node-pool.entity.js';
import { NodePools1763920000000 } from './data/node-pools.migration.js';
import { WorkloadEntity } from './data/workload.entity.js';

export { BuiltClusterService } from './built-cluster.service.js';
export { ClusterService } from './cluster.service.js';
export { ClustersModule } from './clusters.module.js';
export { ManagedClusterService } from './managed-cluster.service.js';
export { ManagedNodePoolService } from './managed-node-pool.service.js';
export { WorkloadService } from './workload.service.js';

export const clustersSchema: SchemaPart = {
  entities: [WorkloadEntity, BuiltClusterEntity, NodePoolEntity],
  migrations: [Clusters1763800100000, BuiltClusters1763800110000, NodePools1763920000000],
};
