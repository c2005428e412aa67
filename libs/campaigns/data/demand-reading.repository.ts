import { PHASE_NAMES, type PhaseName } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { DemandReading, RunTargets } from '../domain/index.js';

const Counters = z.array(z.object({ group: z.string(), requests: z.number(), errors: z.number() }));
export type Counters = z.infer<typeof Counters>;

const CountersRow = z.object({
  at: z.date().transform((date) => date.toISOString()),
  counters: Counters,
});

const ReadingRow = z.object({
  service: z.string(),
  at: z.date().transform((date) => date.toISOString()),
  requests_per_second: z.number(),
});

const SurgeRow = z.object({
  multiple: z.number(),
  phase: z.enum(PHASE_NAMES).nullable(),
  base: z.array(
    z.object({
      service: z.string(),
      poolId: z.string(),
      phase: z.enum(PHASE_NAMES),
      machines: z.number(),
    }),
  ),
});

/** By how much a service's targets are off its plan for what is observed, since which phase, and its targets without that. */
export type KeptSurge = Readonly<{ multiple: number; phase: PhaseName | null; base: RunTargets }>;

export async function lastCounters(
  tx: EntityManager,
  runId: string,
  service: string,
): Promise<Readonly<{ at: Instant; counters: Counters }> | undefined> {
  const rows: unknown[] = await tx.query(
    `select at, counters from campaign_demand_reading where run_id = $1 and service = $2 order by at desc limit 1`,
    [runId, service],
  );
  return rows[0] === undefined ? undefined : CountersRow.parse(rows[0]);
}

/** Repeated at the same moment it is the same reading. */
export async function addReading(
  tx: EntityManager,
  tenantId: string,
  runId: string,
  row: Readonly<{ service: string; at: Instant; counters: Counters; requestsPerSecond: number | null }>,
): Promise<void> {
  await tx.query(
    `insert into campaign_demand_reading (tenant_id, run_id, service, at, counters, requests_per_second)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, runId, row.service, row.at, JSON.stringify(row.counters), row.requestsPerSecond],
  );
}

/** In time order. */
export async function readingsSince(
  tx: EntityManager,
  runId: string,
  service: string,
  since: Instant,
): Promise<readonly DemandReading[]> {
  const rows = z.array(ReadingRow).parse(
    await tx.query(
      `select service, at, requests_per_second from campaign_demand_reading
       where run_id = $1 and service = $2 and at >= $3 and requests_per_second is not null order by at`,
      [runId, service, since],
    ),
  );
  return rows.map((row) => ({ at: row.at, requestsPerSecond: row.requests_per_second }));
}

export async function findSurge(
  tx: EntityManager,
  runId: string,
  service: string,
): Promise<KeptSurge | undefined> {
  const rows: unknown[] = await tx.query(
    'select multiple, phase, base from campaign_surge where run_id = $1 and service = $2',
    [runId, service],
  );
  return rows[0] === undefined ? undefined : SurgeRow.parse(rows[0]);
}

export async function saveSurge(
  tx: EntityManager,
  tenantId: string,
  runId: string,
  service: string,
  surge: KeptSurge,
): Promise<void> {
  await tx.query(
    `insert into campaign_surge (tenant_id, run_id, service, multiple, phase, base) values ($1, $2, $3, $4, $5, $6)
     on conflict (run_id, service) do update set multiple = excluded.multiple, phase = excluded.phase,
       base = excluded.base`,
    [tenantId, runId, service, surge.multiple, surge.phase, JSON.stringify(surge.base)],
  );
}

/** A person set the target: that holds until demand changes again, and is what calm goes back to. */
export async function rebaseSurge(
  tx: EntityManager,
  runId: string,
  service: string,
  targets: RunTargets,
): Promise<void> {
  const base = JSON.stringify(targets.filter((row) => row.service === service));
  await tx.query('update campaign_surge set base = $3 where run_id = $1 and service = $2', [
    runId,
    service,
    base,
  ]);
}

export async function forgetSurge(tx: EntityManager, runId: string, service: string): Promise<void> {
  await tx.query('delete from campaign_surge where run_id = $1 and service = $2', [runId, service]);
}
