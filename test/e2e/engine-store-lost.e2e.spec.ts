import { jest } from '@jest/globals';
import { billCheckWorkflowId, routes, type RunBody } from '@springtide/contracts';
import { startEmbeddedTemporal, temporalBinary, type EmbeddedTemporal } from '@springtide/platform';
import { testDatabase, type TestDatabase } from '@springtide/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { idempotencySchema } from '../../apps/api/src/idempotency/data/idempotency.migration.js';
import { SHORT, closed, expectEverythingBack, planApproveArm, runUntil, until } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(300_000);

let stage: Stage;
let folder: string;
let temporal: EmbeddedTemporal;
let database: TestDatabase;

const startEngine = async (port?: number) =>
  await startEmbeddedTemporal({
    dbFile: join(folder, 'temporal.db'),
    binary: await temporalBinary(),
    ...(port === undefined ? {} : { port }),
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-lost-'));
  const { schemaParts } = await import('@springtide/schema');
  database = await testDatabase([...schemaParts(), idempotencySchema]);
  temporal = await startEngine();
  const { ownerUrl: databaseUrl } = database;
  stage = await setStage({ engines: { database, databaseUrl, temporalAddress: temporal.address } });
}, 120_000);
afterAll(async () => {
  await stage.stop();
  await temporal.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The engine ends, its store is thrown away, and it starts empty under the same address. */
async function loseEngineStore(): Promise<void> {
  await temporal.kill();
  for (const end of ['', '-wal', '-shm']) await rm(join(folder, `temporal.db${end}`), { force: true });
  temporal = await startEngine(temporal.port);
}

const machinesNow = () =>
  ['home', 'cloud'].flatMap((name) =>
    (stage.clouds.cloud(name)?.machines() ?? [])
      .filter((machine) => machine.labels['owner'] === undefined)
      .map((machine) => machine.id),
  );

const leaseOf = async (runId: string): Promise<string> => {
  const [row] = await stage.database.database.systemWork('test', async (tx) =>
    tx.query<{ least: Date }[]>(
      `select min(release_by) as least from effect_intent where run_id = $1 and kind = 'create' and state <> 'released'`,
      [runId],
    ),
  );
  return row?.least.toISOString() ?? '';
};

describe('an engine that has lost its store', () => {
  it('holds its runs safely: nothing is bought or ended, leases are kept, and a person decides', async () => {
    // Long enough that nothing is bought for it any more, and nothing let go after it yet, when the engine is lost.
    const armed = await planApproveArm(stage, 'forgotten', { ...SHORT, peakMs: 30_000 });
    const isPeak = ({ state, phase }: RunBody) => state === 'holding' && phase === 'peak';
    await runUntil(stage, armed.run.id, 'all machines are ready', isPeak);
    const [before, made] = [machinesNow(), stage.everMade().size];
    expect(before.length).toBeGreaterThan(0);
    await loseEngineStore();
    const held = await runUntil(stage, armed.run.id, 'it is held', (run) => run.state === 'safe-hold');
    expect(Number(held.safeHold?.costPerHour.amount)).toBeGreaterThan(0);
    const lease = await leaseOf(armed.run.id);
    // Past the end of its last phase, when it would have come back by itself.
    await wait(Math.max(0, Date.parse(held.expectedEnd ?? '') - Date.now()) + 8_000);
    expect([machinesNow(), stage.everMade().size]).toEqual([before, made]);
    expect((await leaseOf(armed.run.id)) > lease).toBe(true);
    const params = { id: armed.run.id };
    const refused = stage.operations.call(routes.runCommand, { params, body: { command: 'pause' } });
    await expect(refused).rejects.toThrow(/safe hold/);
    await stage.operations.call(routes.runCommand, { params, body: { command: 'go-on' } });
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
    const { items } = await stage.operations.call(routes.runTimeline, { params });
    expect(items.map((entry) => entry.step)).toContain('engine.safe-hold');
    // A run on its way back, or closed, wants no machines.
    const { pools } = await stage.operations.call(routes.runGet, { params });
    expect(pools.map(({ target }) => target)).toEqual(pools.map(() => 0));

    // The bills of a closed run are due a minute later: forgotten by the engine, and looked at all the same.
    const bills = () => stage.temporal.workflow.getHandle(billCheckWorkflowId(armed.run.id)).describe();
    const ordered = async () => await bills().catch(() => undefined);
    await until('the engine knows of the bills', ordered, (known) => known !== undefined, 30_000);
    await loseEngineStore();
    const campaign = { params: { id: armed.campaign.id } };
    const look = async () => await stage.operations.call(routes.billCheckGet, campaign);
    const { accounts } = await until(
      'bills were looked at',
      look,
      (check) => check.accounts.length > 0,
      120_000,
    );
    expect(accounts).toMatchObject([{ state: 'clean', checkedBy: 'bill-check', findings: [] }]);
  });
});
