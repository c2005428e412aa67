import { SpringtideError, addMs } from '@springtide/kernel';
import {
  fakeClock,
  seedTenant,
  testDatabase,
  type SeededTenant,
  type TestDatabase,
} from '@springtide/testing';
import { TenantService, TokenService, UserService, bootstrapInstallation } from './index.js';

const START = '2026-11-01T00:00:00.000Z';
const DAY = 86_400_000;

let db: TestDatabase;
let one: SeededTenant;
let two: SeededTenant;
const clock = fakeClock(START);

beforeAll(async () => {
  db = await testDatabase();
  one = await seedTenant(db.database, clock);
  two = await seedTenant(db.database, clock);
}, 120_000);
afterAll(() => db.drop());

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (thrown) {
    return thrown instanceof SpringtideError ? thrown.code : String(thrown);
  }
}

describe('an upgrade', () => {
  it('gives the built-in roles of every tenant what this version knows, and leaves their own roles alone', async () => {
    const older = ['account:read', 'campaign:read'];
    await db.database.systemWork('spec', async (tx) => {
      await tx.query(`update role set permissions = $1 where name in ('operations', 'tenant-admin')`, [
        older,
      ]);
      await tx.query(
        `insert into role (tenant_id, name, title, permissions, built_in) values ($1, 'our-own', 'Ours', $2, false)`,
        [one.tenantId, older],
      );
    });
    await new TenantService(db.database, clock).refreshBuiltInRoles();
    const rows = await db.database.systemWork('spec', (tx) =>
      tx.query<{ name: string; permissions: string[] }[]>(
        `select name, permissions from role where name in ('operations', 'tenant-admin', 'our-own')
           and tenant_id in ($1, $2)`,
        [one.tenantId, two.tenantId],
      ),
    );
    const of = (name: string) =>
      rows.filter((row) => row.name === name).map(({ permissions }) => permissions);
    expect(of('our-own')).toEqual([older]);
    for (const name of ['operations', 'tenant-admin']) {
      expect(of(name)).toHaveLength(2);
      for (const held of of(name))
        expect(held).toEqual(expect.arrayContaining(['cluster:read', 'cluster:write']));
    }
  });
});

describe('the wall between tenants', () => {
  it('stands around every table that the app role can touch', async () => {
    const open = await db.database.systemWork('spec', (tx) =>
      tx.query<{ name: string }[]>(
        `select relname as name from pg_class
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and not (relrowsecurity and relforcerowsecurity)
           and has_table_privilege('springtide_app', oid, 'select, insert, update, delete')`,
      ),
    );
    expect(open).toEqual([]);
  });

  it('shows each tenant its own rows only, on every table that has tenants', async () => {
    const tables = await db.database.systemWork('spec', (tx) =>
      tx.query<{ name: string }[]>(
        `select relname as name from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and has_table_privilege('springtide_app', c.oid, 'select')`,
      ),
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const foreign = await db.database.unitOfWork(one.admin, (tx) =>
        tx.query<unknown[]>(`select 1 from ${name} where tenant_id <> $1 limit 1`, [one.tenantId]),
      );
      expect({ name, foreign }).toEqual({ name, foreign: [] });
    }
    const users = new UserService(db.database, clock);
    expect((await users.list(two.admin, { limit: 10 })).map((user) => user.id)).toEqual([two.admin.actor.id]);
  });

  it('lets the app role neither write into another tenant nor switch the wall off', async () => {
    const insert = db.database.unitOfWork(one.admin, (tx) =>
      tx.query(
        `insert into app_user (tenant_id, id, name, status, created_at)
         values ($1, gen_random_uuid(), 'intruder', 'active', $2)`,
        [two.tenantId, START],
      ),
    );
    expect(await codeOf(insert)).toBe('permission-denied');
    const off = db.database.unitOfWork(one.admin, (tx) =>
      tx.query('alter table app_user disable row level security'),
    );
    expect(await codeOf(off)).toBe('permission-denied');
  });

  it('shows nothing when no tenant is set', async () => {
    const nobody = { ...one.admin, tenantId: '' };
    const rows = await db.database.unitOfWork(nobody, (tx) => tx.query<unknown[]>('select 1 from app_user'));
    expect(rows).toEqual([]);
  });
});

