import type { EntityManager } from 'typeorm';
import { NodePoolEntity } from './node-pool.entity.js';

type PoolKey = Pick<NodePoolEntity, 'id' | 'tenantId' | 'accountId' | 'region' | 'clusterId' | 'name'>;

/** Locked, so that nobody else decides about it until the transaction ends; version 0 until something was decided. */
export async function lockNodePool(
  tx: EntityManager,
  key: PoolKey,
  first: Pick<NodePoolEntity, 'nodes' | 'decidedAt'>,
): Promise<NodePoolEntity> {
  await tx
    .createQueryBuilder()
    .insert()
    .into(NodePoolEntity)
    .values({ ...key, ...first, version: 0 })
    .orIgnore()
    .execute();
  return await tx.findOneOrFail(NodePoolEntity, {
    where: { id: key.id },
    lock: { mode: 'pessimistic_write' },
  });
}

/** Saves a decision as the next version. */
export async function savePoolDecision(
  tx: EntityManager,
  row: NodePoolEntity,
  decision: Pick<NodePoolEntity, 'nodes' | 'decidedAt'>,
): Promise<NodePoolEntity> {
  return await tx.save(Object.assign(row, decision, { version: row.version + 1 }));
}

/** What was ever decided in that region of the account, by cluster and pool. */
export async function listNodePools(
  tx: EntityManager,
  place: Pick<NodePoolEntity, 'accountId' | 'region'>,
): Promise<readonly NodePoolEntity[]> {
  return await tx.find(NodePoolEntity, { where: place });
}
