import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import { identitySchema } from '@springtide/identity';
import { Roles1760000000000, createEndpointGate, localKeyRing, silentLogger } from '@springtide/platform';
import {
  fakeClock,
  seedTenant,
  testDatabase,
  type SeededTenant,
  type TestDatabase,
} from '@springtide/testing';
import { AccountService, AccountSessions, CredentialVault, accountsSchema } from './index.js';
import { scriptedProvider } from './testing/scripted-provider.js';

const CANARY = 'canary-4b1f9e-secret';
const SECOND_CANARY = 'canary-77aa02-secret';
const OPEN = 'http://127.0.0.1:59999';
const clock = fakeClock('2026-11-01T00:00:00.000Z');

let folder = '';
let db: TestDatabase;
let one: SeededTenant;
let two: SeededTenant;
let sessions: AccountSessions;
let accounts: AccountService;
const { script, manifest } = scriptedProvider();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-accounts-'));
  const roles = { entities: [], migrations: [Roles1760000000000] };
  db = await testDatabase([roles, identitySchema, accountsSchema]);
  one = await seedTenant(db.database, clock);
  two = await seedTenant(db.database, clock);
}, 120_000);
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  Object.assign(script, { accepts: CANARY, reachable: true, grantsAll: true });
  script.log.length = 0;
  const vault = new CredentialVault(await localKeyRing(join(folder, 'vault.key')));
  const gate = createEndpointGate({ openHostPorts: ['127.0.0.1:59999'], privateRanges: [] });
  const providers = new Map([[manifest.id, manifest]]);
  sessions = new AccountSessions({ database: db.database, vault, providers, gate, clock, log: silentLogger });
  accounts = new AccountService({ database: db.database, clock, vault, sessions });
});
afterEach(() => sessions.close());

let count = 0;
function input(password = CANARY, endpoint = OPEN) {
  count += 1;
  return {
    name: `cloud-${count}`,
    provider: 'scripted',
    settings: { endpoint },
    secret: { user: 'svc', password },
  };
}

async function errorOf(work: Promise<unknown>): Promise<SpringtideError> {
  try {
    await work;
  } catch (thrown) {
    return asSpringtideError(thrown);
  }
  throw new Error('nothing was thrown');
}

describe('registering a cloud account', () => {
  it('verifies it and tells what the cloud said', async () => {
    const account = await accounts.register(one.admin, input());
    expect(account).toMatchObject({
      status: 'healthy',
      kind: 'public-cloud',
      credentialVersion: 1,
      health: { identity: 'me', product: 'Scripted 1.0', regions: ['r1'], problem: null, code: null },
    });
    expect(await accounts.get(one.admin, account.id)).toEqual(account);
  });

  it('keeps one with wrong credentials as unverified, with the next step', async () => {
    const account = await accounts.register(one.admin, input('wrong-password'));
    expect(account).toMatchObject({ status: 'unverified', verifiedAt: null });
    expect(account.health).toMatchObject({ code: 'unauthenticated' });
    expect(account.health?.problem).toMatch(/enter the secret again/);
    expect(JSON.stringify(account)).not.toContain('wrong-password');
  });

  it('keeps one that does not answer, and one whose endpoint is not allowed', async () => {
    script.reachable = false;
    const silent = await accounts.register(one.admin, input());
    expect(silent.health).toMatchObject({ code: 'unavailable' });
    expect(silent.health?.problem).toMatch(/can reach it/);
    const denied = await accounts.register(one.admin, input(CANARY, 'http://127.0.0.1:22'));
    expect(denied).toMatchObject({ status: 'unverified', health: { code: 'permission-denied' } });
    expect(denied.health?.problem).toMatch(/127\.0\.0\.1:22 is not allowed.*operator/);
  });

  it('names a permission that is missing', async () => {
    script.grantsAll = false;
    const account = await accounts.register(one.admin, input());
    expect(account).toMatchObject({ status: 'healthy', health: { code: 'permission-denied' } });
    expect(account.health?.problem).toMatch(/machines:create \(needed for expansion\)/);
  });

  it('refuses unusable input by field, without repeating a secret, and a second of the same name', async () => {
    const short = await errorOf(
      accounts.register(one.admin, { ...input(), secret: { user: 'svc', password: 'canar' } }),
    );
    expect(short.code).toBe('invalid-argument');
    expect(short.message).toMatch(/secret\.password/);
    expect(short.message).not.toContain('canar');
    const both = await errorOf(
      accounts.register(one.admin, { ...input('canar'), settings: { endpoint: 'nowhere' } }),
    );
    expect(both.places).toEqual([
      { path: 'settings.endpoint', message: 'Invalid URL' },
      { path: 'secret.password', message: 'too small' },
    ]);
    expect((await errorOf(accounts.register(one.admin, { ...input(), provider: 'none' }))).nextStep).toMatch(
      /scripted/,
    );
    const taken = input();
    await accounts.register(one.admin, taken);
    const twice = await errorOf(accounts.register(one.admin, taken));
    expect(twice.code).toBe('already-exists');
    expect(twice.message).toContain(`"${taken.name}" already`);
    expect(twice.places.map(({ path }) => path)).toEqual(['name']);
  });

  it('is for those who may', async () => {
    const reader = await one.user(['read-only']);
    expect((await errorOf(accounts.register(reader.ctx, input()))).code).toBe('permission-denied');
  });

  it('stays inside the tenant', async () => {
    const account = await accounts.register(one.admin, input());
    expect((await errorOf(accounts.get(two.admin, account.id))).code).toBe('not-found');
    expect((await errorOf(accounts.verify(two.admin, account.id))).code).toBe('not-found');
    expect((await errorOf(sessions.open(two.tenantId, account.id))).code).toBe('not-found');
    expect(await accounts.list(two.admin, { limit: 100 })).toEqual([]);
  });
});

