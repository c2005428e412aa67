import type { DemandSeriesSummary } from '@springtide/contracts';
import { parseInstant, toInstant, type Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { DemandSeries, FreezeWindow } from '../domain/index.js';

export type NewSeries = Readonly<{
  id: string;
  name: string;
  source: DemandSeriesSummary['source'];
  series: DemandSeries;
  createdAt: Instant;
  createdBy: string;
}>;

type SummaryRow = Readonly<{
  id: string;
  name: string;
  source: DemandSeriesSummary['source'];
  starts_at: Date;
  step_ms: string;
  steps: number;
  highest: number;
  highest_step: number;
  mean: number;
  created_at: Date;
}>;

const SUMMARY = 'id, name, source, starts_at, step_ms, steps, highest, highest_step, mean, created_at';

export async function insertSeries(
  tx: EntityManager,
  tenantId: string,
  { series: { values, stepMs, startsAt }, ...given }: NewSeries,
): Promise<DemandSeriesSummary> {
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  const row: SummaryRow = {
    ...{ id: given.id, name: given.name, source: given.source },
    starts_at: parseInstant(startsAt),
    step_ms: String(stepMs),
    steps: values.length,
    highest,
    highest_step: values.indexOf(highest),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    created_at: parseInstant(given.createdAt),
  };
  await tx.query(
    `insert into demand_series (tenant_id, created_by, demand, ${SUMMARY})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      tenantId,
      given.createdBy,
      values,
      ...SUMMARY.split(', ').map((column) => row[column as keyof SummaryRow]),
    ],
  );
  return summaryOf(row);
}

/** Newest first. */
export async function listSeries(
  tx: EntityManager,
  page: Readonly<{ limit: number; after?: Readonly<{ at: string; id: string }> }>,
): Promise<readonly DemandSeriesSummary[]> {
  const rows = await tx.query<SummaryRow[]>(
    `select ${SUMMARY} from demand_series
     where $2::timestamptz is null or created_at < $2 or (created_at = $2 and id > $3::uuid)
     order by created_at desc, id limit $1`,
    [page.limit, page.after?.at ?? null, page.after?.id ?? null],
  );
  return rows.map(summaryOf);
}

export type StoredSeries = Readonly<{ summary: DemandSeriesSummary; series: DemandSeries }>;

export async function findSeries(tx: EntityManager, id: string): Promise<StoredSeries | undefined> {
  const rows = await tx.query<(SummaryRow & Readonly<{ demand: number[] }>)[]>(
    `select ${SUMMARY}, demand from demand_series where id = $1`,
    [id],
  );
  return rows.map((row) => ({
    summary: summaryOf(row),
    series: { startsAt: toInstant(row.starts_at), stepMs: Number(row.step_ms), values: row.demand },
  }))[0];
}

function summaryOf(row: SummaryRow): DemandSeriesSummary {
  const stepMs = Number(row.step_ms);
  const at = (step: number) => new Date(row.starts_at.getTime() + step * stepMs).toISOString();
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    startsAt: at(0),
    endsAt: at(row.steps),
    stepSeconds: stepMs / 1_000,
    steps: row.steps,
    highest: row.highest,
    highestAt: at(row.highest_step),
    mean: row.mean,
    createdAt: toInstant(row.created_at),
  };
}

export async function insertFreeze(tx: EntityManager, tenantId: string, freeze: FreezeWindow): Promise<void> {
  await tx.query(
    `insert into demand_freeze (tenant_id, id, name, starts_at, ends_at) values ($1, $2, $3, $4, $5)`,
    [tenantId, freeze.id, freeze.name, freeze.startsAt, freeze.endsAt],
  );
}

/** @returns whether there was one. */
export async function deleteFreeze(tx: EntityManager, id: string): Promise<boolean> {
  const found = await tx.query<unknown[]>(
    `with removed as (delete from demand_freeze where id = $1 returning id) select id from removed`,
    [id],
  );
  return found.length > 0;
}

/** Those that touch the period. */
export async function listFreezes(
  tx: EntityManager,
  period: Readonly<{ from: Instant; to: Instant }>,
): Promise<readonly FreezeWindow[]> {
  const rows = await tx.query<{ id: string; name: string; starts_at: Date; ends_at: Date }[]>(
    `select id, name, starts_at, ends_at from demand_freeze where starts_at < $2 and ends_at > $1 order by starts_at, id`,
    [period.from, period.to],
  );
  return rows.map(({ id, name, starts_at, ends_at }) => ({
    ...{ id, name },
    startsAt: toInstant(starts_at),
    endsAt: toInstant(ends_at),
  }));
}
