import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseInput } from '@springtide/contracts';
import { EffectLedger, PostgresEffectStore, STANDARD_EFFECTS, effectsSchema } from '@springtide/effects';
import { AuditService, identitySchema } from '@springtide/identity';
import { SpringtideError } from '@springtide/kernel';
import {
  Roles1760000000000,
  createEndpointGate,
  newId,
  silentLogger,
  systemClock,
  type EndpointGate,
} from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { seedTenant, testDatabase, type SeededTenant, type TestDatabase } from '@springtide/testing';
import { request } from 'undici';
import { manifest } from '../../providers/haproxy/index.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { obtainHaproxy } from '../../test/yard/traffic/obtain-haproxy.js';
import { startTrafficYard, type TrafficYard } from '../../test/yard/traffic/traffic-yard.js';
import { GrayReleases, ReleaseKeeper, RoutesService, trafficSchema } from './index.js';

jest.setTimeout(180_000);

const available = yardLane('gray release (haproxy)', (await obtainHaproxy()) !== undefined);
const suite = available ? describe : describe.skip;

type Version = Readonly<{
  member: { id: string; address: string; port: number; machineType: string };
  /** What it answers to everything but its health check. */
  answer: (status: number) => void;
  /** And how late. */
  delay: (ms: number) => void;
  stop: () => Promise<void>;
}>;

