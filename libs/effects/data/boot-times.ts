import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

/** How long machines of one type took from the cloud's yes until they ran. */
type BootTimes = Readonly<{
  accountId: string;
  machineType: string;
  machines: number;
  p50Ms: number;
  p90Ms: number;
}>;

const row: z.ZodType<BootTimes> = z.object({
  accountId: z.string(),
  machineType: z.string(),
  machines: z.number(),
  p50Ms: z.coerce.number(),
  p90Ms: z.coerce.number(),
});

const BOOT = `extract(epoch from e.running_at - e.accepted_at) * 1000`;

/** Of all machines that these accounts gave since then and that came to run, by account and type. */
export async function readBootTimes(
  tx: EntityManager,
  accountIds: readonly string[],
  since: Instant,
): Promise<readonly BootTimes[]> {
  const rows: unknown = await tx.query(
    `select i.account_id as "accountId", i.spec->>'machineType' as "machineType", count(*)::int as machines,
       percentile_disc(0.5) within group (order by ${BOOT}) as "p50Ms",
       percentile_disc(0.9) within group (order by ${BOOT}) as "p90Ms"
     from effect_item e join effect_intent i on i.id = e.intent_id
     where i.kind = 'create' and i.account_id = any($1::uuid[]) and e.accepted_at >= $2
       and e.running_at is not null and i.spec->>'machineType' is not null
     group by 1, 2 order by 1, 2`,
    [accountIds, since],
  );
  return z.array(row).parse(rows);
}
