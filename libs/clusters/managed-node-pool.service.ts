import type { ManagedClusterPlace, NodePoolBody, NodePoolPlace } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import type { ClusterEffects } from './cluster-effects.js';
import type { NodePoolEntity } from './data/node-pool.entity.js';
import { lockNodePool, savePoolDecision } from './data/node-pool.repository.js';
import { poolToScale } from './domain/index.js';
import { changeOf, subjectOf } from './managed-cluster-subject.js';
import type { ManagedClusterService } from './managed-cluster.service.js';

type Parts = Readonly<{
  database: Database;
  managed: ManagedClusterService;
  effects: ClusterEffects;
  clock: Clock;
}>;

/** How many nodes a cloud runs in a cluster that was ordered from it: decided here, changed only through the ledger. */
export class ManagedNodePoolService {
  constructor(private readonly parts: Parts) {}

  /**
   * So many nodes, whatever there are. The same number again sends what was decided before.
   * @throws conflict when something else was decided since `version`.
   */
  async scale(
    ctx: RequestContext,
    { pool, ...place }: NodePoolPlace,
    nodes: number,
    version?: number,
  ): Promise<NodePoolBody> {
    requirePermission(ctx, 'cluster:write');
    const { managed, effects } = this.parts;
    const { id: clusterId, region } = place;
    const found = poolToScale(await managed.read(ctx, place), pool, nodes);
    const decided = await this.decide(ctx, place, found, nodes, version);
    const target = { region, clusterId, pool: found.name, nodes };
    const change = { ...changeOf(ctx, place, decided.id), step: 'scale-pool', batch: decided.version };
    await effects.send('set', change, target, async ({ client, control }) =>
      client.clusters.scaleNodePool(target, control),
    );
    return { ...(await this.now(ctx, place, found)), version: decided.version };
  }

  private async decide(
    ctx: RequestContext,
    { accountId, region, id: clusterId }: ManagedClusterPlace,
    { name, desired }: NodePoolBody,
    nodes: number,
    version: number | undefined,
  ): Promise<NodePoolEntity> {
    const { tenantId } = ctx;
    const decidedAt = this.parts.clock.now();
    const id = subjectOf(tenantId, accountId, region, clusterId, 'node-pool', name);
    return await this.parts.database.unitOfWork(ctx, async (tx) => {
      const key = { id, tenantId, accountId, region, clusterId, name };
      const known = await lockNodePool(tx, key, { nodes: desired, decidedAt });
      const isRepeat = known.version > 0 && known.nodes === nodes;
      if (!isRepeat && version !== undefined && version !== known.version) throw overtaken(known);
      await recordAudit(tx, ctx, {
        action: 'cluster.scale-pool',
        target: { kind: 'cluster', id },
        before: { clusterId, pool: name, nodes: desired },
        after: { clusterId, pool: name, nodes },
        show: ['clusterId', 'pool', 'nodes'],
        at: toInstant(decidedAt),
      });
      return isRepeat ? known : await savePoolDecision(tx, known, { nodes, decidedAt });
    });
  }

  private async now(ctx: RequestContext, place: ManagedClusterPlace, before: NodePoolBody) {
    const { nodePools } = await this.parts.managed.read(ctx, place);
    return nodePools.find(({ name }) => name === before.name) ?? before;
  }
}

function overtaken({ name, nodes, version }: NodePoolEntity): SpringtideError {
  return new SpringtideError(
    'conflict',
    `${nodes} nodes were decided for node pool ${name} since (version ${version}); no node was added or taken away`,
    { retry: 'never', effect: 'none', nextStep: 'Read it again and decide anew.' },
  );
}
