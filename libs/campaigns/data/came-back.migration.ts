import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class CameBack1763910070000 implements Migration {
  name = 'CameBack1763910070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(
      `alter table campaign_run add column came_back_from uuid references campaign_run (id)`,
    );
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_run drop column came_back_from`);
  }
}
