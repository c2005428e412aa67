import { randomUUID } from 'node:crypto';
import { ApprovalService } from '@springtide/identity';
import { HOUR, addMs, money, type Instant } from '@springtide/kernel';
import { hashJson, jobContext } from '@springtide/platform';
import type { PriceDrift } from '@springtide/readiness/domain';
import type { SeededTenant, TestDatabase } from '@springtide/testing';
import { GroupReturns } from './group-return.service.js';
import { PlansService } from './plan.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';
import { watchedRun } from './testing/watched-run.js';

const SERVICE = 'storefront';
const RAILS = { floor: 0, ceiling: 20, cooldownSeconds: 0, largestScaleIn: 1 };
/** What a plan that was approved at 10 CNY costs. */
const costing = (now: string): PriceDrift => ({
  ...{ kind: 'told', now: money('CNY', now), basis: money('CNY', '10'), ratio: Number(now) / 10 },
  isPast: Number(now) > 11,
});
const TWO = { ...RAILS, strategies: [{ id: 'by-hand', kind: 'manual', machines: 3, until: null }] };

describe('a scaling group that gave way to a campaign', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterEach(async () => {
    await sql('update campaign_run set closed_at = now() where closed_at is null');
    await sql('delete from scaling_rest');
    await sql('delete from scaling_group');
  });
  afterAll(() => open.test.drop());

  const sql = async (text: string, parameters: unknown[] = []) =>
    await open.test.database.systemWork(
      'test',
      async (tx) => await tx.query<Record<string, unknown>[]>(text, parameters),
    );

  /** A group of two machines whose route a campaign needs in an hour and a half; its machines are back. */
  async function resting(approvedUntil: (now: Instant) => Instant = (now) => addMs(now, 72 * HOUR)) {
    const watched = await watchedRun(open, { follows: 'strategies' });
    const { run, scaling } = watched;
    await run.changePlan();
    const { phases, campaignId, planId } = await run.row();
    await sql(`update campaign_plan set campaign_version = 1 where id = $1`, [planId]);
    await grant(run, planId, approvedUntil(run.now()));
    await watched.strategies(TWO);
    await watched.minutes(1);
    await run.buy(0, 2);
    const sale = await RunOnClouds.open(open);
    const startsAt = addMs(run.now(), 1.2 * HOUR);
    const needed = [{ name: 'peak', startsAt, endsAt: addMs(startsAt, 0.1 * HOUR) }];
    await sql(`update campaign_run set phases = $2 where id = $1`, [sale.runId, JSON.stringify(needed)]);
    await sql(`update campaign set name = 'sale', input = input || '{"name": "sale"}' where id = $1`, [
      (await sale.row()).campaignId,
    ]);
    await watched.minutes(1);
    const { database } = open.test;
    const approvals = new ApprovalService(database, run.clock);
    const unused = {} as never;
    const plans = new PlansService({
      ...{ database, approvals, clock: run.clock },
      ...{ solver: unused, gate: unused, rehearsals: unused },
    });
    const market: { prices: PriceDrift } = { prices: costing('10') };
    const prices = { pricesNow: async () => await Promise.resolve(market.prices) };
    const returns = new GroupReturns({ database, approvals, plans, prices, clock: run.clock });
    const tenantId = open.tenant.tenantId;
    return {
      ...{ run, scaling, phases, campaignId, planId, market },
      pass: async () => {
        expect(await returns.pass(jobContext('scaling', tenantId, 'spec'))).toEqual([]);
      },
      rest: async () => (await scaling.get(open.tenant.admin, SERVICE)).rest,
      closeSale: async () =>
        await sql('update campaign_run set closed_at = now() where id = $1', [sale.runId]),
      runs: async () =>
        await sql('select * from campaign_run where campaign_id = $1 order by started_at', [campaignId]),
      mandateOf: async (runId: unknown) => await run.ledger.findMandate(tenantId, String(runId)),
    };
  }

  async function grant(run: RunOnClouds, planId: string, until: Instant): Promise<string> {
    const { hash, id } = (await sql('select hash, id from campaign_plan where id = $1', [planId]))[0] ?? {};
    const { pools } = await run.plan();
    const envelope = {
      ...{ planId: id, planHash: hash, poolIds: pools.map((pool) => pool.id), budget: money('CNY', '100') },
      ...{ maxMachines: 20, maxPerHour: money('CNY', '7.8'), latestStart: addMs(run.now(), -HOUR) },
      ...{ priceBasis: null, priceDriftLimit: 0.1 },
    };
    const approvalId = randomUUID();
    await sql(
      `insert into approval (tenant_id, id, subject_kind, subject_id, envelope, envelope_hash, ceiling_currency,
         ceiling_amount, author_id, last_editor_id, status, decider_id, requested_at, decided_at, expires_at)
       values ($1, $2, 'campaign-plan', $3, $4, $5, 'CNY', 100, 'ada', 'ada', 'approved', 'grace', $6, $6, $7)`,
      [
        open.tenant.tenantId,
        approvalId,
        planId,
        JSON.stringify(envelope),
        hashJson(envelope),
        addMs(run.now(), -1),
        until,
      ],
    );
    return approvalId;
  }

  it('rests until that is closed, then comes back for what is left of its time and money', async () => {
    const { run, phases, pass, rest, closeSale, runs, mandateOf } = await resting();
    expect(await rest()).toMatchObject({
      reason: 'leaving',
      waitsFor: ['sale'],
      until: phases.at(-1)?.endsAt,
    });
    await pass();
    expect((await rest())?.reason).toBe('leaving');

    await run.bringBack();
    run.clock.advance(60_000);
    await pass();
    const asRested = await rest();
    expect(asRested).toMatchObject({ reason: 'campaign', waitsFor: ['sale'], runId: run.runId });
    expect(asRested?.text).toMatch(/Rests for "sale" until closed/);
    expect(Number(asRested?.moneyLeft?.amount)).toBeLessThan(100);
    expect(await runs()).toHaveLength(1);

    await closeSale();
    await pass();
    await pass();
    const [first, second, ...more] = await runs();
    expect(more).toEqual([]);
    expect(second).toMatchObject({
      state: 'armed',
      came_back_from: first?.['id'],
      closed_at: null,
      targets: [],
    });
    expect(second?.['phases']).toEqual([{ ...phases[0], startsAt: run.now() }]);
    expect(await mandateOf(second?.['id'])).toMatchObject({ state: 'open', budget: asRested?.moneyLeft });
    const [campaign] = await sql('select status, current_run_id from campaign where current_run_id = $1', [
      second?.['id'],
    ]);
    expect(campaign?.['status']).toBe('armed');
    const started = await sql(`select message from outbox where message ->> 'workflowId' = $1`, [
      `run:${String(second?.['id'])}`,
    ]);
    expect(started).toHaveLength(1);
    expect(await rest()).toBeNull();
  });

  it('asks once for approval where that expired meanwhile, and comes back when it is granted', async () => {
    const { run, planId, pass, rest, closeSale, runs } = await resting((now) => addMs(now, 60_000));
    await run.bringBack();
    run.clock.advance(60_000);
    await closeSale();
    await pass();
    await pass();
    expect(await rest()).toMatchObject({ reason: 'approval' });
    expect((await rest())?.text).toMatch(/expired at .*asked for again/);
    expect(await runs()).toHaveLength(1);
    const asked = await sql(`select expires_at from approval where subject_id = $1 and status = 'pending'`, [
      planId,
    ]);
    expect(asked).toHaveLength(1);
    await grant(run, planId, addMs(run.now(), 72 * HOUR));
    await pass();
    expect(await runs()).toHaveLength(2);
  });

  it('asks once for approval at prices of now where they rose past its limit, and comes back under that', async () => {
    const { run, planId, pass, rest, closeSale, runs, market } = await resting();
    await run.bringBack();
    run.clock.advance(60_000);
    await closeSale();
    market.prices = costing('12');
    await pass();
    await pass();
    expect((await rest())?.text).toMatch(/risen by 20 %.*12 CNY now and cost 10 CNY.*asked for again/);
    expect([(await rest())?.reason, (await runs()).length]).toEqual(['prices-risen', 1]);
    const asked = await sql(
      `select envelope -> 'priceBasis' as basis from approval where subject_id = $1 and status = 'pending'`,
      [planId],
    );
    expect(asked).toEqual([{ basis: money('CNY', '12') }]);
    market.prices = costing('10');
    await pass();
    expect(await runs()).toHaveLength(2);
  });

  it('comes back under no approval that was changed after it was granted', async () => {
    const { run, planId, pass, rest, closeSale, runs } = await resting();
    await run.bringBack();
    run.clock.advance(60_000);
    await closeSale();
    await sql(
      `update approval set envelope = jsonb_set(envelope, '{maxMachines}', '21') where subject_id = $1`,
      [planId],
    );
    await pass();
    expect([(await rest())?.reason, (await runs()).length]).toEqual(['approval', 1]);
  });

  it('stays away while a person keeps it off', async () => {
    const { run, scaling, pass, rest, closeSale, runs } = await resting();
    const { admin } = open.tenant;
    await run.bringBack();
    run.clock.advance(60_000);
    await closeSale();
    const kept = await scaling.letComeBack(admin, SERVICE, false);
    expect(kept.rest).toMatchObject({ reason: 'kept-off' });
    await pass();
    expect([(await rest())?.reason, (await runs()).length]).toEqual(['kept-off', 1]);
    await scaling.letComeBack(admin, SERVICE, true);
    await pass();
    expect(await runs()).toHaveLength(2);
    await expect(scaling.letComeBack(admin, SERVICE, false)).rejects.toThrow(/nothing was changed/);
  });
});
