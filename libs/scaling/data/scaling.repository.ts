import { ScalingSettings, type ScalingInput } from '@springtide/contracts';
import { toInstant, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

export type StoredScaling = Readonly<{
  service: string;
  input: ScalingInput;
  version: number;
  updatedAt: Instant;
}>;

type Row = Readonly<{ service: string; input: unknown; version: number; updated_at: Date }>;

const COLUMNS = 'service, input, version, updated_at';

export async function listScaling(tx: EntityManager): Promise<readonly StoredScaling[]> {
  const rows = await tx.query<Row[]>(`select ${COLUMNS} from scaling_service order by service limit 500`);
  return rows.map(storedOf);
}

/** @param lock until the transaction ends. */
export async function findScaling(
  tx: EntityManager,
  service: string,
  lock = false,
): Promise<StoredScaling | undefined> {
  const rows = await tx.query<Row[]>(
    `select ${COLUMNS} from scaling_service where service = $1 ${lock ? 'for update' : ''}`,
    [service],
  );
  return rows.map(storedOf)[0];
}

export async function saveScaling(tx: EntityManager, tenantId: string, stored: StoredScaling): Promise<void> {
  await tx.query(
    `insert into scaling_service (tenant_id, service, input, version, updated_at) values ($1, $2, $3::jsonb, $4, $5)
     on conflict (tenant_id, service) do update set input = excluded.input, version = excluded.version,
       updated_at = excluded.updated_at`,
    [tenantId, stored.service, JSON.stringify(stored.input), stored.version, stored.updatedAt],
  );
}

function storedOf({ service, input, version, updated_at }: Row): StoredScaling {
  return { service, input: ScalingSettings.parse(input), version, updatedAt: toInstant(updated_at) };
}
