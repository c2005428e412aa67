import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CampaignInput } from '@springtide/contracts';
import { identitySchema } from '@springtide/identity';
import { Roles1760000000000, createEndpointGate, type SchemaPart } from '@springtide/platform';
import {
  fakeClock,
  seedTenant,
  testDatabase,
  type SeededTenant,
  type TestDatabase,
} from '@springtide/testing';
import { CalendarService, DemandService, PrometheusReader, demandSchema } from './index.js';

const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const clock = fakeClock('2026-11-01T00:00:00.000Z');
const PHASES = [
  { name: 'ramp' as const, startsAt: '2026-11-10T15:00:00.000Z', endsAt: '2026-11-10T16:00:00.000Z' },
  { name: 'peak' as const, startsAt: '2026-11-10T16:00:00.000Z', endsAt: '2026-11-10T17:00:00.000Z' },
];

/** Two hours a year before, the second ten times as busy. */
const CSV = [
  'timestamp,value',
  ...Array.from({ length: 121 }, (_, minute) => {
    const at = new Date(Date.UTC(2025, 10, 10, 15, minute)).toISOString();
    return `${at},${minute < 70 ? 100 : 1_000}`;
  }),
].join('\n');

/** Minute by minute one request more; a queue that saturates at 200 of them. */
function metricAt(query: string | null, minute: number): number {
  if (query === 'latency') return 10 + (4 * minute) / (200 - minute);
  return query === 'busy' ? minute / 200 : minute;
}

/** Answers ranges as a Prometheus does: one point per step, at most 11,000 of them. */
function prometheus(asked: URL[]): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(url);
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const number = (name: string) => Number(url.searchParams.get(name));
    const query = url.searchParams.get('query');
    if (query === 'broken(')
      return send(400, { status: 'error', errorType: 'bad_data', error: 'parse error' });
    if (url.pathname === '/prom/api/v1/query') {
      return send(200, {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric: {}, value: [1, '42.5'] }] },
      });
    }
    if (url.pathname !== '/prom/api/v1/query_range') return response.writeHead(404).end('<html>');
    const [start, end, step] = [number('start'), number('end'), number('step')];
    const count = Math.floor((end - start) / step) + 1;
    if (count > 11_000)
      return send(400, { status: 'error', error: 'exceeded maximum resolution of 11,000 points' });
    const values = Array.from({ length: count }, (_, n) => [
      start + n * step,
      n === 3 ? 'NaN' : String(metricAt(query, n)),
    ]);
    const result = Array.from({ length: query === 'two' ? 2 : 1 }, () => ({ metric: {}, values }));
    return send(200, { status: 'success', data: { resultType: 'matrix', result } });
  });
}

