import { randomUUID } from 'node:crypto';
import { recordAudit, sealAudit } from '@springtide/identity';
import { addMs } from '@springtide/kernel';
import { seedTenant, testDatabase, type SeededTenant, type TestDatabase } from '@springtide/testing';
import pg from 'pg';
import { PostgresEffectStore } from '../../effects/data/postgres-effect-store.js';
import { START, aMandate, anIntent, anItem } from '../../effects/testing/effect-fixtures.js';
import { BookReader } from './book-reader.js';

let db: TestDatabase;
let tenant: SeededTenant;

beforeAll(async () => {
  db = await testDatabase();
  tenant = await seedTenant(db.database);
});
afterAll(async () => await db.drop());

/** Past all rules of the product, as somebody with the owner's login could. */
async function tamper(sql: string): Promise<void> {
  const client = new pg.Client(db.ownerUrl);
  await client.connect();
  await client.query(sql);
  await client.end();
}

describe('the oracle’s own reading of the rows', () => {
  it('sees the ledger of every tenant as the ledger wrote it', async () => {
    const runId = randomUUID();
    const mandate = aMandate({ tenantId: tenant.tenantId, runId });
    const items = [
      anItem({ index: 0 }),
      anItem({ index: 1, machineId: 'm-2', state: 'gone', goneAt: START }),
    ];
    const intent = anIntent({ tenantId: tenant.tenantId, runId, mandateId: mandate.id, count: 2, items });
    await new PostgresEffectStore(db.database).transaction(tenant.tenantId, async (tx) => {
      await tx.insertMandate(mandate);
      await tx.insertIntent(intent);
    });
    const books = await new BookReader(db.ownerUrl).read();
    expect(books.intents).toMatchObject([{ ...intent, items: items.map((item) => ({ ...item })) }]);
    expect(books.mandates).toMatchObject([mandate]);
    expect(books.intentsSince).toBeNull();
  });

  it('leaves out what was over long ago, unless a machine names it', async () => {
    const over = {
      tenantId: tenant.tenantId,
      state: 'released' as const,
      createdAt: addMs(START, -1e9),
      items: [],
    };
    const old = anIntent({ ...over, count: 0 });
    await new PostgresEffectStore(db.database).transaction(tenant.tenantId, async (tx) => {
      await tx.insertIntent(old);
    });
    const reader = new BookReader(db.ownerUrl);
    const ids = async (named: readonly string[]) =>
      (await reader.read({ keepMs: 1_000, named })).intents.map(({ id }) => id);
    expect(await ids([])).not.toContain(old.id);
    expect(await ids([old.id, 'no uuid at all'])).toContain(old.id);
  });

  it('recomputes the audit chain, and says where it was changed or cut', async () => {
    for (const id of ['one', 'two', 'three']) {
      await db.database.unitOfWork(tenant.admin, async (tx) => {
        await recordAudit(tx, tenant.admin, { action: 'x.y', target: { kind: 'x', id }, at: START });
      });
    }
    await sealAudit(db.database, tenant.tenantId);
    const reader = new BookReader(db.ownerUrl);
    const chain = async (one = reader) => {
      const { audit } = await one.read();
      return audit?.chains.find(({ tenantId }) => tenantId === tenant.tenantId);
    };
    const whole = await chain();
    expect(whole).toMatchObject({ broken: null, oldestUnsealedAt: null });
    const last = whole?.records ?? 0;
    expect(last).toBeGreaterThan(2);
    await tamper(`delete from audit_seal where seq = ${last}`);
    expect((await chain())?.broken).toMatch(/another one than at an earlier look/);
    await tamper(`update audit_record set target_id = 'other' where target_id = 'two'`);
    expect((await chain(new BookReader(db.ownerUrl)))?.broken).toMatch(/was changed after it was sealed/);
  });
});
