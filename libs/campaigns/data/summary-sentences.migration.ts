import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What a run does now, by codes, as its story is told. */
export class SummarySentences1763881070000 implements Migration {
  name = 'SummarySentences1763881070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_run add column summary_sentences jsonb`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`alter table campaign_run drop column summary_sentences`);
  }
}
