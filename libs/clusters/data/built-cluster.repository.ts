import { SpringtideError } from '@springtide/kernel';
import { In, Not, type EntityManager } from 'typeorm';
import { BuiltClusterEntity } from './built-cluster.entity.js';

const NOT_GONE = Not<BuiltClusterEntity['state']>('gone');

/** @throws not-found. */
export async function mustFindBuiltCluster(tx: EntityManager, id: string): Promise<BuiltClusterEntity> {
  const found = await tx.findOne(BuiltClusterEntity, { where: { id } });
  if (found !== null) return found;
  throw new SpringtideError('not-found', 'there is no such cluster; nothing was changed');
}

/** The one that bears the name now. */
export async function findBuiltCluster(
  tx: EntityManager,
  name: string,
): Promise<BuiltClusterEntity | undefined> {
  return (await tx.findOne(BuiltClusterEntity, { where: { name, state: NOT_GONE } })) ?? undefined;
}

export async function insertBuiltCluster(tx: EntityManager, row: BuiltClusterEntity): Promise<void> {
  await tx.insert(BuiltClusterEntity, row);
}

/** Changes it unless somebody has brought it out of these states meanwhile. */
export async function changeBuiltCluster(
  tx: EntityManager,
  id: string,
  from: readonly BuiltClusterEntity['state'][],
  changes: Partial<Pick<BuiltClusterEntity, 'state' | 'problem' | 'clusterId'>> & { secret?: null },
): Promise<BuiltClusterEntity> {
  await tx.update(BuiltClusterEntity, { id, state: In([...from]) }, changes);
  return await mustFindBuiltCluster(tx, id);
}

/** Newest first; at most 200, those that are gone left out. */
export async function listBuiltClusters(tx: EntityManager): Promise<readonly BuiltClusterEntity[]> {
  return await tx.find(BuiltClusterEntity, {
    where: { state: NOT_GONE },
    order: { createdAt: 'DESC' },
    take: 200,
  });
}

/** Those among these runs that are clusters of ours. */
export async function builtClustersAmong(
  tx: EntityManager,
  ids: readonly string[],
): Promise<readonly string[]> {
  const found = await tx.find(BuiltClusterEntity, { where: { id: In([...ids]) }, select: { id: true } });
  return found.map(({ id }) => id);
}
