import type { Database } from '@springtide/platform';
import { z } from 'zod';

/** Every tenant of the installation, for jobs that serve all of them. */
export async function listTenantIds(database: Database): Promise<readonly string[]> {
  const rows = await database.systemWork(
    'tenants',
    async (tx): Promise<unknown> => await tx.query('select id from tenant order by id'),
  );
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map((row) => row.id);
}
