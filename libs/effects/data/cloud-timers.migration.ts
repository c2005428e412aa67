import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Keeps what the clouds were told about when machines end themselves. */
export class CloudTimers1760000052000 implements Migration {
  name = 'CloudTimers1760000052000';

  async up(runner: Runner): Promise<void> {
    // What an earlier version sent carried no timer, and is repeated without one; its machines get theirs with a renewal.
    await runner.query('alter table effect_intent add column release_at timestamptz(3)');
    await runner.query('alter table effect_item add column ends_at timestamptz(3)');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table effect_item drop column ends_at');
    await runner.query('alter table effect_intent drop column release_at');
  }
}
