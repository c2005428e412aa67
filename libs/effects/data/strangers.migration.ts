import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Machines with our marks of purchases that the ledger does not know, and what people decided about them. */
export class Strangers1763812050000 implements Migration {
  name = 'Strangers1763812050000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`alter table effect_listing add column strangers jsonb not null default '[]'`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table effect_listing drop column strangers');
  }
}
