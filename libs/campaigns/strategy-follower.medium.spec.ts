import type { CampaignInput } from '@springtide/contracts';
import { HOUR, addMs } from '@springtide/kernel';
import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';
import { PLANNED, watchedRun } from './testing/watched-run.js';

const RAILS = { floor: 0, ceiling: 20, cooldownSeconds: 300, largestScaleIn: 0.5 };
const byHand = (machines: number) => ({
  ...RAILS,
  strategies: [{ id: 'by-hand', kind: 'manual', machines, until: null }],
});

describe('a scaling group', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterEach(async () => {
    await open.test.database.systemWork('test', async (tx) => {
      await tx.query('update campaign_run set closed_at = now()');
    });
  });
  afterAll(() => open.test.drop());

  const group = async (changes: Partial<CampaignInput> = {}) =>
    await watchedRun(open, { follows: 'strategies', ...changes });

  it('wants what the strategies want, whatever its plan said, and tells why', async () => {
    const { run, minutes, machines, strategies, scaling } = await group();
    await strategies(byHand(8));
    await minutes(1, PLANNED * 1.4);
    expect(await machines()).toBe(7);
    expect((await run.story()).at(-1)).toMatch(
      /^scaling.out: storefront is to have 8 machines, 1 of them its standing fleet: 7 in this group, where 4 were wanted before .*the highest want counts: 8, by by-hand/,
    );
    const shown = await scaling.get(open.tenant.admin, 'storefront');
    expect(shown.advisory).toBe(false);
    expect(shown.group).toMatchObject({
      runId: run.runId,
      missing: 0,
      decision: { machines: 8, action: 'out' },
    });
    expect(shown.group?.pools.map(({ machines: wanted }) => wanted)).toEqual([7]);
  });

  it('lets machines go after the cool-down, a part at a time, down to what is wanted', async () => {
    const { run, minutes, machines, strategies } = await group();
    await strategies(byHand(9));
    await minutes(1);
    await strategies(byHand(2));
    await minutes(4);
    expect(await machines()).toBe(8);
    await minutes(1);
    expect(await machines()).toBe(4);
    await minutes(20);
    expect(await machines()).toBe(1);
    expect((await run.story()).filter((line) => line.startsWith('scaling.in'))).toHaveLength(3);
  });

  it('buys no more than was approved, and says what is missing once', async () => {
    const { run, minutes, machines, strategies, scaling } = await group();
    await run.ledger.changeMandate(open.tenant.tenantId, run.runId, (mandate) => ({
      ...mandate,
      maxMachines: 6,
    }));
    await strategies(byHand(10));
    await minutes(3);
    expect(await machines()).toBe(6);
    const told = (await run.story()).filter((line) => line.includes('3 more are wanted than the approval'));
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(2);
    expect((await scaling.get(open.tenant.admin, 'storefront')).group?.missing).toBe(3);
  });

  it('holds at its floor when the money of the month carries no more, and says what that means', async () => {
    const { run, minutes, machines, strategies, scaling } = await group();
    const shown = async () => await scaling.get(open.tenant.admin, 'storefront');
    const four = { ...byHand(4), floor: 2, largestScaleIn: 1, cooldownSeconds: 0 };
    await strategies(four);
    await minutes(1);
    expect([await machines(), (await shown()).month.limit]).toEqual([3, null]);
    await run.buy(0, 3);
    await minutes(60);
    const { spent, projected } = (await shown()).month;
    expect(Number(spent[0]?.amount)).toBeGreaterThan(0);
    expect(Number(projected[0]?.amount)).toBeGreaterThan(Number(spent[0]?.amount));

    await strategies({ ...four, moneyPerMonth: { currency: 'CNY', amount: '1.6' } });
    await minutes(1);
    expect(await machines()).toBe(1);
    expect((await shown()).group).toMatchObject({ heldBack: 2, decision: { machines: 2 } });
    expect((await run.story()).at(-1)).toMatch(
      /^scaling.in: .*of 1.6 CNY for this month \(UTC\) [\d.]+ are spent: 2 of 3 machines do not fit/,
    );
    await strategies({ ...four, moneyPerMonth: { currency: 'CNY', amount: '2000' } });
    await minutes(1);
    expect([await machines(), (await shown()).group?.heldBack]).toEqual([3, 0]);
  });

  it('ends before a campaign that needs its route', async () => {
    const { run, minutes, strategies } = await group();
    await strategies(byHand(5));
    await minutes(1);
    const [before] = (await run.row()).phases;
    const other = await RunOnClouds.open(open);
    const start = addMs(run.now(), 1.5 * HOUR);
    const phases = [{ name: 'peak', startsAt: start, endsAt: addMs(start, HOUR) }];
    await open.test.database.systemWork('test', async (tx) => {
      await tx.query('update campaign_run set phases = $2 where id = $1', [
        other.runId,
        JSON.stringify(phases),
      ]);
    });
    await minutes(1);
    const [after] = (await run.row()).phases;
    expect([before?.endsAt !== after?.endsAt, after?.endsAt]).toEqual([true, addMs(start, -HOUR - 10_000)]);
    expect((await run.story()).at(-1)).toMatch(
      /^scaling.gives-way: A campaign goes before its strategies: "drill"/,
    );
  });
});
