import { SpringtideError } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { changedProvider } from '../effects/testing/interruption.js';
import { Provisioning } from './provisioning.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

const ORDER = { phase: 'peak', revision: 1, round: 0, service: 'storefront', batch: 0 } as const;

describe('what a cloud had not when a phase was prepared', () => {
  it('is asked for again in the next turn of the phase, and bought once however often a turn is repeated', async () => {
    let soldOut = true;
    const manifest = changedProvider(simulated, [
      (compute) => ({
        launch: async (...args) => {
          if (soldOut) throw new SpringtideError('insufficient-capacity', 'sold out', { effect: 'none' });
          return await compute.launch(...args);
        },
      }),
    ]);
    const run = await RunOnClouds.open(stage, [{ manifest }]);
    await run.changePlan();
    const provisioning = new Provisioning(run.book, run.ledger);
    const ref = { tenantId: stage.tenant.tenantId, runId: run.runId, fence: run.fence };
    const order = { ...ref, ...ORDER, poolId: `${run.cloud(0).accountId}/c2.large` };
    const buy = async (turn: string, count: number) =>
      (await provisioning.launchBatch({ ...order, turn, count }, () => undefined)).refused;
    const refused = (count: number) => [{ code: 'insufficient-capacity', count }];
    expect(await buy('grow', 3)).toEqual(refused(3));
    soldOut = false;
    expect(await buy('grow', 3)).toEqual(refused(3));
    expect(run.cloud(0).ours()).toEqual([]);
    expect(await buy('full', 2)).toEqual([]);
    expect(await buy('full', 2)).toEqual([]);
    expect(run.cloud(0).ours()).toHaveLength(2);
  });
});
