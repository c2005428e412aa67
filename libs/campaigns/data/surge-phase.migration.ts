import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Less than planned is held for one phase only: the next one is looked at by itself. */
export class SurgePhase1763834070000 implements Migration {
  name = 'SurgePhase1763834070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_surge add column phase text`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_surge drop column phase`);
  }
}