describe('tokens', () => {
  const tokens = (): TokenService => new TokenService(db.database, clock);

  it('are stored as a hash only', async () => {
    const rows = await db.database.systemWork('spec', (tx) =>
      tx.query<{ text: string }[]>('select t::text as text from api_token t'),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.text.includes(one.adminToken))).toEqual([]);
  });

  it('narrow their owner and follow the owner’s roles at once', async () => {
    const author = await one.user(['operations']);
    const narrow = await tokens().issue(author.ctx, {
      name: 'ci',
      scopes: ['campaign:read'],
      expiresAt: addMs(START, 30 * DAY),
    });
    const ctx = await tokens().authenticate(narrow.secret);
    expect(ctx.actor.kind === 'user' && [...ctx.actor.permissions]).toEqual(['campaign:read']);
    const wider = { name: 'wider', scopes: ['*'], expiresAt: addMs(START, DAY) };
    expect(await codeOf(tokens().issue(ctx, wider))).toBe('permission-denied');
    const users = new UserService(db.database, clock);
    await users.update(one.admin, author.user.id, { version: 1, status: 'disabled' });
    expect(await codeOf(tokens().authenticate(narrow.secret))).toBe('unauthenticated');
  });

  it('end: after a year at the latest, when they expire, when they are revoked', async () => {
    const long = { name: 'long', scopes: ['*'], expiresAt: addMs(START, 400 * DAY) };
    expect(await codeOf(tokens().issue(one.admin, long))).toBe('invalid-argument');
    const day = await tokens().issue(one.admin, {
      name: 'day',
      scopes: ['*'],
      expiresAt: addMs(START, DAY),
    });
    await tokens().authenticate(day.secret);
    const later = new TokenService(db.database, fakeClock(addMs(START, DAY)));
    expect(await codeOf(later.authenticate(day.secret))).toBe('unauthenticated');
    await tokens().revoke(one.admin, day.token.id);
    expect(await codeOf(tokens().authenticate(day.secret))).toBe('unauthenticated');
    expect(await codeOf(tokens().revoke(two.admin, day.token.id))).toBe('not-found');
  });

  it('are refused alike whatever is wrong with them', async () => {
    for (const bearer of ['', 'stk_unknown', 'password', one.adminToken.slice(0, -1), 'stk_'.repeat(500)]) {
      expect(await codeOf(tokens().authenticate(bearer))).toBe('unauthenticated');
    }
  });
});

describe('users and roles', () => {
  it('nobody grants what they do not hold', async () => {
    const users = new UserService(db.database, clock);
    await users.saveRole(one.admin, {
      name: 'people',
      title: 'Adds people',
      permissions: ['user:write', 'user:read', 'role:write', 'campaign:read'],
    });
    const clerk = await one.user(['people']);
    expect(await codeOf(users.create(clerk.ctx, { name: 'boss', roles: ['tenant-admin'] }))).toBe(
      'permission-denied',
    );
    const widen = { name: 'people', title: 'Adds people', permissions: ['cost:write'] };
    expect(await codeOf(users.saveRole(clerk.ctx, widen))).toBe('permission-denied');
    const disableBoss = users.update(clerk.ctx, one.admin.actor.id, { version: 1, status: 'disabled' });
    expect(await codeOf(disableBoss)).toBe('permission-denied');
    const { user } = await users.create(clerk.ctx, { name: 'colleague', roles: ['people'] });
    expect(user.roles).toEqual(['people']);
    const twice = users.create(clerk.ctx, { name: 'colleague', roles: ['people'] });
    await expect(twice).rejects.toThrow(/there is a user "colleague" already/);
  });

  it('an installation is set up once', async () => {
    const again = bootstrapInstallation(db.database, clock, { tenantName: 'again', adminName: 'admin' });
    expect(await codeOf(again)).toBe('already-exists');
  });
});
