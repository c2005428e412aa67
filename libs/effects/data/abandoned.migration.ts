import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Who took on what a machine costs that cannot be brought back, and why. */
export class Abandoned1763810050000 implements Migration {
  name = 'Abandoned1763810050000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table effect_item add column abandoned jsonb');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table effect_item drop column abandoned');
  }
}