suite('gray release through a real proxy', () => {
  let folder = '';
  let db: TestDatabase;
  let tenant: SeededTenant;
  let proxy: TrafficYard;
  let client: CloudClient;
  let proxyGate: EndpointGate;
  let routes: RoutesService;
  let releases: GrayReleases;
  let ledger: EffectLedger;
  let audit: AuditService;
  let home: Version;
  let next: Version;
  let id = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'springtide-gray-'));
    const roles = { entities: [], migrations: [Roles1760000000000] };
    [db, proxy, home, next] = await Promise.all([
      testDatabase([roles, identitySchema, effectsSchema, trafficSchema]),
      startTrafficYard({ engine: 'haproxy', folder, routes: [{ name: 'storefront' }] }),
      startVersion('home'),
      startVersion('next'),
    ]);
    tenant = await seedTenant(db.database);
    const { port } = proxy.settings as { port: number };
    proxyGate = createEndpointGate({ openHostPorts: [`127.0.0.1:${port}`], privateRanges: [] });
    const context = { clock: systemClock, gate: proxyGate, log: silentLogger, account: 'spec' };
    client = await connectAccount(manifest, proxy.settings, {}, context);
    ledger = new EffectLedger({
      store: new PostgresEffectStore(db.database),
      clouds: { open: async () => Promise.resolve(client) },
      clock: systemClock,
      newId,
      installation: 'spec',
      policy: STANDARD_EFFECTS,
      log: silentLogger,
    });
    audit = new AuditService(db.database, systemClock);
    routes = new RoutesService(db.database, ledger, systemClock);
    releases = new GrayReleases(db.database, routes, systemClock);
    const input = { name: 'storefront', accountId: randomUUID(), service: 'shop', healthPath: '/healthz' };
    ({ id } = await routes.create(tenant.admin, { ...input, home: [home.member] }));
  }, 120_000);
  afterAll(async () => {
    await client.close();
    await Promise.all([proxy.stop(), home.stop(), next.stop()]);
    await db.drop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const step = async (input: Parameters<typeof ReleaseInput.parse>[0], version?: number) => {
    const known = version ?? (await routes.get(tenant.admin, id)).version;
    return await releases.step(tenant.admin, id, known, ReleaseInput.parse(input));
  };
  const group = (share: number) => ({ name: 'next', share, members: [next.member] });
  const testers = { name: 'testers', group: 'next', when: { header: 'x-tester', value: 'yes' } };
  const answers = async (headers: Record<string, string> = {}) => {
    const all = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const answer = await request(proxy.entrances['storefront'] ?? '', { headers });
        return await answer.body.text();
      }),
    );
    return Object.fromEntries(
      [...Map.groupBy(all, (text) => text)].map(([text, some]) => [text, some.length]),
    );
  };

  it('goes from testers over a share to everybody, and back, each step on record', async () => {
    const first = await step({ groups: [group(0)], matches: [testers], watch: { seconds: 0 } });
    expect(first.matches).toEqual([testers]);
    expect(await answers({ 'x-tester': 'yes' })).toEqual({ next: 40 });
    expect(await answers()).toEqual({ home: 40 });
    await step({ groups: [group(50)], matches: [testers], watch: { seconds: 0 } });
    expect(Object.keys(await answers()).toSorted()).toEqual(['home', 'next']);
    await step({ groups: [group(100)], watch: { seconds: 0 } });
    expect(await answers()).toEqual({ next: 40 });
    const last = await step({ watch: { seconds: 0 } });
    expect(last).toMatchObject({ matches: [], release: { groups: [], matches: [] } });
    expect(last.live).toEqual([{ name: 'home', weight: 100, healthy: 1, members: 1 }]);
    expect(await answers({ 'x-tester': 'yes' })).toEqual({ home: 40 });
    const sets = await ledger.listIntents(tenant.tenantId, { runId: id, kind: 'set' });
    expect(sets.filter((one) => one.step.startsWith('release/matches')).map((one) => one.state)).toEqual(
      expect.arrayContaining(['settled', 'settled']),
    );
    const page = { limit: 50, targetId: id, action: 'route.release' };
    expect(await audit.list(tenant.admin, page)).toHaveLength(4);
  });

  it('takes a step back that does not hold, and says why', async () => {
    await step({ groups: [group(0)], matches: [testers], watch: { seconds: 0 } });
    const begun = step({ groups: [group(60)], matches: [testers], watch: { seconds: 20 } });
    const outcome = begun.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    let over = false;
    void outcome.finally(() => (over = true));
    next.answer(503);
    while (!over) await answers();
    expect(await outcome).toMatchObject({
      code: 'failed-precondition',
      effect: 'none',
      message: expect.stringMatching(/requests failed in group next/),
    });
    next.answer(200);
    const after = await routes.get(tenant.admin, id);
    expect(after.release).toEqual({ groups: [group(0)], matches: [testers] });
    expect(await answers()).toEqual({ home: 40 });
    expect(await answers({ 'x-tester': 'yes' })).toEqual({ next: 40 });
    await step({ watch: { seconds: 0 } });
  });

  it('takes a step back that answers, but much slower than the standing fleet', async () => {
    next.delay(900);
    const begun = step({ groups: [group(50)], watch: { seconds: 30, minimumRequests: 10 } });
    const outcome = begun.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    let over = false;
    void outcome.finally(() => (over = true));
    while (!over) await answers();
    next.delay(0);
    expect(await outcome).toMatchObject({
      code: 'failed-precondition',
      message: expect.stringMatching(/group next took \d+ ms on average, others \d+ ms/),
    });
    expect((await routes.get(tenant.admin, id)).release).toEqual({ groups: [], matches: [] });
    expect(await answers()).toEqual({ home: 40 });
  });

  it('leaves everything as it was when nobody answers behind a match', async () => {
    const dead = { ...next.member, id: 'i-dead', port: 9 };
    const lost = { ...testers, group: 'lost' };
    const begun = step({ groups: [{ name: 'lost', share: 0, members: [dead] }], matches: [lost] });
    await expect(begun).rejects.toMatchObject({ code: 'failed-precondition', effect: 'none' });
    const after = await routes.get(tenant.admin, id);
    expect(after).toMatchObject({ matches: [], release: { groups: [], matches: [] } });
    expect(after.live?.map(({ name }) => name)).toEqual(['home']);
  });

  it('tells what the watch saw, and that a step was kept unjudged where nobody asked enough', async () => {
    const quiet = await step({ groups: [group(10)], watch: { seconds: 1 } });
    expect(quiet.watched).toMatchObject({ judged: false, reasonSentences: [{ code: 'gate.few' }] });
    const begun = step({ groups: [group(50)], watch: { seconds: 4, minimumRequests: 10 } });
    let over = false;
    void begun.finally(() => (over = true));
    while (!over) await answers();
    expect((await begun).watched).toMatchObject({
      judged: true,
      reasonSentences: [{ code: 'gate.healthy' }],
    });
    const page = { limit: 2, targetId: id, action: 'route.release' };
    expect(await audit.list(tenant.admin, page)).toMatchObject([
      { after: { watched: 'no group failed or was slow above its limit' } },
      { after: { watched: 'kept unjudged: too few requests were counted to judge by' } },
    ]);
    await step({ watch: { seconds: 0 } });
  });

  it('is given back whole to a proxy that was started again, and touches no shares of others', async () => {
    await step({ groups: [group(30)], matches: [testers], watch: { seconds: 0 } });
    const keeper = new ReleaseKeeper(db.database, routes, systemClock);
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(false);
    await proxy.restart();
    expect((await routes.get(tenant.admin, id)).matches).toEqual([]);
    expect(await keeper.keepAll(tenant.admin, new Set(['storefront']))).toEqual([]);
    expect((await routes.get(tenant.admin, id)).matches).toEqual([]);
    expect(await keeper.keepAll(tenant.admin, new Set())).toEqual([]);
    const after = await routes.get(tenant.admin, id);
    expect(after.matches).toEqual([testers]);
    expect(after.live?.map(({ name, weight }) => [name, weight])).toEqual([
      ['home', 70],
      ['next', 30],
    ]);
    expect(await answers({ 'x-tester': 'yes' })).toEqual({ next: 40 });
    expect(Object.keys(await answers()).toSorted()).toEqual(['home', 'next']);
    await step({ watch: { seconds: 0 } });
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(false);
  });

  it('is between two states while a step is watched, and neither is given back then', async () => {
    await step({ groups: [group(30)], matches: [testers], watch: { seconds: 0 } });
    const keeper = new ReleaseKeeper(db.database, routes, systemClock);
    const watched = step({ groups: [group(50)], watch: { seconds: 3, acceptNoEvidence: true } });
    let live = await routes.get(tenant.admin, id);
    while (live.matches?.length !== 0) live = await routes.get(tenant.admin, id);
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(false);
    expect((await routes.get(tenant.admin, id)).matches).toEqual([]);
    await watched;
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(false);
    await step({ watch: { seconds: 0 } });
  });

  it('leaves a standing fleet to nobody: a proxy that was started again gets it back, with or without a release', async () => {
    const keeper = new ReleaseKeeper(db.database, routes, systemClock);
    await proxy.restart();
    expect((await routes.get(tenant.admin, id)).live).toEqual([]);
    expect(await keeper.keepAll(tenant.admin, new Set())).toEqual([]);
    expect(await answers()).toEqual({ home: 40 });
    // Whoever gave the members back, and ended before the shares.
    await proxy.restart();
    const route = await routes.getByName(tenant.admin, 'storefront');
    const change = { runId: id, campaignId: null, step: 'half', batch: 0, fence: 0 };
    await routes.setMembers(route, 'home', [home.member], change);
    await routes.awaitHealthy(route, ['home'], 15_000);
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(true);
    expect(await answers()).toEqual({ home: 40 });
    expect(await keeper.keep(tenant.admin, id, { shares: true })).toBe(false);
    expect(await audit.list(tenant.admin, { limit: 9, targetId: id, action: 'route.kept' })).toHaveLength(2);
  });

  it('is not taken blindly where nobody counts requests, unless somebody answers for it', async () => {
    const reason = 'this proxy counts nothing';
    const capabilities = { ...manifest.capabilities, requestCounters: { supported: false, reason } as const };
    const context = { clock: systemClock, gate: proxyGate, log: silentLogger, account: 'spec' };
    const blind = await connectAccount({ ...manifest, capabilities }, proxy.settings, {}, context);
    const blindLedger = new EffectLedger({
      ...ledger.dependencies,
      clouds: { open: async () => Promise.resolve(blind) },
    });
    const blindRoutes = new RoutesService(db.database, blindLedger, systemClock);
    const unwatched = new GrayReleases(db.database, blindRoutes, systemClock);
    const take = async (input: Parameters<typeof ReleaseInput.parse>[0]) => {
      const { version } = await routes.get(tenant.admin, id);
      return unwatched.step(tenant.admin, id, version, ReleaseInput.parse(input));
    };
    await expect(take({ groups: [group(10)], watch: { seconds: 1 } })).rejects.toMatchObject({
      code: 'failed-precondition',
      effect: 'none',
      message: expect.stringMatching(/no evidence: this proxy counts nothing.*nothing was changed/),
    });
    expect((await routes.get(tenant.admin, id)).live).toEqual([
      { name: 'home', weight: 100, healthy: 1, members: 1 },
    ]);
    const accepted = { seconds: 1, acceptNoEvidence: true };
    const taken = await take({ groups: [group(10)], watch: accepted });
    expect(taken.release.groups.map(({ share }) => share)).toEqual([10]);
    expect((await take({ watch: { seconds: 1 } })).release.groups).toEqual([]);
    await blind.close();
  });

  it('takes an account that names no metrics for one that counts nothing, and holds nothing up for it', async () => {
    const silent: typeof manifest = {
      ...manifest,
      connect: async (account, context) => {
        const session = await manifest.connect(account, context);
        if (session.traffic !== undefined) {
          session.traffic.readCounters = async () =>
            await Promise.reject(new SpringtideError('unsupported', 'this account names no metrics'));
        }
        return session;
      },
    };
    const context = { clock: systemClock, gate: proxyGate, log: silentLogger, account: 'spec' };
    const mute = await connectAccount(silent, proxy.settings, {}, context);
    const clouds = { open: async () => Promise.resolve(mute) };
    const muteLedger = new EffectLedger({ ...ledger.dependencies, clouds });
    const muteRoutes = new RoutesService(db.database, muteLedger, systemClock);
    const route = await routes.getByName(tenant.admin, 'storefront');
    expect(await muteRoutes.readCounters(route)).toEqual([]);
    expect(await muteRoutes.countsRequests(route)).toEqual({
      supported: false,
      reason: 'this account names no metrics',
    });
    await mute.close();
  });

  it('refuses an old version, and whoever may not change routes', async () => {
    const { version } = await routes.get(tenant.admin, id);
    await expect(step({}, version - 1)).rejects.toMatchObject({ code: 'conflict', retry: 'never' });
    const reader = await tenant.user(['read-only']);
    const tried = releases.step(reader.ctx, id, version, ReleaseInput.parse({}));
    await expect(tried).rejects.toMatchObject({ code: 'permission-denied' });
  });
});

async function startVersion(name: string): Promise<Version> {
  let status = 200;
  let delayMs = 0;
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/healthz') answer.writeHead(200).end(name);
    else setTimeout(() => answer.writeHead(status).end(name), delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  return {
    member: { id: `i-${name}`, address: '127.0.0.1', port, machineType: 'vm.2' },
    answer: (code) => {
      status = code;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
