import { SpringtideError, type Instant } from '@springtide/kernel';
import { In, IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
import { ProbeEntity } from './probe.entity.js';

const UNDER_WAY = IsNull();
const SHOWN = 100;

/** @returns whether it is a new one: of a place that is being looked at already there is none. */
export async function insertProbe(tx: EntityManager, row: ProbeEntity): Promise<boolean> {
  const before = { campaignId: row.campaignId, placeKey: row.placeKey, outcome: UNDER_WAY };
  if (await tx.existsBy(ProbeEntity, before)) return false;
  await tx.insert(ProbeEntity, row);
  return true;
}

export async function findProbe(tx: EntityManager, id: string): Promise<ProbeEntity | null> {
  return await tx.findOneBy(ProbeEntity, { id });
}

/** @throws not-found. */
export async function mustFindProbe(tx: EntityManager, id: string): Promise<ProbeEntity> {
  const found = await findProbe(tx, id);
  if (found !== null) return found;
  throw new SpringtideError('not-found', 'there is no such probe; nothing was changed');
}

/** Newest first. */
export async function listProbes(tx: EntityManager, campaignId: string): Promise<readonly ProbeEntity[]> {
  return await tx.find(ProbeEntity, {
    where: { campaignId },
    order: { requestedAt: 'DESC', id: 'ASC' },
    take: SHOWN,
  });
}

/** Those that came to something and are not older than this, newest first. */
export async function probesSince(
  tx: EntityManager,
  campaignId: string,
  since: Instant,
): Promise<readonly ProbeEntity[]> {
  return await tx.find(ProbeEntity, {
    where: { campaignId, outcome: Not(IsNull()), endedAt: MoreThan(new Date(since)) },
    order: { endedAt: 'DESC', id: 'ASC' },
    take: SHOWN,
  });
}

/** Those among these runs that are probes of ours. */
export async function probesAmong(tx: EntityManager, ids: readonly string[]): Promise<readonly string[]> {
  const found = await tx.find(ProbeEntity, { where: { id: In([...ids]) }, select: { id: true } });
  return found.map(({ id }) => id);
}

type Changes = Partial<
  Pick<ProbeEntity, 'state' | 'outcome' | 'problem' | 'machineId' | 'machineState' | 'endedAt' | 'goneAt'>
> & { secret?: null };

/** Changes it unless somebody has brought it out of these states meanwhile. */
export async function changeProbe(
  tx: EntityManager,
  id: string,
  from: readonly ProbeEntity['state'][],
  changes: Changes,
): Promise<ProbeEntity> {
  await tx.update(ProbeEntity, { id, state: In([...from]) }, changes);
  return await mustFindProbe(tx, id);
}

export type Reported = Pick<ProbeEntity, 'answers'> & Readonly<{ reportedAt: Date }>;

/** Takes a report once, in time, and only with the token of this probe. @returns whether it was taken. */
export async function takeReport(
  tx: EntityManager,
  { id, tokenHash }: Pick<ProbeEntity, 'id' | 'tokenHash'>,
  reported: Reported,
): Promise<boolean> {
  const open = { id, tokenHash, reportedAt: IsNull(), outcome: UNDER_WAY };
  const taken = await tx.update(
    ProbeEntity,
    { ...open, answerBy: MoreThan(reported.reportedAt) },
    { ...reported },
  );
  return taken.affected === 1;
}
