import { Roles1760000000000, sha256 } from '@springtide/platform';
import { verifyAudit, type SealedRecord } from '@springtide/identity/domain';
import {
  fakeClock,
  seedTenant,
  testDatabase,
  type SeededTenant,
  type TestDatabase,
} from '@springtide/testing';
import pg from 'pg';
import { AuditService, recordAudit, sealAudit, identitySchema } from './index.js';

const START = '2026-11-01T00:00:00.000Z';
const clock = fakeClock(START);
const roles = { entities: [], migrations: [Roles1760000000000] };
let db: TestDatabase;
let tenant: SeededTenant;
let other: SeededTenant;

beforeEach(async () => {
  db = await testDatabase([roles, identitySchema]);
  tenant = await seedTenant(db.database, clock);
  other = await seedTenant(db.database, clock);
}, 120_000);
afterEach(() => db.drop());

async function record(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await db.database.unitOfWork(tenant.admin, (tx) =>
      recordAudit(tx, tenant.admin, {
        action: 'campaign.update',
        target: { kind: 'campaign', id: `c-${n}` },
        before: { name: 'old', accessKey: 'hunter2' },
        after: { name: 'new', budget: { currency: 'EUR', amount: '12.50' }, nested: { note: 'private' } },
        at: START,
      }),
    );
  }
}

async function asOwner(sql: string, parameters: unknown[] = []): Promise<void> {
  const client = new pg.Client(db.ownerUrl);
  await client.connect();
  try {
    // The owner of the tables is under the forced policies too; whoever rewrites history would lift them first.
    await client.query('alter table audit_record no force row level security');
    await client.query('alter table audit_seal no force row level security');
    await client.query(sql, parameters);
  } finally {
    await client.end();
  }
}

const audit = (): AuditService => new AuditService(db.database, clock);

describe('audit', () => {
  it('shows only what is allowed to be shown', async () => {
    await record(1);
    const [entry] = await audit().list(tenant.admin, { limit: 1 });
    expect(entry).toMatchObject({
      before: { name: 'old', accessKey: '[masked]' },
      after: { name: 'new', budget: { currency: 'EUR', amount: '12.50' }, nested: { note: '[masked]' } },
      result: 'ok',
    });
  });

  it('goes with its transaction', async () => {
    const failing = db.database.unitOfWork(tenant.admin, async (tx) => {
      await recordAudit(tx, tenant.admin, { action: 'x.y', target: { kind: 'x', id: 'lost' }, at: START });
      throw new Error('after the record');
    });
    await expect(failing).rejects.toThrow(/after the record/);
    expect(await audit().list(tenant.admin, { limit: 10, targetId: 'lost' })).toEqual([]);
  });

  it('cannot be changed by the app or by a job', async () => {
    const change = `update audit_record set action = 'nothing'`;
    await expect(db.database.unitOfWork(tenant.admin, (tx) => tx.query(change))).rejects.toThrow(
      /permission denied/,
    );
    await expect(db.database.systemWork('spec', (tx) => tx.query(change))).rejects.toThrow(
      /permission denied/,
    );
    const remove = 'delete from audit_seal';
    await expect(db.database.systemWork('spec', (tx) => tx.query(remove))).rejects.toThrow(
      /permission denied/,
    );
  });

  it('is one chain per tenant, though several seal at once', async () => {
    await record(20);
    await Promise.all([1, 2, 3, 4].map(() => sealAudit(db.database, tenant.tenantId)));
    const check = await audit().verifyAuditChain(tenant.admin);
    expect(check).toMatchObject({ verdict: { ok: true }, unsealed: 0 });
    expect(check.verdict.records).toBeGreaterThanOrEqual(21);
    expect((await audit().verifyAuditChain(other.admin)).verdict.ok).toBe(true);
  });

  it('names the record that was changed', async () => {
    await record(5);
    expect((await audit().verifyAuditChain(tenant.admin)).verdict.ok).toBe(true);
    await asOwner(`update audit_record set actor_name = 'somebody else' where target_id = 'c-2'`);
    const { verdict } = await audit().verifyAuditChain(tenant.admin);
    const [changed] = await audit().list(tenant.admin, { limit: 1, targetId: 'c-2' });
    expect(verdict).toMatchObject({
      ok: false,
      brokenAt: { recordId: changed?.id, why: expect.stringMatching(/changed/) },
    });
  });

  it('names the record that was removed, with or without its seal', async () => {
    await record(5);
    await audit().verifyAuditChain(tenant.admin);
    const [gone] = await audit().list(tenant.admin, { limit: 1, targetId: 'c-1' });
    await asOwner(`delete from audit_record where target_id = 'c-1'`);
    expect((await audit().verifyAuditChain(tenant.admin)).verdict).toMatchObject({
      ok: false,
      brokenAt: { recordId: gone?.id, why: expect.stringMatching(/removed/) },
    });
    await asOwner('delete from audit_seal where record_id = $1', [gone?.id]);
    expect((await audit().verifyAuditChain(tenant.admin)).verdict).toMatchObject({ ok: false });
  });

  it('can be verified by an outsider from the export alone', async () => {
    await record(3);
    const text: string[] = [];
    for await (const line of audit().exportSealed(tenant.admin)) text.push(JSON.stringify(line));
    const lines = text.map((line) => JSON.parse(line) as SealedRecord);
    expect(verifyAudit(tenant.tenantId, lines, sha256)).toMatchObject({ ok: true, records: lines.length });
    expect(verifyAudit(other.tenantId, lines, sha256)).toMatchObject({ ok: false });
    expect(verifyAudit(tenant.tenantId, lines.slice(1), sha256)).toMatchObject({
      ok: false,
      brokenAt: { seq: 2 },
    });
  });
});
