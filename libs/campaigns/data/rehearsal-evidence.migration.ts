import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What a rehearsal replayed, and the hash by which an approval holds on to what came of it. */
export class RehearsalEvidence1763860070000 implements Migration {
  name = 'RehearsalEvidence1763860070000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table campaign_rehearsal add column replay jsonb');
    // What ended before this version has none, and is no evidence for an approval.
    await runner.query('alter table campaign_rehearsal add column result_hash text');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table campaign_rehearsal drop column result_hash, drop column replay');
  }
}
