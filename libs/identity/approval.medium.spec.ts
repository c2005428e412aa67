import { SpringtideError, addMs, money } from '@springtide/kernel';
import { Roles1760000000000 } from '@springtide/platform';
import {
  fakeClock,
  seedTenant,
  testDatabase,
  type SeededTenant,
  type SeededUser,
  type TestDatabase,
} from '@springtide/testing';
import { ApprovalService, AuditService, type ApprovalRequest, identitySchema } from './index.js';

const START = '2026-11-01T00:00:00.000Z';
const HOUR = 3_600_000;

const roles = { entities: [], migrations: [Roles1760000000000] };
let db: TestDatabase;
let tenant: SeededTenant;
let author: SeededUser;
let approver: SeededUser;
const clock = fakeClock(START);

beforeAll(async () => {
  db = await testDatabase([roles, identitySchema]);
  tenant = await seedTenant(db.database, clock);
  author = await tenant.user(['operations', 'approver'], 'author');
  approver = await tenant.user(['approver'], 'approver');
}, 120_000);
afterAll(() => db.drop());

const service = (): ApprovalService => new ApprovalService(db.database, clock);

function asked(subject: string, envelope: unknown = { planHash: 'a', budget: '100' }): ApprovalRequest {
  return {
    subject: { kind: 'plan', id: subject },
    envelope,
    ceiling: money('EUR', '120.50'),
    authorId: author.user.id,
    lastEditorId: author.user.id,
    expiresAt: addMs(START, HOUR),
  };
}

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'no error';
  } catch (thrown) {
    return thrown instanceof SpringtideError ? [thrown.code, thrown.facts['reason']] : String(thrown);
  }
}

describe('approvals', () => {
  it('are decided once, however many click at the same moment', async () => {
    const { id, envelopeHash } = await service().request(author.ctx, asked('double-click'));
    const click = () =>
      service().decide(
        approver.ctx,
        { approvalId: id, verdict: 'approved', envelopeHash },
        'campaign:approve',
      );
    const results = await Promise.all(Array.from({ length: 8 }, click));
    expect(new Set(results.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(results[0]).toMatchObject({
      status: 'approved',
      deciderId: approver.user.id,
      ceiling: { amount: '120.5' },
    });
    const audit = new AuditService(db.database, clock);
    const records = await audit.list(tenant.admin, { limit: 50, action: 'approval.approve', targetId: id });
    expect(records).toHaveLength(1);
  });

  it('are not for the author or the last editor, in the service and in the table', async () => {
    const { id, envelopeHash } = await service().request(author.ctx, asked('own'));
    const own = service().decide(
      author.ctx,
      { approvalId: id, verdict: 'approved', envelopeHash },
      'campaign:approve',
    );
    expect(await reasonOf(own)).toEqual(['permission-denied', 'own-work']);
    const around = db.database.unitOfWork(author.ctx, (tx) =>
      tx.query(
        `update approval set status = 'approved', decider_id = author_id, decided_at = $2 where id = $1`,
        [id, START],
      ),
    );
    await expect(around).rejects.toThrow(/approval_four_eyes/);
  });

  it('need the permission', async () => {
    const { id, envelopeHash } = await service().request(author.ctx, asked('right'));
    const reader = await tenant.user(['read-only']);
    const decision = { approvalId: id, verdict: 'approved', envelopeHash } as const;
    expect(await reasonOf(service().decide(reader.ctx, decision, 'campaign:approve'))).toEqual([
      'permission-denied',
      undefined,
    ]);
  });

  it('are bound to what was looked at, and a changed subject replaces the request', async () => {
    const first = await service().request(author.ctx, asked('edited'));
    expect((await service().request(author.ctx, asked('edited'))).id).toBe(first.id);
    const second = await service().request(author.ctx, asked('edited', { planHash: 'b', budget: '900' }));
    const decide = (approvalId: string, envelopeHash: string) =>
      service().decide(approver.ctx, { approvalId, verdict: 'approved', envelopeHash }, 'campaign:approve');
    expect(await reasonOf(decide(second.id, first.envelopeHash))).toEqual(['conflict', 'other-envelope']);
    expect(await reasonOf(decide(first.id, first.envelopeHash))).toEqual([
      'failed-precondition',
      'withdrawn',
    ]);
  });

  it('are refused when they have expired, and still can be rejected', async () => {
    const { id, envelopeHash } = await service().request(author.ctx, asked('late'));
    const late = new ApprovalService(db.database, fakeClock(addMs(START, HOUR)));
    const decide = (verdict: 'approved' | 'rejected') =>
      late.decide(approver.ctx, { approvalId: id, verdict, envelopeHash }, 'campaign:approve');
    expect(await reasonOf(decide('approved'))).toEqual(['failed-precondition', 'expired']);
    expect((await decide('rejected')).status).toBe('rejected');
    expect((await decide('rejected')).status).toBe('rejected');
    expect(await reasonOf(decide('approved'))).toEqual(['failed-precondition', 'decided-otherwise']);
  });
});
