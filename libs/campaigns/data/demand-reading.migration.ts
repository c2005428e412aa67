import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What the entrances of a run really took, and what was added for demand above plan. */
export class DemandReadings1763820070000 implements Migration {
  name = 'DemandReadings1763820070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table campaign_demand_reading (
        tenant_id uuid not null,
        run_id uuid not null references campaign_run (id),
        service text not null,
        at timestamptz(3) not null,
        -- Cumulative, per group, as the product that counts gave them.
        counters jsonb not null,
        -- Since the reading before; null for the first.
        requests_per_second double precision,
        primary key (run_id, service, at)
      )`);
    await runner.query(`
      create table campaign_surge (
        tenant_id uuid not null,
        run_id uuid not null references campaign_run (id),
        service text not null,
        multiple double precision not null,
        -- The service's targets before anything was added.
        base jsonb not null,
        primary key (run_id, service)
      )`);
    for (const table of TABLES) await runner.query(tenantTable(table));
  }

  async down(runner: Runner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
  }
}

const TABLES = ['campaign_demand_reading', 'campaign_surge'];
