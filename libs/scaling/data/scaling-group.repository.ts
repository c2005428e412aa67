import { ScalingGroupBody } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

/** @param since decisions before that are of a group that is over. */
export async function findGroup(
  tx: EntityManager,
  service: string,
  since: Instant,
): Promise<ScalingGroupBody | undefined> {
  const rows = await tx.query<{ content: unknown }[]>(
    'select content from scaling_group where service = $1 and decided_at >= $2',
    [service, since],
  );
  return rows.map(({ content }) => ScalingGroupBody.parse(content))[0];
}

export async function saveGroup(
  tx: EntityManager,
  tenantId: string,
  service: string,
  group: ScalingGroupBody,
): Promise<void> {
  await tx.query(
    `insert into scaling_group (tenant_id, service, content, decided_at) values ($1, $2, $3::jsonb, $4)
     on conflict (tenant_id, service) do update set content = excluded.content, decided_at = excluded.decided_at`,
    [tenantId, service, JSON.stringify(group), group.decidedAt],
  );
}
