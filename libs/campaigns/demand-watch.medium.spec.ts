import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { campaignsDatabase } from './testing/run-on-clouds.js';
import { PLANNED, watchedRun } from './testing/watched-run.js';

describe('what an entrance takes beside what was planned', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterAll(() => open.test.drop());

  it('grows inside the approval for what the burst policy provides for, says why, and goes back to the plan', async () => {
    const { run, minutes, machines } = await watchedRun(open);
    await minutes(10, PLANNED);
    expect(await machines()).toBe(4);
    await minutes(2, PLANNED * 1.4);
    expect(await machines()).toBe(6);
    const [told] = await run.story();
    expect(told).toMatch(
      /^demand.above-plan: storefront takes 448 requests\/s where 320 were planned for peak; it is answered at 1.4\d* times the plan inside the approved envelope: added: 2 × .* demand is above everything the forecast allowed for/,
    );
    await minutes(90, PLANNED * 0.3);
    expect(await machines()).toBe(6);
    expect(await run.story()).toHaveLength(1);
  });

  it('buys no more than the approval leaves, and says what stays uncovered', async () => {
    const { run, minutes, machines } = await watchedRun(open);
    await run.ledger.changeMandate(open.tenant.tenantId, run.runId, (mandate) => ({
      ...mandate,
      maxMachines: 5,
    }));
    await minutes(3, PLANNED * 1.4);
    expect(await machines()).toBe(5);
    expect((await run.story())[0]).toMatch(
      /added: 1 × .* \d+ requests\/s stay uncovered: neither the approved pools/,
    );
  });

  it('lets machines go below plan only where the campaign says so, and buys them again when demand rises', async () => {
    const kept = await watchedRun(open);
    await kept.minutes(30, PLANNED * 0.5);
    expect([await kept.machines(), await kept.run.story()]).toEqual([4, []]);

    const leaving = await watchedRun(open, { belowPlan: 'in-peak' });
    await leaving.minutes(14, PLANNED * 0.5);
    expect(await leaving.machines()).toBe(4);
    await leaving.minutes(6, PLANNED * 0.5);
    expect(await leaving.machines()).toBe(2);
    expect((await leaving.run.story())[0]).toMatch(
      /^demand.below-plan: storefront takes 160 .* the campaign lets machines go at 0.5\d* times the plan: going early: 2 × /,
    );
    await leaving.minutes(2, PLANNED * 0.95);
    expect(await leaving.machines()).toBe(4);
    expect((await leaving.run.story())[1]).toMatch(/^demand.calm: storefront takes 304 /);
  });

  it('takes an entrance that counts nothing for unknown demand, and lets nobody go for it', async () => {
    const { run, minutes, machines, countNothing } = await watchedRun(open, { belowPlan: 'in-peak' });
    countNothing();
    await minutes(30, PLANNED);
    expect([await machines(), await run.story()]).toEqual([4, []]);
  });
});
