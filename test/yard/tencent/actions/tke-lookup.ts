import type { Cluster } from '../cloud/cluster.js';
import type { Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';

/** @throws WireError ResourceNotFound.ClusterNotFound */
export function clusterOf(region: Region, id: unknown): Cluster {
  const cluster = region.clusters.get(String(id));
  if (cluster !== undefined) return cluster;
  throw new WireError('ResourceNotFound.ClusterNotFound', `The cluster \`${String(id)}\` is not found.`);
}
