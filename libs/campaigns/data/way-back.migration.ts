import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** How far the way back of each run is, and runs that wait for a person. */
export class WayBack1763810070000 implements Migration {
  name = 'WayBack1763810070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table campaign_way_back (
        run_id uuid primary key references campaign_run (id),
        tenant_id uuid not null,
        progress jsonb not null,
        obstacles jsonb not null,
        found jsonb not null,
        -- When the bill should show the end of every machine; set once nothing is left.
        bill_check_at timestamptz(3)
      )`);
    await runner.query(tenantTable('campaign_way_back'));
    await runner.query('alter table campaign_run drop constraint campaign_run_control_check');
    await runner.query(`alter table campaign_run add constraint campaign_run_control_check
      check (control in ('run', 'pause', 'hold', 'abort'))`);
    await runner.query('alter table campaign_run add column safe_hold jsonb');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table campaign_run drop column safe_hold');
    await runner.query('alter table campaign_run drop constraint campaign_run_control_check');
    await runner.query(`alter table campaign_run add constraint campaign_run_control_check
      check (control in ('run', 'pause', 'abort'))`);
    await runner.query('drop table campaign_way_back');
  }
}
