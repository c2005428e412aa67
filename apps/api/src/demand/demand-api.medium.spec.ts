import { ApiProblem, routes, type ApiClient, type ScalingInput } from '@springtide/contracts';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import type { z } from 'zod';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine, type CommandLineUnderTest } from '../testing/command-line.js';
import { campaignInput } from '../testing/ready-plan.js';

const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const HOUR = 3_600_000;

let api: ApiUnderTest;
let ours: SeededTenant;
let client: ApiClient;
let cli: CommandLineUnderTest;

/** Two hours of last year by the minute, ten times as busy in the second. */
const HISTORY = Date.UTC(2025, 10, 10, 15);
const CSV = [
  'timestamp,value',
  ...Array.from({ length: 121 }, (_, minute) => {
    const at = new Date(HISTORY + minute * 60_000).toISOString();
    return `${at},${minute < 60 ? 100 : 1_000}`;
  }),
].join('\n');

/** A machine that saturates at 200 requests per second. */
const SAMPLES = [
  'rps,latencyMs,utilisation',
  ...Array.from({ length: 19 }, (_, n) => {
    const rps = 10 * (n + 1);
    return `${rps},${10 + (4 * rps) / (200 - rps)},${rps / 200}`;
  }),
].join('\n');

const FORECAST = `
phases:
  - { name: ramp, startsAt: 2026-11-10T15:00:00Z, endsAt: 2026-11-10T16:00:00Z }
  - { name: peak, startsAt: 2026-11-10T16:00:00Z, endsAt: 2026-11-10T17:00:00Z }
basis: { kind: peak, peak: 1000, levelSigma: 0.1 }
`;

const STRATEGIES = `
ceiling: 20
floor: 2
strategies:
  - { id: by-hand, kind: manual, machines: 3, until: null }
  - id: office-hours
    kind: scheduled
    timeZone: Asia/Shanghai
    rules:
      - { days: [mon, tue, wed, thu, fri, sat, sun], from: '08:00', to: '20:00', machines: 8 }
  - { id: load, kind: metric, metric: requests/s, targetPerMachine: 100, url: 'http://127.0.0.1:9', query: up }
  - { id: campaigns, kind: campaign }
`;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  const { token } = await ours.user(['operations']);
  client = api.client(token);
  const files = { 'last-year.csv': CSV, 'bad.csv': 'timestamp,value\n2025-11-10,x', 'samples.csv': SAMPLES };
  cli = commandLine(api.url, token, { ...files, 'scaling.yaml': STRATEGIES, 'forecast.yaml': FORECAST });
}, 120_000);

afterAll(async () => await api.stop());

/** Machines as a run leaves them in the ledger: bought at midnight, running after so many seconds, ready 20 later. */
async function boughtMachines(service: string, bootSeconds: readonly number[]): Promise<void> {
  await api.database.systemWork('test', async (tx) => {
    const [intent] = await tx.query<{ id: string }[]>(
      `insert into effect_intent (id, tenant_id, run_id, step, batch, kind, account_id, region, service, spec, spec_hash,
         count, state, generation, fence, minimum_billing_seconds, created_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'launch', 0, 'create', $2, 'r1', $3, $4, 'x', $5, 'settled', 1, 1, 60,
         now()) returning id`,
      [ours.tenantId, ACCOUNT, service, { machineType: 'c2.large' }, bootSeconds.length],
    );
    for (const [index, seconds] of bootSeconds.entries()) {
      await tx.query(
        `insert into effect_item (tenant_id, intent_id, index, state, machine_id, accepted_at, running_at, ready_at)
         values ($1, $2, $3, 'ready', 'i-1', '2026-11-11Z', '2026-11-11Z'::timestamptz + $4 * interval '1 second',
           '2026-11-11Z'::timestamptz + ($4 + 20) * interval '1 second')`,
        [ours.tenantId, intent?.id, index, seconds],
      );
    }
  });
}

