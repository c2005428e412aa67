import { jest } from '@jest/globals';
import { routes } from '@springtide/contracts';
import { SHORT, closed, expectEverythingBack, planApproveArm, runUntil } from './campaign-story.js';
import { recordHistories } from '../workflows/record-histories.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(async () => await stage.stop());

/** When the last purchase was sent, and when the first machine was asked to go; milliseconds since 1970. */
async function orderOf(
  { database }: Stage,
  runId: string,
): Promise<{ lastCreate: number; firstDelete: number }> {
  const [row] = await database.database.systemWork('test', async (tx) =>
    tx.query<{ created: Date | null; deleted: Date | null }[]>(
      `select max(i.sent_at) as created, min(e.releasing_at) as deleted
       from effect_intent i left join effect_item e on e.intent_id = i.id where i.run_id = $1 and i.kind = 'create'`,
      [runId],
    ),
  );
  const at = (date: Date | null | undefined) => date?.getTime() ?? Number.NEGATIVE_INFINITY;
  return { lastCreate: at(row?.created), firstDelete: at(row?.deleted) };
}

describe('a campaign that is interrupted', () => {
  it('comes to the same end when its worker is killed while machines boot', async () => {
    const before = stage.everMade().size;
    // Long enough that everything comes in time for its phase: what would not is rightly not bought any more.
    const armed = await planApproveArm(stage, 'killed', { ...SHORT, peakMs: 40_000 });
    await runUntil(stage, armed.run.id, 'machines are asked for', (run) =>
      run.pools.some((pool) => pool.requested > 0 && pool.ready < pool.requested),
    );
    await stage.replaceWorker();
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
    await recordHistories(stage.temporal, stage.temporalAddress, 'killed', [armed.run.id, armed.plan.id]);
    const report = await stage.operations.call(routes.campaignReport, { params: { id: armed.campaign.id } });
    expect(report.machines.created).toBe(stage.everMade().size - before);
    expect(report.machines.created).toBe(report.machines.planned);
  });

  it('looks elsewhere for what is sold out by the time it is bought', async () => {
    const armed = await planApproveArm(stage, 'sold out');
    const bought = armed.plan.pools.filter(({ id, accountName }) => {
      return accountName === 'cloud' && armed.plan.allocations.some((row) => row.poolId === id);
    });
    for (const { zone, machineType } of bought) {
      const none = { action: 'limit-room', zone, machineType, machines: 0 } as const;
      stage.clouds.cloud('cloud')?.administer(none);
    }
    const run = await runUntil(stage, armed.run.id, 'it is closed', closed);
    const ready = run.pools.filter((pool) => !bought.some(({ id }) => id === pool.poolId) && pool.gone > 0);
    expect(ready.some((pool) => pool.accountName === 'cloud')).toBe(true);
    await expectEverythingBack(stage, armed);
    const { items } = await stage.operations.call(routes.runTimeline, { params: { id: armed.run.id } });
    expect(items.map((entry) => entry.step)).toContain('provision.fallback');
    await recordHistories(stage.temporal, stage.temporalAddress, 'fallback', [armed.run.id, armed.plan.id]);
    stage.clouds.cloud('cloud')?.administer({ action: 'reset' });
  });

  it('stops at once when the stop switch is pulled in the ramp, and returns everything', async () => {
    const armed = await planApproveArm(stage, 'stopped');
    await runUntil(stage, armed.run.id, 'machines are asked for', (run) =>
      run.pools.some((pool) => pool.requested > 0),
    );
    const body = { engaged: true, reason: 'drill' };
    expect(await stage.operations.call(routes.stopSwitch, { body })).toEqual({ engaged: true, runs: 1 });
    const [pulledAt, pulled] = [performance.now(), Date.now()];
    const made = stage.everMade().size;
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    expect(performance.now() - pulledAt).toBeLessThan(60_000);
    // One call may have been on its way when the switch was pulled.
    expect(stage.everMade().size - made).toBeLessThanOrEqual(armed.plan.allocations.length);
    const { lastCreate, firstDelete } = await orderOf(stage, armed.run.id);
    expect(lastCreate - pulled).toBeLessThanOrEqual(5_000);
    expect(firstDelete - pulled).toBeLessThanOrEqual(60_000);
    await expectEverythingBack(stage, armed);
    await recordHistories(stage.temporal, stage.temporalAddress, 'stopped', [armed.run.id, armed.plan.id]);
    await stage.operations.call(routes.stopSwitch, { body: { engaged: false, reason: 'drill over' } });
  });
});
