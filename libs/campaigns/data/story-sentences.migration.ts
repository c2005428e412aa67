import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Lines of a story by codes, so that everybody reads them in their own language. Older lines have their text alone. */
export class StorySentences1763880070000 implements Migration {
  name = 'StorySentences1763880070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_timeline add column sentences jsonb`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_timeline drop column sentences`);
  }
}
