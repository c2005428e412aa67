import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient, routes, type ApiClient } from '@springtide/contracts';
import { testDatabase, type TestDatabase } from '@springtide/testing';

const root = resolve(import.meta.dirname, '../../..');

type Running = Readonly<{ child: ChildProcess; url: string; output(): string }>;

let database: TestDatabase;
let folder: string;
let firstToken: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'springtide-process-'));
}, 120_000);

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function start(settings: Record<string, string> = {}): Readonly<{ child: ChildProcess; output(): string }> {
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'scripts/typescript-hooks.mjs'), join(root, 'apps/api/src/main.ts')],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        SPRINGTIDE_DATABASE_URL: database.ownerUrl,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
        SPRINGTIDE_HTTP_PORT: '0',
        SPRINGTIDE_INSTALLATION: 'process-test',
        SPRINGTIDE_VAULT_KEY_FILE: join(folder, 'vault.key'),
        ...settings,
      },
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (text += String(data)));
  return { child, output: () => text };
}

async function listening(): Promise<Running> {
  const { child, output } = start();
  for (let waited = 0; waited < 60_000; waited += 50) {
    const url = /"url":"([^"]+)"/.exec(output())?.[1];
    if (url !== undefined) return { child, url, output };
    if (child.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the API did not start: ${output()}`);
}

function clientOf({ url }: Running): ApiClient {
  return createClient({ baseUrl: url, token: firstToken, fetch: globalThis.fetch });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

describe('the API as a process', () => {
  it('names every wrong setting and does not start', async () => {
    const { child, output } = start({ SPRINGTIDE_HTTP_PORT: 'eighty', SPRINGTIDE_INSTALLATION: '' });
    expect((await ended(child)).code).toBe(1);
    expect(output()).toContain('SPRINGTIDE_HTTP_PORT');
    expect(output()).toContain('SPRINGTIDE_INSTALLATION');
    expect(output()).not.toContain(new URL(database.ownerUrl).password);
  }, 60_000);

  it('shows the first token once, and is ready only with all it needs', async () => {
    const first = await listening();
    firstToken = /token for one day: (stk_\S+)/.exec(first.output())?.[1] ?? '';
    expect((await clientOf(first).call(routes.whoAmI)).user.name).toBe('admin');
    const ready = await fetch(`${first.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ facts: { database: 'ok' } });
    first.child.kill('SIGTERM');
    expect(await ended(first.child)).toEqual({ code: 0, signal: null });
    const second = await listening();
    expect(second.output()).not.toContain('stk_');
    second.child.kill('SIGTERM');
    await ended(second.child);
  }, 120_000);

  it('answers what it has begun before it ends', async () => {
    const api = await listening();
    const client = clientOf(api);
    const body = 'name: last\nservices:\n';
    const asked = Array.from({ length: 20 }, async () => {
      return await client.call(routes.templateCreate, { body }).catch((thrown: unknown) => thrown);
    });
    await new Promise((done) => setTimeout(done, 20));
    api.child.kill('SIGTERM');
    const codes = (await Promise.all(asked)).map((answer) => (answer as { code?: string }).code);
    expect((await ended(api.child)).code).toBe(0);
    expect(codes.filter((code) => code === 'invalid-argument').length).toBeGreaterThan(0);
    expect(codes.every((code) => code === 'invalid-argument' || code === 'unavailable')).toBe(true);
  }, 120_000);

  it('killed outright, it leaves to another one what was done, and nothing is done twice', async () => {
    const first = await listening();
    const parts = { body: { name: 'Kim', roles: ['read-only'] }, idempotencyKey: 'before-the-kill' };
    const made = await clientOf(first).call(routes.userCreate, parts);
    first.child.kill('SIGKILL');
    expect((await ended(first.child)).signal).toBe('SIGKILL');
    const second = await listening();
    const again = await clientOf(second)
      .call(routes.userCreate, parts)
      .catch((thrown: unknown) => thrown);
    expect(again).toMatchObject({ status: 409, code: 'already-exists' });
    const { items } = await clientOf(second).call(routes.userList);
    expect(items.filter((user) => user.name === made.user.name)).toHaveLength(1);
    second.child.kill('SIGTERM');
    await ended(second.child);
  }, 120_000);
});