describe('demand', () => {
  it('is imported, listed and shown on the command line; a bad file is refused with its line', async () => {
    const done = await cli.run('demand', 'import', '--name', 'last year', '--file', 'last-year.csv');
    expect([done.exit, done.err]).toEqual([0, '']);
    expect(done.out).toMatch(/Highest\s+1,000 at 2025-11-10 16:00:00Z/);
    const shown = await cli.run('demand', 'show', 'last year', '-o', 'json');
    expect((JSON.parse(shown.out) as { values: number[] }).values).toHaveLength(121);
    const bad = await cli.run('demand', 'import', '--name', 'x', '--file', 'bad.csv');
    expect(bad.exit).not.toBe(0);
    expect(bad.err).toMatch(/line 2: "x" is no number/);
    expect((await cli.run('demand', 'list')).out.match(/last year/g)).toHaveLength(1);
  });

  it('is forecast per phase in quantiles, by the usual course of a sale', async () => {
    const { exit, out, err } = await cli.run('demand', 'forecast', '--file', 'forecast.yaml');
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/ramp\s+600\s+682\.04\s+757\.1/);
    expect(out).toMatch(/peak\s+1,000\s+1,136\.7/);
    const half = await cli.run('demand', 'import', '--name', 'x', '--prometheus', 'http://prometheus:9090');
    expect(half.err).toMatch(/--query, --from and --to. Nothing was sent/);
  });

  it('is written from history into a campaign as it is saved', async () => {
    const { items } = await client.call(routes.demandList, { query: { limit: 1 } });
    const input = await campaignInput(client, 'from history', ACCOUNT);
    const demandFrom = [
      {
        ...{ service: 'storefront', seriesId: items[0]?.id ?? '', quantile: 'p50' as const },
        ...{ historyStartsAt: new Date(HISTORY).toISOString(), multiple: 2 },
      },
    ];
    const body = { ...input, demand: [], demandFrom };
    const campaign = await client.call(routes.campaignCreate, { body });
    expect(campaign.demand).toEqual([
      { service: 'storefront', phase: 'ramp', requestsPerSecond: 2_000 },
      { service: 'storefront', phase: 'peak', requestsPerSecond: 2_000 },
    ]);
    expect(campaign.demandFrom).toMatchObject([{ multiple: 2, levelSigma: 0.2 }]);
    const none = client.call(routes.campaignCreate, { body: { ...input, demand: [] } });
    await expect(none).rejects.toThrow(/there is no demand/);
  });
});

describe('the calendar', () => {
  it('shows sales, and campaigns that buy from the same accounts at the same time', async () => {
    const input = await campaignInput(client, 'another', ACCOUNT);
    const { id } = await client.call(routes.campaignCreate, { body: input });
    const from = new Date(Date.now() + HOUR).toISOString();
    const year = from.slice(0, 4);
    const frozen = await cli.run(
      'calendar',
      'freeze',
      'month close',
      '--from',
      from,
      '--to',
      input.phases[1]?.endsAt ?? '',
    );
    expect(frozen.exit).toBe(0);
    const calendar = await client.call(routes.calendar, { query: { year: Number(year) } });
    expect(calendar.events.find(({ key }) => key === 'double-11')?.phases).toHaveLength(5);
    expect(calendar.clashes.map(({ kind }) => kind)).toContain('freeze');
    const shared = calendar.clashes.find(({ kind }) => kind === 'shared-pools');
    expect([shared?.campaignId, shared?.otherId]).toContain(id);
    const shown = await cli.run('calendar', 'show', '--year', year);
    expect(shown.out).toMatch(/Double 11 双十一[\s\S]*"another"/);
    await Promise.all(
      calendar.freezes.map((freeze) => client.call(routes.freezeDelete, { params: { id: freeze.id } })),
    );
  });
});

describe('capacity', () => {
  it('is read off measurements, as a rule for a template with its evidence', async () => {
    const args = ['--samples', 'samples.csv', '--machine-type', 'c2.large', '--latency', '30'];
    const { exit, out } = await cli.run('capacity', 'fit', ...args, '-o', 'json');
    expect(exit).toBe(0);
    const { rule, basis } = JSON.parse(out) as { rule: Record<string, unknown>; basis: string };
    expect(basis).toBe('measured');
    expect(rule).toMatchObject({ machineType: 'c2.large', latencyTargetMs: 30 });
    expect(rule['requestsPerSecond']).toBeGreaterThan(160);
    expect(rule['requestsPerSecond']).toBeLessThan(170);
    expect(rule['evidence']).toMatch(/^19 samples from 10.0 to 190 requests\/s/);
  });
});