describe('a credential', () => {
  it('is replaced only by one that works', async () => {
    const account = await accounts.register(one.admin, input());
    const rotate = (password: string) =>
      accounts.update(one.admin, account.id, { version: account.version, secret: { user: 'svc', password } });
    const refused = await errorOf(rotate('not-the-right-one'));
    expect(refused.code).toBe('failed-precondition');
    expect(refused.facts).toEqual({ cause: 'unauthenticated' });
    expect(refused.message).toMatch(/did not accept the new credential.*the credential in use stays/);
    expect(refused.places.map(({ path }) => path)).toEqual(['secret']);
    expect(JSON.stringify([refused.message, refused.places])).not.toContain('not-the-right-one');
    expect(await accounts.get(one.admin, account.id)).toEqual(account);
    script.accepts = SECOND_CANARY;
    expect(await rotate(SECOND_CANARY)).toMatchObject({ credentialVersion: 2, status: 'healthy' });
    expect((await errorOf(rotate(SECOND_CANARY))).code).toBe('conflict');
    const kept = await db.database.systemWork('spec', (tx) =>
      tx.query<unknown[]>(
        'select version from cloud_credential where account_id = $1 and envelope is not null',
        [account.id],
      ),
    );
    expect(kept).toEqual([{ version: 2 }]);
  });

  it('does not open in another row', async () => {
    const mine = await accounts.register(one.admin, input());
    const theirs = await accounts.register(two.admin, input('wrong-password'));
    await db.database.systemWork('spec', (tx) =>
      tx.query(
        `update cloud_credential set envelope = (select envelope from cloud_credential where account_id = $1)
         where account_id = $2`,
        [mine.id, theirs.id],
      ),
    );
    sessions.forget(theirs.id);
    const moved = await errorOf(sessions.open(two.tenantId, theirs.id));
    expect(moved.code).toBe('failed-precondition');
    expect(moved.message).toMatch(/altered, moved/);
  });

  it('stands nowhere in the database, whatever happened to it', async () => {
    script.accepts = CANARY;
    const account = await accounts.register(one.admin, input());
    await accounts.register(one.admin, input(SECOND_CANARY));
    script.accepts = SECOND_CANARY;
    await accounts.verify(one.admin, account.id);
    const text = await dump();
    expect(text.length).toBeGreaterThan(10_000);
    expect(text).toContain('Scripted 1.0');
    for (const secret of [CANARY, SECOND_CANARY]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
      expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});

describe('sessions', () => {
  it('are shared, end after five minutes, and end with a change of the account', async () => {
    const account = await accounts.register(one.admin, input());
    script.log.length = 0;
    const first = await sessions.open(one.tenantId, account.id);
    expect(await sessions.open(one.tenantId, account.id)).toBe(first);
    await clock.advance(5 * 60_000);
    const second = await sessions.open(one.tenantId, account.id);
    expect(second).not.toBe(first);
    const { version } = await accounts.get(one.admin, account.id);
    const settings = { endpoint: `${OPEN}/v2` };
    await accounts.update(one.admin, account.id, { version, settings });
    expect(await sessions.open(one.tenantId, account.id)).not.toBe(second);
    expect(script.log).toEqual(['close', 'connect', 'close', 'connect']);
  });

  it('stay open while somebody works in them', async () => {
    const account = await accounts.register(one.admin, input());
    script.log.length = 0;
    await sessions.use(one.tenantId, account.id, async (client) => {
      sessions.forget(account.id);
      expect(script.log).not.toContain('close');
      await client.verify();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(script.log.filter((entry) => entry === 'close')).toHaveLength(1);
  });

  it('still exist for a disabled account, so that what runs there can be scaled back', async () => {
    const account = await accounts.register(one.admin, input());
    expect((await accounts.disable(one.admin, account.id)).status).toBe('disabled');
    expect((await accounts.verify(one.admin, account.id)).status).toBe('disabled');
    expect((await sessions.open(one.tenantId, account.id)).account).toBe(account.id);
    expect((await accounts.enable(one.admin, account.id)).status).toBe('healthy');
  });
});

async function dump(): Promise<string> {
  return await db.database.systemWork('spec', async (tx) => {
    const tables = await tx.query<{ name: string }[]>(
      `select quote_ident(relname) as name from pg_class
       where relkind = 'r' and relnamespace = 'public'::regnamespace and has_table_privilege(oid, 'select')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await tx.query<{ text: string }[]>(`select t::text as text from ${name} t`);
      texts.push(...rows.map((row) => row.text));
    }
    return texts.join('\n');
  });
}
