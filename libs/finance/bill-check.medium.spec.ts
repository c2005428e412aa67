import { identitySchema } from '@springtide/identity';
import { HOUR, MINUTE, SpringtideError, addMs, money, toInstant, type Instant } from '@springtide/kernel';
import { Roles1760000000000, silentLogger, type RequestContext, type SchemaPart } from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { fakeClock, seedTenant, testDatabase, type TestDatabase } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../providers/simulated/index.js';
import { BILL_POLICIES, type UsageInterval } from './domain/index.js';
import { BillCheckService, financeSchema, type BillSubject } from './index.js';

const CAMPAIGN = '20000000-0000-4000-8000-000000000001';
const RUN = '50000000-0000-4000-8000-000000000001';
const EAST = '10000000-0000-4000-8000-000000000001';
const MUTE = '10000000-0000-4000-8000-000000000002';
const CLOUD = 'bill-spec';
const START = '2026-11-11T00:00:00.000Z';
const DAY = 24 * HOUR;
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };

describe('the bills of a campaign', () => {
  let db: TestDatabase;
  let tenant: RequestContext;
  let cloud: SimulatedCloud;
  let client: CloudClient;
  let bills: BillCheckService;
  let price = money('CNY', '1');
  /** Machines of the simulated cloud as the ledger believes that they ran. */
  let ran: { id: string; from: Instant; to: Instant | null; account?: string }[] = [];
  let dueAt: Instant | null = null;
  let away = false;
  const told: string[] = [];
  const clock = fakeClock(START, { autoAdvance: true });
  const now = () => toInstant(clock.now());

  const mute = () => ({ offers: () => false, manifest: { id: 'mute' } }) as unknown as CloudClient;
  const subject = async (): Promise<BillSubject> =>
    await Promise.resolve({
      usage: ran.map(usage),
      satellites: [],
      runId: RUN,
      dueAt,
      policy: BILL_POLICIES.standard,
    });

  function usage({ id, from, to, account = EAST }: (typeof ran)[number]): UsageInterval {
    return {
      machine: id,
      accountId: account,
      accountName: account === EAST ? 'east' : 'mute',
      provider: account === EAST ? 'simulated' : 'mute',
      region: 'sim-east',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      purchaseOption: 'on-demand',
      service: 'storefront',
      pool: 'pool-1',
      pricePerHour: price,
      minimumBillingSeconds: 60,
      marketSnapshotId: null,
      from,
      to,
      wantedUntil: null,
    };
  }

  beforeAll(async () => {
    db = await testDatabase([roles, identitySchema, financeSchema]);
    tenant = (await seedTenant(db.database, clock)).job;
    const plan = examplePublicCloud();
    const behaviour = { bootTimesMs: [1_000], terminateMs: 400, pageSize: 2, billLagMs: MINUTE };
    cloud = openSimulatedCloud(CLOUD, { ...plan, behaviour }, clock);
    const offer = plan.machineTypes.find(({ name }) => name === 'c2.large')?.offers[0];
    price = money(plan.currency, offer?.pricePerHour ?? '0');
    client = await connectAccount(manifest, { cloud: CLOUD }, plan.credentials, {
      account: EAST,
      clock,
      gate: loopbackGate(),
      log: silentLogger,
    });
    bills = new BillCheckService({
      database: db.database,
      facts: { subject, campaignOf: () => Promise.resolve(CAMPAIGN) },
      sessions: {
        use: async (_tenant, account, work) => {
          if (account === MUTE) return await work(mute());
          if (away) throw new SpringtideError('unavailable', 'nobody answers');
          return await work(client);
        },
      },
      book: {
        note: async (_tenant, _run, { sentences, once }) => {
          await Promise.resolve(told.push(`${sentences[0]?.code ?? ''} ${once}`));
        },
      },
      clock,
    });
  }, 60_000);
  afterAll(async () => {
    await client.close();
    closeSimulatedCloud(CLOUD);
    await db.drop();
  });
  beforeEach(() => {
    told.length = 0;
    away = false;
  });

  /** Machines that really ran for two hours. */
  async function launched(count: number): Promise<{ ids: string[]; from: Instant; to: Instant }> {
    const from = now();
    const token = `token-${from}`;
    await client.compute.launch({
      ...{
        token,
        region: 'sim-east',
        zone: 'sim-east-a',
        machineType: 'c2.large',
        purchaseOption: 'on-demand',
      },
      ...{ count, minimum: count, namePrefix: 'shop', image: 'img-shop-1', subnet: 'net-a' },
      ...{ securityGroups: [], labels: {}, releaseAt: addMs(from, 10 * DAY) },
      ownership: { installation: 'here', tenant: tenant.tenantId, intent: token, token },
    });
    const ids = cloud
      .machines()
      .filter(({ createdAt }) => createdAt >= from)
      .map(({ id }) => id);
    await clock.sleep(2 * HOUR);
    return { ids, from, to: now() };
  }

  const rows = async () =>
    await db.database.unitOfWork(
      tenant,
      async (tx) => await tx.query<{ state: string }[]>('select state from finance_bill_check order by id'),
    );

  it('waits until it is due, is incomplete while the bill lags, and clean when everything is on it', async () => {
    const { ids, from, to } = await launched(5);
    await client.compute.terminate(ids, { region: 'sim-east' });
    ran = ids.map((id) => ({ id, from, to }));
    ran.push({ id: 'm-mute', from, to, account: MUTE });
    dueAt = addMs(now(), HOUR);
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: HOUR });
    expect(await bills.latest(tenant, CAMPAIGN)).toMatchObject({ accounts: [], nextAt: dueAt });
    // Somebody could not wait: it is no look of the schedule, and tells of the lag.
    dueAt = null;
    const early = await bills.check(tenant, CAMPAIGN);
    expect(early.accounts.map(({ accountName, state }) => [accountName, state])).toEqual([
      ['east', 'incomplete'],
      ['mute', 'not-told'],
    ]);
    expect(told).toEqual([]);
    dueAt = addMs(now(), HOUR);
    await clock.sleep(HOUR);
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: null });
    const { accounts, nextAt } = await bills.latest(tenant, CAMPAIGN);
    expect(nextAt).toBeNull();
    expect(accounts).toMatchObject([
      { state: 'clean', machines: 5, findings: [], totals: [{ percent: '0.0' }] },
      { state: 'not-told', reason: 'the provider mute tells no charges', totals: [] },
    ]);
    expect(told.toSorted()).toEqual([
      `bill-check.clean bill-check/${EAST}/clean`,
      `bill-check.not-told bill-check/${MUTE}/not-told`,
    ]);
  });

  it('names a machine that was paid for after the ledger had seen it gone', async () => {
    const { ids, from, to } = await launched(2);
    const [ended = '', forgotten = ''] = ids;
    await client.compute.terminate([ended], { region: 'sim-east' });
    ran = ids.map((id) => ({ id, from, to }));
    await clock.sleep(10 * HOUR);
    dueAt = addMs(now(), -MINUTE);
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: null });
    const { accounts } = await bills.latest(tenant, CAMPAIGN);
    const east = accounts.find(({ accountId }) => accountId === EAST);
    expect(east).toMatchObject({
      state: 'differs',
      findings: [{ kind: 'after-end', resource: 'machine', resourceId: forgotten }],
    });
    const unseen = Number(east?.findings[0]?.unseen?.amount);
    // Ten hours, less the lag of a minute and the five minutes that are let pass.
    expect(unseen).toBeCloseTo(Number(price.amount) * (10 - 0.1), 2);
    expect(told).toEqual([`bill-check.differs bill-check/${EAST}/differs`]);
    await client.compute.terminate(ids, { region: 'sim-east' });
  });

  it('tries an account that cannot be read again every day, for forty days', async () => {
    away = true;
    await clock.sleep(1);
    dueAt = now();
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: DAY });
    const [east] = (await bills.latest(tenant, CAMPAIGN)).accounts;
    expect(east).toMatchObject({ state: 'unreadable', reason: 'unavailable: nobody answers' });
    await clock.sleep(DAY);
    away = false;
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: null });
    expect((await bills.latest(tenant, CAMPAIGN)).accounts[0]?.state).toBe('differs');
    away = true;
    dueAt = addMs(now(), 1);
    await clock.sleep(1);
    for (let day = 0; day < 40; day += 1) {
      expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: DAY });
      await clock.sleep(DAY);
    }
    expect(await bills.look({ tenantId: tenant.tenantId, runId: RUN })).toEqual({ waitMs: null });
    expect(told).toHaveLength(43);
  });

  it('leaves the schedule to the newest run of the campaign', async () => {
    const other = '50000000-0000-4000-8000-000000000009';
    dueAt = addMs(now(), HOUR);
    expect(await bills.look({ tenantId: tenant.tenantId, runId: other })).toEqual({ waitMs: null });
  });

  it('keeps every look, lets nobody change one, and keeps tenants apart', async () => {
    const kept = await rows();
    expect(kept.slice(0, 4).map(({ state }) => state)).toEqual([
      'incomplete',
      'not-told',
      'clean',
      'not-told',
    ]);
    for (const sql of ['delete from finance_bill_check', `update finance_bill_check set state = 'clean'`]) {
      const change = db.database.unitOfWork(tenant, async (tx) => await tx.query(sql));
      await expect(change).rejects.toMatchObject({ code: 'permission-denied' });
    }
    const other = (await seedTenant(db.database, clock)).job;
    expect((await bills.latest(other, CAMPAIGN)).accounts).toEqual([]);
    const actor = { kind: 'user', id: 'u', name: 'Visitor', permissions: new Set(['cost:read']) } as const;
    const visitor = { ...tenant, actor };
    await expect(bills.check(visitor, CAMPAIGN)).rejects.toMatchObject({ code: 'permission-denied' });
    expect((await bills.latest(visitor, CAMPAIGN)).accounts).toHaveLength(2);
    const trail = await db.database.unitOfWork(
      tenant,
      async (tx) => await tx.query<unknown[]>(`select 1 from audit_record where action = 'bill.check'`),
    );
    expect(trail.length).toBeGreaterThan(4);
  });
});