describe('demand on PostgreSQL', () => {
  let db: TestDatabase;
  let tenant: SeededTenant;
  let other: SeededTenant;
  let demand: DemandService;
  let calendar: CalendarService;
  let server: Server;
  let url: string;
  const asked: URL[] = [];

  beforeAll(async () => {
    db = await testDatabase([roles, identitySchema, demandSchema]);
    tenant = await seedTenant(db.database);
    other = await seedTenant(db.database);
    server = prometheus(asked);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}/prom`;
    const gate = createEndpointGate({ openHostPorts: [`127.0.0.1:${port}`], privateRanges: [] });
    demand = new DemandService(db.database, new PrometheusReader(gate), clock);
    calendar = new CalendarService(db.database, clock);
  });

  afterAll(async () => {
    await new Promise((done) => server.close(done));
    await db.drop();
  });

  const imported = async () =>
    await demand.import(tenant.admin, {
      name: 'last year',
      source: { kind: 'csv', text: CSV },
      stepSeconds: 60,
      filling: 'linear',
    });

  it('keeps a series from CSV, for its tenant only', async () => {
    const summary = await imported();
    expect(summary).toMatchObject({
      ...{ name: 'last year', source: 'csv', steps: 121, highest: 1_000, stepSeconds: 60 },
      ...{ startsAt: '2025-11-10T15:00:00.000Z', highestAt: '2025-11-10T16:10:00.000Z' },
    });
    const { series } = await demand.get(tenant.admin, summary.id);
    expect([series.values[0], series.values[120]]).toEqual([100, 1_000]);
    expect(await demand.list(tenant.admin, { limit: 10 })).toContainEqual(summary);
    await expect(demand.get(other.admin, summary.id)).rejects.toThrow(/there is no demand series/);
    expect(await demand.list(other.admin, { limit: 10 })).toEqual([]);
  });

  it('reads a Prometheus through the gate, in as many calls as it takes', async () => {
    const summary = await demand.import(tenant.admin, {
      name: 'live',
      source: {
        ...{ kind: 'prometheus', url, query: 'sum(rate(requests[1m]))' },
        ...{ from: '2026-10-01T00:00:00Z', to: '2026-10-09T00:00:00Z' },
      },
      stepSeconds: 60,
      filling: 'linear',
    });
    expect(summary).toMatchObject({ source: 'prometheus', steps: 11_521, highest: 9_999 });
    const ranges = asked.filter(({ pathname }) => pathname.endsWith('query_range'));
    expect(ranges).toHaveLength(2);
    const { series } = await demand.get(tenant.admin, summary.id);
    expect(series.values.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('reads a capacity off metrics of a machine while it served', async () => {
    const metrics = {
      ...{ url, rate: 'sum(rate(one))', latencyMs: 'latency', utilisation: 'busy', stepSeconds: 60 },
      ...{ from: '2026-10-01T00:00:00Z', to: '2026-10-01T03:00:00Z' },
    };
    const fit = await demand.fitCapacity(tenant.admin, {
      machineType: 'c2.large',
      latencyTargetMs: 30,
      metrics,
    });
    // 10 + 4 r / (200 − r) = 30 at r = 166.7; the third minute has no rate.
    expect(fit.rule.requestsPerSecond).toBeGreaterThan(160);
    expect(fit.rule.requestsPerSecond).toBeLessThan(170);
    expect(fit).toMatchObject({ basis: 'measured', samples: 179 });
    expect(fit.rule.evidence).toMatch(
      /busy there; metrics from 2026-10-01T00:00:00Z to 2026-10-01T03:00:00Z$/,
    );
    const neither = { machineType: 'c2.large', latencyTargetMs: 30 };
    await expect(demand.fitCapacity(tenant.admin, neither)).rejects.toThrow(/samples or off metrics/);
  });

  it('says what a Prometheus refuses, and what is none', async () => {
    const from = { from: '2026-10-01T00:00:00Z', to: '2026-10-01T01:00:00Z' };
    const read = async (query: string, base = url) =>
      await demand.import(tenant.admin, {
        ...{ name: 'x', stepSeconds: 60, filling: 'linear' },
        source: { kind: 'prometheus', url: base, query, ...from },
      });
    await expect(read('broken(')).rejects.toThrow(
      'Prometheus refused the query: parse error; no demand was read',
    );
    await expect(read('two')).rejects.toThrow(/answers 2 series/);
    await expect(read('up', url.replace('/prom', '/else'))).rejects.toThrow(
      /status 404 and nothing a Prometheus/,
    );
    await expect(read('up', 'http://169.254.169.254/')).rejects.toThrow(/is not allowed/);
  });

  it('writes demand from history into a campaign, its own words first', async () => {
    const { id } = await imported();
    const input = CampaignInput.parse({
      name: 'Double 11',
      templateId: '10000000-0000-4000-8000-000000000001',
      phases: PHASES,
      demand: [{ service: 'shop', phase: 'ramp', requestsPerSecond: 777 }],
      demandFrom: [{ service: 'shop', seriesId: id, historyStartsAt: '2025-11-10T15:00:00Z', multiple: 3 }],
      budget: { currency: 'EUR', amount: '100' },
      accountIds: ['10000000-0000-4000-8000-000000000002'],
    });
    const written = await demand.written(tenant.admin, input);
    expect(written.demand).toEqual([
      { service: 'shop', phase: 'ramp', requestsPerSecond: 777 },
      {
        service: 'shop',
        phase: 'peak',
        requestsPerSecond: Math.round(3_000 * Math.exp(0.2 * 1.2816) * 100) / 100,
      },
    ]);
  });

  it('forecasts from a peak by the shape of the phases', async () => {
    const basis = { kind: 'peak' as const, peak: 1_000, shares: { ramp: 0.4 }, levelSigma: 0 };
    const { phases } = await demand.forecast(tenant.admin, { phases: PHASES, basis });
    expect(phases).toEqual([
      { phase: 'ramp', p50: 400, p90: 400, p99: 400 },
      { phase: 'peak', p50: 1_000, p90: 1_000, p99: 1_000 },
    ]);
  });

  it('keeps freezes, and shows where campaigns clash with them', async () => {
    const freeze = await calendar.addFreeze(tenant.admin, {
      ...{ name: 'month close', startsAt: '2026-11-11T00:00:00.000Z', endsAt: '2026-11-12T00:00:00.000Z' },
    });
    const campaign = {
      ...{ id: 'c', name: 'Double 11', accountIds: [], routes: [] },
      ...{ startsAt: '2026-11-10T15:00:00.000Z', endsAt: '2026-11-11T17:00:00.000Z' },
    };
    const year = await calendar.year(tenant.admin, 2026, [campaign]);
    expect(year.freezes).toEqual([freeze]);
    expect(year.clashes).toMatchObject([{ kind: 'freeze', campaignId: 'c', otherId: freeze.id }]);
    expect((await calendar.year(other.admin, 2026, [])).freezes).toEqual([]);
    await calendar.removeFreeze(tenant.admin, freeze.id);
    await expect(calendar.removeFreeze(tenant.admin, freeze.id)).rejects.toThrow(/there is no freeze/);
  });
});
