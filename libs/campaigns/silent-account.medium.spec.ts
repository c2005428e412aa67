import { HOUR, MINUTE, SpringtideError, addMs } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { changedProvider } from '../effects/testing/interruption.js';
import { Provisioning } from './provisioning.service.js';
import { RunEngine } from './run-engine.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

/** A run over two accounts; `asked` is which pools the rest of the run was planned on. */
async function open(clouds: Parameters<typeof RunOnClouds.open>[1] = [{}, {}]) {
  const run = await RunOnClouds.open(stage, clouds);
  await run.changePlan();
  const asked: string[][] = [];
  const engine = new RunEngine(run.book, run.ledger, async ({ pools }) => {
    asked.push(pools.map(({ id }) => id));
    const pool = pools[0]?.id ?? '';
    const machines = [{ class: 'storefront', pool, counts: [4] }];
    return await Promise.resolve({ phases: ['peak'], machines, shortage: [] });
  });
  const provisioning = new Provisioning(run.book, run.ledger);
  const ref = { tenantId: stage.tenant.tenantId, runId: run.runId, fence: run.fence };
  const pool = (index: number) => `${run.cloud(index).accountId}/c2.large`;
  const launch = async () => {
    const order = {
      phase: 'peak' as const,
      revision: 1,
      round: 0,
      service: 'storefront',
      batch: 0,
      count: 4,
    };
    return await provisioning.launchBatch({ ...ref, ...order, poolId: pool(0) }, () => undefined);
  };
  const room = async () => (await run.ledger.findMandate(ref.tenantId, ref.runId))?.machines;
  const told = async () => (await run.story()).filter((line) => line.startsWith('provision.silent'));
  return { run, engine, provisioning, ref, pool, launch, room, told, asked };
}

describe('an account that does not answer', () => {
  it('is left after a while: nothing was sent, and the rest of the approved plan stands in', async () => {
    const { run, engine, ref, pool, launch, room, told, asked } = await open();
    run.away.add(run.cloud(0).accountId);
    const startedAt = run.now();
    const { intentId, refused } = await launch();
    expect([intentId, refused]).toEqual([null, [{ code: 'unavailable', count: 4 }]]);
    expect(run.now() < addMs(startedAt, 10 * MINUTE)).toBe(true);
    expect([await room(), await told()]).toEqual([0, [expect.stringContaining('Nothing was sent')]]);
    const deficits = refused.map((row) => ({ service: 'storefront', poolId: pool(0), ...row }));
    const orders = await engine.planFallback({ ...ref, phase: 'peak', round: 1, deficits });
    expect(asked).toEqual([[pool(1)]]);
    expect(orders.map(({ poolId }) => poolId)).toEqual([pool(1)]);
    run.away.clear();
    expect(run.cloud(0).ours()).toEqual([]);
  });

  it('is left as well when it can be opened and refuses every call', async () => {
    const away = new SpringtideError('unavailable', '503 from its front', { effect: 'none' });
    const manifest = changedProvider(simulated, [() => ({ launch: async () => await Promise.reject(away) })]);
    const { launch, room, told } = await open([{ manifest }, {}]);
    expect((await launch()).refused).toEqual([{ code: 'unavailable', count: 4 }]);
    expect([await room(), (await told()).length]).toEqual([0, 1]);
  });

  it('keeps the room of what may have been bought, and the phases after it do not wait for it either', async () => {
    let dies: () => unknown = () => undefined;
    const manifest = changedProvider(simulated, [
      (compute) => ({
        launch: async (...args) => {
          await compute.launch(...args);
          dies();
          throw new SpringtideError('unknown', 'lost on the way back');
        },
      }),
    ]);
    const { run, provisioning, ref, launch, room, told } = await open([{ manifest }, {}]);
    dies = () => run.away.add(run.cloud(0).accountId);
    expect((await launch()).refused).toEqual([]);
    expect([await room(), await told()]).toEqual([4, [expect.stringContaining('is not known')]]);
    const [intent] = await run.intents();
    const waiting = { ...ref, intentId: intent?.id ?? '' };
    await provisioning.awaitRunning(waiting, () => undefined);
    expect(await told()).toHaveLength(1);
    run.away.clear();
    expect(await provisioning.awaitRunning(waiting, () => undefined)).toMatchObject({
      running: 4,
      refused: [],
    });
    expect(run.cloud(0).ours()).toHaveLength(4);
  });

  it('keeps nobody waiting for machines that it does not show', async () => {
    const { run, provisioning, ref, launch } = await open([{ plan: { behaviour: { bootMs: HOUR } } }, {}]);
    const { intentId } = await launch();
    run.away.add(run.cloud(0).accountId);
    const startedAt = run.now();
    const seen = await provisioning.awaitRunning({ ...ref, intentId: intentId ?? '' }, () => undefined);
    expect(seen.refused).toEqual([{ code: 'failed-to-boot', count: 4 }]);
    expect(run.now() < addMs(startedAt, 15 * MINUTE)).toBe(true);
  });
});
