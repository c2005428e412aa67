import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { effectsSchema } from '@springtide/effects';
import { asSpringtideError, toInstant, type SpringtideError } from '@springtide/kernel';
import { Roles1760000000000 } from '@springtide/platform';
import { yardLane } from '../yard/tools/lane.js';
import { TENANT, requestOf } from './ledger-order.js';
import { LedgerWorld, type Run } from './ledger-world.js';
import { measured } from './measured.js';
import { SmallDisk, whyNoDisk } from './small-disk.js';

jest.setTimeout(300_000);

const RUNS = 60;
const MACHINES = 6;

const reason = await whyNoDisk();
const suite = yardLane('a full disk', reason === undefined, reason) ? describe : describe.skip;

suite('a database whose disk is full', () => {
  let disk: SmallDisk;
  let world: LedgerWorld;
  beforeAll(async () => {
    disk = await SmallDisk.open([{ entities: [], migrations: [Roles1760000000000] }, effectsSchema]);
    world = await LedgerWorld.open({}, disk.database);
  }, 180_000);
  afterAll(async () => await world.close());

  /** @returns what was refused, where it was. */
  async function buyOnce(run: Run): Promise<SpringtideError | undefined> {
    try {
      await world.ledger.launch(requestOf(run, 1, toInstant(new Date())));
      return undefined;
    } catch (thrown) {
      return asSpringtideError(thrown);
    }
  }

  it('F30: sends nothing that cannot be written first, says why, and goes on by itself when there is room', async () => {
    const runs: Run[] = [];
    for (let at = 0; at < RUNS; at += 1) runs.push(await world.newRun(MACHINES));
    await disk.fill();
    const refusals: SpringtideError[] = [];
    const buying = runs.map(async (run) => {
      for (let error = await buyOnce(run); error !== undefined; error = await buyOnce(run)) {
        refusals.push(error);
        await wait(500);
      }
    });
    while (refusals.length < RUNS / 2) await wait(50);
    const sent = world.cloud.machines().length;
    const codes = new Set(refusals.map(({ code, message }) => `${code}: ${message}`));
    expect([...codes]).toEqual([
      'unavailable: the disk of the database is full; nothing was changed by this request',
    ]);
    await disk.empty();
    await Promise.all(buying);
    const intents = (
      await Promise.all(
        runs.map(async ({ runId }) => world.ledger.listIntents(TENANT, { runId, kind: 'create' })),
      )
    ).flat();
    world.look();
    expect([...world.everMade.keys()].filter((id) => !intents.some((intent) => intent.id === id))).toEqual(
      [],
    );
    expect(world.cloud.machines()).toHaveLength(RUNS * MACHINES);
    await world.finish({ work: 'bring-back', runs });
    expect(await world.leftovers(runs)).toEqual([]);
    await measured(
      'F30',
      `${refusals.length} purchases refused while the disk of PostgreSQL was full, with ${sent} of ${RUNS * MACHINES} machines bought before: all bought once there was room, 0 of them unwritten`,
    );
  });
});
