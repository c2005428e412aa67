import { SpringtideError } from '@springtide/kernel';
import { IsNull, type EntityManager } from 'typeorm';
import { WorkloadEntity } from './workload.entity.js';

type WorkloadName = Pick<WorkloadEntity, 'accountId' | 'namespace' | 'name' | 'kind'>;

/** @throws not-found. With `lock`, nobody else decides about it until the transaction ends. */
export async function mustFindWorkload(tx: EntityManager, id: string, lock = false): Promise<WorkloadEntity> {
  const found = await tx.findOne(WorkloadEntity, {
    where: { id },
    ...(lock ? { lock: { mode: 'pessimistic_write' } } : {}),
  });
  if (found !== null) return found;
  throw new SpringtideError('not-found', 'there is no such workload; nothing was changed');
}

/** The one that bears the name now, locked; a workload that is gone has left its name to others. */
export async function lockWorkloadByName(
  tx: EntityManager,
  { accountId, namespace, name, kind }: WorkloadName,
): Promise<WorkloadEntity | undefined> {
  const where = { accountId, namespace, name, kind, removedAt: IsNull() };
  const found = await tx.findOne(WorkloadEntity, { where, lock: { mode: 'pessimistic_write' } });
  return found ?? undefined;
}

export async function insertWorkload(
  tx: EntityManager,
  row: Omit<WorkloadEntity, 'version' | 'removingAt' | 'removedAt'>,
): Promise<WorkloadEntity> {
  await tx.insert(WorkloadEntity, { ...row, version: 1 });
  return await mustFindWorkload(tx, row.id);
}

/** Saves a decision as the next version. */
export async function saveDecision(
  tx: EntityManager,
  row: WorkloadEntity,
  changes: Partial<Pick<WorkloadEntity, 'spec' | 'adopt' | 'removingAt'>>,
): Promise<WorkloadEntity> {
  return await tx.save(Object.assign(row, changes, { version: row.version + 1 }));
}

export async function markRemoved(tx: EntityManager, id: string, at: Date): Promise<void> {
  await tx.update(WorkloadEntity, { id }, { removedAt: at });
}

/** By id, those that are not gone. */
export async function listWorkloads(
  tx: EntityManager,
  page: Readonly<{ limit: number; clusterId?: string | undefined; afterId?: string | undefined }>,
): Promise<readonly WorkloadEntity[]> {
  const { limit, clusterId, afterId } = page;
  return await tx
    .createQueryBuilder(WorkloadEntity, 'w')
    .where('w.removed_at is null')
    .andWhere(clusterId === undefined ? 'true' : 'w.account_id = :clusterId', { clusterId })
    .andWhere(afterId === undefined ? 'true' : 'w.id > :afterId', { afterId })
    .orderBy('w.id')
    .limit(limit)
    .getMany();
}
