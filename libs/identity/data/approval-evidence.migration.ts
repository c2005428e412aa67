import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What a decision rests on beside the envelope: the readiness check that the approver saw. */
export class ApprovalEvidence1763811000000 implements Migration {
  name = 'ApprovalEvidence1763811000000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table approval add column evidence jsonb');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table approval drop column evidence');
  }
}
