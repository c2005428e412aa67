import type { ClusterOrder } from '../contract/clusters.js';
import { checkLabels, checkOwnership, checkText, checkToken, invalid } from './input-checks.js';

/** What every cloud and every label of a node accepts. */
const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
/** Of one node pool, whatever the cloud. */
export const MOST_NODES = 5_000;

/** @throws invalid-argument before anything is sent. */
export function checkClusterOrder(order: ClusterOrder): void {
  checkToken(order.token);
  if (order.token !== order.ownership.token) {
    throw invalid('the ownership tag carries another token than the order');
  }
  checkName('cluster', order.name);
  checkText('region', order.region);
  checkText('network', order.network);
  if (order.version !== undefined && !/^\d+\.\d+$/.test(order.version)) {
    throw invalid(`a version of Kubernetes looks like "1.36", not ${JSON.stringify(order.version)}`);
  }
  if (order.nodePools.length === 0) throw invalid('a cluster without a node pool runs nothing');
  for (const pool of order.nodePools) {
    checkName('node pool', pool.name);
    checkText('machine type', pool.machineType);
    checkNodeCount(pool.name, pool.nodes);
  }
  if (new Set(order.nodePools.map((pool) => pool.name)).size < order.nodePools.length) {
    throw invalid('two node pools have one name');
  }
  checkOwnership(order.ownership);
  checkLabels(order.labels);
}

/** @throws invalid-argument. */
export function checkNodeCount(pool: string, nodes: number): void {
  if (Number.isInteger(nodes) && nodes >= 0 && nodes <= MOST_NODES) return;
  throw invalid(`node pool ${JSON.stringify(pool)} can have 0 to ${MOST_NODES} nodes, not ${nodes}`);
}

function checkName(what: string, name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    `a ${what} is named with 1–40 lower-case letters, digits and inner hyphens, beginning with a letter; ${JSON.stringify(name)} is not`,
  );
}
