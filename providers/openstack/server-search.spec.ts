import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import type { ProviderSession } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { accountSchema } from './account.js';
import { openOpenstack } from './openstack-session.js';

type Row = Readonly<{ id: string; status: string; hostId: string }>;

const active = (id: string): Row => ({ id, status: 'ACTIVE', hostId: 'h' });
const building = (id: string): Row => ({ id, status: 'BUILD', hostId: 'h' });
const scheduling = (id: string): Row => ({ id, status: 'BUILD', hostId: '' });

/** A nova that answers a list of servers with what it is given, page by page, by the marker that was asked for. */
describe('listing servers while nova moves them', () => {
  const gate = loopbackGate();
  let server: HttpServer;
  let session: ProviderSession;
  let answers: Readonly<Record<string, readonly Row[][]>> = {};
  let asked: string[] = [];

  const answer = (url: URL): unknown => {
    if (url.pathname.endsWith('/ports')) return { ports: [] };
    const marker = url.searchParams.get('marker') ?? '';
    asked.push(marker);
    const turns = answers[marker] ?? [[]];
    const rows = turns[Math.min(asked.filter((each) => each === marker).length, turns.length) - 1] ?? [];
    return { servers: rows.map((row) => ({ ...row, name: row.id, created: '2026-11-11T00:00:00Z' })) };
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const catalog = ['compute', 'network'].map((type) => ({
        type,
        endpoints: [{ interface: 'public', region_id: 'one', url }],
      }));
      const named = { id: 'x', name: 'x' };
      const token = { expires_at: '2099-01-01T00:00:00Z', user: named, project: named, catalog };
      response.setHeader('x-subject-token', 'token');
      response.setHeader('content-type', 'application/json');
      const login = request.method === 'POST';
      response.end(JSON.stringify(login ? { token } : answer(new URL(request.url ?? '/', url))));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const settings = { user: 'u', project: 'p', currency: 'CNY', rateCard: [], pageSize: 4 };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const account = accountSchema.parse({ settings: { ...settings, url }, secret: { password: 'p' } });
    session = await openOpenstack(account, { clock: systemClock, gate, log: silentLogger }, 1_000);
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    await session.close();
    await gate.close();
    server.closeAllConnections();
    server.close();
  });

  const list = async (): Promise<readonly [string, boolean][]> => {
    const pages: [string, boolean][] = [];
    const deadline = addMs(toInstant(systemClock.now()), 10_000);
    for await (const page of session.compute?.list({ region: 'one' }, { deadline }) ?? []) {
      pages.push([page.items.map(({ id }) => id).join(''), page.complete]);
    }
    return pages;
  };

  it('asks once where a short page can hide nothing', async () => {
    answers = { '': [[active('a'), building('b')]] };
    expect(await list()).toEqual([['ab', true]]);
    expect(asked).toEqual(['']);
  });

  it('asks again after a short page that may hide others', async () => {
    answers = { '': [[scheduling('a'), building('b'), active('c')]], c: [[active('d')]] };
    expect(await list()).toEqual([
      ['abc', false],
      ['d', true],
    ]);
  });

  it('calls such a page complete when nothing follows', async () => {
    answers = { '': [[building('a'), building('b')]], b: [[]] };
    expect(await list()).toEqual([['ab', true]]);
  });

  it('uses no server as a marker that is still being scheduled', async () => {
    const moving = [active('a'), active('b'), active('c'), scheduling('d')];
    const moved = [active('a'), active('b'), active('c'), building('d')];
    answers = { '': [moving, moving, moved], d: [[active('e')]] };
    expect(await list()).toEqual([
      ['abcd', false],
      ['e', true],
    ]);
    expect(asked).toEqual(['', '', '', 'd']);
  });

  it('shows a server once that is on two pages', async () => {
    answers = { '': [[active('a'), active('b'), active('c'), active('d')]], d: [[active('b'), active('e')]] };
    expect(await list()).toEqual([
      ['abcd', false],
      ['e', true],
    ]);
  });
});
