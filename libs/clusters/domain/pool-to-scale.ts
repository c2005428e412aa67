import type { ManagedClusterBody, NodePoolBody } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';

const UNCHANGED = 'no node was added or taken away';

/**
 * The node pool of that name or id, if it may be scaled to so many nodes.
 * @throws failed-precondition, not-found or invalid-argument, saying why not.
 */
export function poolToScale(cluster: ManagedClusterBody, pool: string, nodes: number): NodePoolBody {
  requireScalable(cluster);
  const { nodePools } = cluster;
  const found = nodePools.find(({ name }) => name === pool) ?? nodePools.find(({ id }) => id === pool);
  if (found === undefined) {
    const names = nodePools.map(({ name }) => name).join(', ');
    throw new SpringtideError(
      'not-found',
      `cluster ${cluster.name} has no node pool ${JSON.stringify(pool)}; ${UNCHANGED}`,
      { nextStep: names === '' ? 'Look again once it has node pools.' : `Its node pools: ${names}.` },
    );
  }
  if (found.maximum !== null && nodes > found.maximum) {
    throw new SpringtideError(
      'invalid-argument',
      `node pool ${found.name} can have at most ${found.maximum} nodes, not ${nodes}; ${UNCHANGED}`,
      { nextStep: 'Ask for fewer, or raise the bound of the pool at its cloud first.' },
    );
  }
  return found;
}

function requireScalable({ owned, state, name }: ManagedClusterBody): void {
  if (!owned) {
    throw new SpringtideError(
      'failed-precondition',
      `cluster ${name} was not made by this Springtide; ${UNCHANGED}`,
      { nextStep: 'Scale it where it was made.' },
    );
  }
  if (state === 'running' || state === 'updating') return;
  throw new SpringtideError(
    'failed-precondition',
    `cluster ${name} is ${state} and cannot be scaled; ${UNCHANGED}`,
    { nextStep: state === 'creating' ? 'Ask again once it runs.' : 'Order another one if nodes are needed.' },
  );
}