describe('scaling', () => {
  it('lists what each strategy wants and what follows, and says that it advises only', async () => {
    const set = await cli.run('scaling', 'set', 'storefront', '--file', 'scaling.yaml');
    expect([set.exit, set.err]).toEqual([0, '']);
    expect(set.out).toMatch(/nothing was started or stopped/);
    const at = '2026-11-11T04:00:00.000Z';
    const scaling = await client.call(routes.scalingGet, {
      params: { service: 'storefront' },
      query: { at },
    });
    expect(scaling).toMatchObject({ current: null, advisory: true, version: 1 });
    expect(scaling.decision.wants.map(({ strategyId, machines }) => [strategyId, machines])).toEqual([
      ['by-hand', 3],
      ['office-hours', 8],
      ['load', null],
      ['campaigns', null],
    ]);
    expect(scaling.decision.wants[2]?.text).toMatch(
      /requests\/s is unknown: the endpoint 127.0.0.1:9 is not allowed/,
    );
    expect(scaling.decision).toMatchObject({ machines: 8, action: 'out' });
    expect(scaling.decision.reasons).toEqual([
      'no entrance of "storefront" can say how many machines there are: counted as none',
      'the highest want counts: 8, by office-hours',
    ]);
    expect((await cli.run('scaling', 'list')).out).toMatch(/storefront\s+unknown/);
  });

  it('refuses to keep a group off where none rests, and says that nothing was changed', async () => {
    expect(
      (await client.call(routes.scalingGet, { params: { service: 'storefront' }, query: {} })).rest,
    ).toBeNull();
    const refused = await cli.run('scaling', 'keep-off', 'storefront');
    expect(refused.exit).not.toBe(0);
    expect(refused.err).toMatch(/No scaling group of "storefront" rests.*nothing was bought or ended/);
    expect(refused.err).toContain('springtide scaling list');
  });

  it('refuses what contradicts itself at the fields that are wrong, and changes that would undo others', async () => {
    const params = { service: 'storefront' };
    const rules = [{ days: ['mon' as const], from: '22:00', to: '02:00', machines: 1 }];
    const night = { id: 's', kind: 'scheduled' as const, timeZone: 'Asia/Shanghai', rules };
    const wrongIn = async (body: z.input<typeof ScalingInput>) => {
      const answer = client.call(routes.scalingPut, { params, body });
      const problem = await answer.then(
        () => undefined,
        (thrown: unknown) => (thrown instanceof ApiProblem ? thrown.problem : undefined),
      );
      return problem?.errors?.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(await wrongIn({ strategies: [], ceiling: 1, floor: 2 })).toEqual([
      'floor: the floor is above the ceiling',
    ]);
    expect(await wrongIn({ strategies: [{ ...night, timeZone: 'Mars/Base' }], ceiling: 5 })).toEqual([
      'strategies.0.timeZone: there is no such time zone; use a name such as Asia/Shanghai',
    ]);
    const debt = { currency: 'CNY', amount: '-1' };
    expect(await wrongIn({ strategies: [night, night], ceiling: 5, moneyPerMonth: debt })).toEqual([
      expect.stringMatching(/^moneyPerMonth.amount: less than nothing/),
      'strategies.1.id: another strategy is called "s" too',
    ]);
    const old = client.call(routes.scalingPut, { params, body: { strategies: [], ceiling: 1 }, ifMatch: 7 });
    await expect(old).rejects.toMatchObject({ status: 412 });
  });

  it('knows from the ledger what campaigns hold, and how long their machines took', async () => {
    await boughtMachines('storefront', [60, 90]);
    const times = await cli.run('capacity', 'times', 'storefront');
    expect(times.out).toMatch(/c2\.large\s+2\s+60 s \/ 90 s \/ 90 s\s+20 s \/ 20 s \/ 20 s/);
    const scaling = await client.call(routes.scalingGet, { params: { service: 'storefront' }, query: {} });
    expect(scaling.decision.wants.at(-1)).toMatchObject({ strategyId: 'campaigns', machines: 2 });
  });

  it('is a tenant of its own', async () => {
    const stranger = api.client((await seedTenant(api.database)).adminToken);
    expect((await stranger.call(routes.scalingList)).items).toEqual([]);
    expect((await stranger.call(routes.demandList, { query: {} })).items).toEqual([]);
  });
});
