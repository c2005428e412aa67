import { money } from '@springtide/kernel';
import {
  Roles1760000000000,
  jobContext,
  silentLogger,
  type RequestContext,
  type SchemaPart,
} from '@springtide/platform';
import type { Offering } from '@springtide/provider-kit';
import { identitySchema } from '@springtide/identity';
import { fakeClock, testDatabase, type TestDatabase } from '@springtide/testing';
import type { OfferingKey } from './domain/index.js';
import { MarketService, TemplateService, catalogSchema, type OfferingPage } from './index.js';
import { scriptedCloud, type CloudScript } from './testing/scripted-cloud.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');
const other = jobContext('spec', OTHER, 'request-2');

function offering(machineType: string, price: string, over: Partial<Offering> = {}): Offering {
  return {
    region: 'r1',
    zone: 'r1-a',
    machineType,
    family: 'm',
    arch: 'amd64',
    purchaseOption: 'on-demand',
    vcpu: 2,
    memoryMiB: 4096,
    pricePerHour: money('USD', price),
    minimumBillingSeconds: 60,
    stock: { level: 'enough' },
    quotaGroup: 'standard',
    interruptionPerHour: 0,
    ...over,
  };
}

describe('catalog on PostgreSQL', () => {
  let db: TestDatabase;
  let script: CloudScript;
  let market: MarketService;
  let templates: TemplateService;
  const clock = fakeClock('2026-11-01T08:00:00.000Z');

  beforeAll(async () => {
    db = await testDatabase([roles, identitySchema, catalogSchema]);
    await db.database.systemWork('spec', async (tx) => {
      await tx.query(
        `insert into tenant (id, name, status, created_at)
         select id::uuid, 'tenant-' || id, 'active', now() from unnest($1::text[]) as id`,
        [[TENANT, OTHER]],
      );
    });
    const cloud = await scriptedCloud();
    script = cloud.script;
    market = new MarketService(db.database, cloud.source, clock, silentLogger);
    templates = new TemplateService(db.database, clock);
  }, 60_000);
  afterAll(() => db.drop());

  async function known(context: RequestContext = tenant): Promise<string[]> {
    const { items } = await market.listOfferings(context, { accountId: ACCOUNT }, { limit: 200 });
    return items.map((row) => `${row.machineType} ${row.pricePerHour?.amount ?? '-'} ${row.stock.level}`);
  }

  it('refuses a snapshot before anything was listed', async () => {
    await expect(market.takeMarketSnapshot(tenant, [ACCOUNT])).rejects.toMatchObject({
      code: 'failed-precondition',
    });
  });

  it('writes only what changed, withdraws only on a complete listing', async () => {
    script.offerings = [offering('m.large', '0.1'), offering('m.xlarge', '0.20'), offering('m.huge', '0.4')];
    script.quotas = [{ group: 'standard', region: 'r1', limitVcpu: 64, usedVcpu: 4 }];
    expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([{ complete: true, written: 3 }]);
    await clock.advance(60_000);
    expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([{ complete: true, written: 0 }]);

    script.offerings = [
      offering('m.large', '0.1', { stock: { level: 'none' } }),
      offering('m.xlarge', '0.2'),
    ];
    script.listing = 'cut';
    await clock.advance(60_000);
    expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([
      { complete: false, written: 1, withdrawn: 0 },
    ]);
    expect(await known()).toEqual(['m.large 0.1 none', 'm.xlarge 0.2 enough', 'm.huge 0.4 enough']);

    script.listing = 'complete';
    await clock.advance(60_000);
    expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([{ complete: true, withdrawn: 1 }]);
    expect(await known()).toEqual(['m.large 0.1 none', 'm.xlarge 0.2 enough']);

    script.offerings = [...script.offerings, offering('m.huge', '0.4')];
    await clock.advance(60_000);
    await market.refreshOfferings(tenant, ACCOUNT);
    expect(await known()).toEqual(['m.large 0.1 none', 'm.xlarge 0.2 enough', 'm.huge 0.4 enough']);
  });

  it('says when a region could not be read, and keeps the last good rows', async () => {
    script.listing = 'fail';
    await clock.advance(60_000);
    const [report] = await market.refreshOfferings(tenant, ACCOUNT);
    expect(report).toMatchObject({ complete: false });
    expect(report?.reason).toMatch(/refuses the second page/);
    const { freshness } = await market.readLimits(tenant, [ACCOUNT]);
    expect(freshness).toMatchObject([{ complete: false, confirmedAt: '2026-11-01T08:04:00.000Z' }]);
    expect(await known()).toHaveLength(3);
    script.listing = 'complete';
  });

  it('freezes evidence that nobody can change, the same hash for the same market', async () => {
    const first = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    await clock.advance(60_000);
    const second = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    expect(second.hash).toBe(first.hash);
    expect(await market.getMarketSnapshot(tenant, first.id)).toEqual(first);
    expect(first.quotas).toMatchObject([{ group: 'standard', limitVcpu: 64 }]);
    script.offerings = [offering('m.large', '0.11')];
    await clock.advance(60_000);
    await market.refreshOfferings(tenant, ACCOUNT);
    expect((await market.takeMarketSnapshot(tenant, [ACCOUNT])).hash).not.toBe(first.hash);
    const tamper = db.database.unitOfWork(tenant, (tx) =>
      tx.query(`update catalog_market_snapshot set hash = 'x'`),
    );
    await expect(tamper).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it('keeps what networks have free as evidence, and nothing where they can no longer be listed', async () => {
    script.networks = [
      { id: 'net-a', name: 'front', region: 'r1', zone: 'r1-a', freeAddresses: 12, takesUnnamed: true },
      { id: 'net-b', name: 'net-b', region: 'r1' },
    ];
    await market.refreshOfferings(tenant, ACCOUNT);
    const seen = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    expect((await market.getMarketSnapshot(tenant, seen.id)).networks).toEqual([
      {
        ...{ accountId: ACCOUNT, region: 'r1', id: 'net-a', name: 'front', zone: 'r1-a' },
        ...{ freeAddresses: 12, takesUnnamed: true, observedAt: clock.now().toISOString() },
      },
      { accountId: ACCOUNT, region: 'r1', id: 'net-b', name: 'net-b', observedAt: clock.now().toISOString() },
    ]);
    script.networks = [{ id: 'net-a', name: 'front', region: 'r1', zone: 'r1-a', freeAddresses: 11 }];
    await market.refreshOfferings(tenant, ACCOUNT);
    const fuller = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    expect(fuller.networks).toMatchObject([{ id: 'net-a', freeAddresses: 11 }]);
    expect(fuller.hash).not.toBe(seen.hash);
    script.listing = 'cut';
    await market.refreshOfferings(tenant, ACCOUNT);
    expect((await market.takeMarketSnapshot(tenant, [ACCOUNT])).networks).toEqual([]);
    script.listing = 'complete';
    await clock.advance(1_000);
    await market.refreshOfferings(tenant, ACCOUNT);
  });

  it('shows nothing to another tenant', async () => {
    const snapshot = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    expect(await known(other)).toEqual([]);
    await expect(market.getMarketSnapshot(other, snapshot.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('pages offerings cheapest first, by currency, unknown prices last, without loss or repetition', async () => {
    const { pricePerHour: _price, ...unpriced } = offering('a.unknown', '1');
    script.offerings = [
      unpriced,
      offering('b.yuan', '0.05', { pricePerHour: money('CNY', '0.05') }),
      ...['0.3', '0.10', '0.1', '0.2', '0.2'].map((price, i) => offering(`c.${i}`, price)),
    ];
    await clock.advance(60_000);
    await market.refreshOfferings(tenant, ACCOUNT);
    const seen: string[] = [];
    let after: OfferingKey | null = null;
    do {
      const page: OfferingPage = await market.listOfferings(
        tenant,
        { accountId: ACCOUNT, region: 'r1' },
        { limit: 2, ...(after ? { after } : {}) },
      );
      seen.push(...page.items.map((item) => item.machineType));
      after = page.next;
    } while (after);
    expect(seen).toEqual(['b.yuan', 'c.1', 'c.2', 'c.3', 'c.4', 'c.0', 'a.unknown']);
  });

  it('lets nobody in without the permission', async () => {
    const actor = { kind: 'user', id: 'u', name: 'Visitor', permissions: new Set<string>() } as const;
    const visitor = { ...tenant, actor };
    for (const attempt of [
      market.refreshOfferings(visitor, ACCOUNT),
      market.listOfferings(visitor, {}, { limit: 1 }),
      market.readLimits(visitor, [ACCOUNT]),
      market.takeMarketSnapshot(visitor, [ACCOUNT]),
      market.getMarketSnapshot(visitor, TENANT),
      templates.createVersion(visitor, text(1)),
      templates.getById(visitor, TENANT),
      templates.getByName(visitor, 'shop'),
      templates.list(visitor, { limit: 1 }),
      templates.listVersions(visitor, 'shop', { limit: 1 }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'permission-denied' });
    }
  });

  it('takes ten times the offerings in about ten times the time', async () => {
    const take = async (count: number, family: string): Promise<number> => {
      script.offerings = Array.from({ length: count }, (_, i) => offering(`${family}.${i}`, `0.${i + 1}`));
      await clock.advance(60_000);
      const started = performance.now();
      expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([{ written: count }]);
      return performance.now() - started;
    };
    const few = await take(200, 'few');
    // Work that grows with the square would take a hundred times as long.
    expect(await take(2_000, 'bulk')).toBeLessThan(50 * few);
  });

  const text = (rps: number, version?: number): string =>
    JSON.stringify({
      name: 'shop',
      version,
      services: [
        {
          name: 'storefront',
          route: 'entrance',
          port: 8080,
          image: 'base',
          capacityModel: [
            { machineType: 'm.large', requestsPerSecond: rps, latencyTargetMs: 200, evidence: 'load test' },
          ],
        },
      ],
    });

  it('numbers template versions, repeats without a new one, refuses a stale number', async () => {
    expect(await templates.createVersion(tenant, text(100))).toMatchObject({
      created: true,
      template: { version: 1 },
    });
    expect(await templates.createVersion(tenant, text(100))).toMatchObject({
      created: false,
      template: { version: 1 },
    });
    expect(await templates.createVersion(tenant, text(100, 1))).toMatchObject({ created: false });
    const second = await templates.createVersion(tenant, text(120, 2));
    expect(second).toMatchObject({ created: true, template: { version: 2 } });
    await expect(templates.createVersion(tenant, text(130, 2))).rejects.toMatchObject({ code: 'conflict' });
    expect(await templates.getById(tenant, second.template.id)).toEqual(second.template);
    expect((await templates.getByName(tenant, 'shop')).version).toBe(2);
    expect((await templates.getByName(tenant, 'shop', 1)).version).toBe(1);
    await expect(templates.getByName(other, 'shop')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('numbers without gap or double when many create at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => templates.createVersion(tenant, text(200 + i))));
    const versions = await templates.listVersions(tenant, 'shop', { limit: 6 });
    expect(versions.map((item) => item.version)).toEqual([10, 9, 8, 7, 6, 5]);
    const rest = await templates.listVersions(tenant, 'shop', { limit: 6, beforeVersion: 5 });
    expect(rest.map((item) => item.version)).toEqual([4, 3, 2, 1]);
  });

  it('lists the newest version of each name', async () => {
    for (const name of ['alpha', 'zulu'])
      await templates.createVersion(tenant, text(100).replace('shop', name));
    const first = await templates.list(tenant, { limit: 2 });
    expect(first.items.map((item) => `${item.name} ${item.version}`)).toEqual(['alpha 1', 'shop 10']);
    const rest = await templates.list(tenant, { limit: 2, ...(first.next ? { after: first.next } : {}) });
    expect(rest).toMatchObject({ items: [{ name: 'zulu' }], next: null });
  });
});
