import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Counts calls without an answer, remembers listings that are doubted, and finds what was let go lately by an index. */
export class Unanswered1760000051000 implements Migration {
  name = 'Unanswered1760000051000';

  async up(runner: Runner): Promise<void> {
    // What an earlier version sent was not counted: of every intent there is, one call may have happened.
    await runner.query('alter table effect_intent add column unanswered integer not null default 1');
    await runner.query('alter table effect_intent alter column unanswered set default 0');
    await runner.query('alter table effect_listing add column doubt jsonb');
    await runner.query(
      'create index effect_item_releasing on effect_item (tenant_id, releasing_at) where releasing_at is not null',
    );
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop index effect_item_releasing');
    await runner.query('alter table effect_listing drop column doubt');
    await runner.query('alter table effect_intent drop column unanswered');
  }
}
