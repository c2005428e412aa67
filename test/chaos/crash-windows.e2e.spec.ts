import { jest } from '@jest/globals';
import { LedgerWorld, type Run } from './ledger-world.js';
import { measured } from './measured.js';

jest.setTimeout(120_000);

let world: LedgerWorld;
beforeAll(async () => {
  world = await LedgerWorld.open();
}, 60_000);
let survived = 0;
afterAll(async () => {
  await world.close();
  await measured('F1', `${survived} of ${CELLS.length} sequences of SIGKILL in w1 to w6 left nothing behind`);
});

type Work = 'buy' | 'move-timer' | 'bring-back';

/** Where a process ends: at one of our own fail points, or while the cloud's answer to this call is on its way. */
type Death = Readonly<{ failPoint: string }> | Readonly<{ inFlight: string }>;

async function die(work: Work, death: Death, run: Run): Promise<void> {
  if ('failPoint' in death) {
    const dying = await world.start({ work, runs: [run], failPoint: death.failPoint });
    await dying.reached;
    await dying.process.kill();
    return;
  }
  const path = new RegExp(`/v1/${death.inFlight}$`);
  const held = world.proxy.add({ path, times: 1, do: { kind: 'hold' } });
  const dying = await world.start({ work, runs: [run] });
  await held.met;
  await dying.process.kill();
  held.release();
}

async function finish(work: Work, run: Run): Promise<void> {
  await world.finish({ work, runs: [run] });
}

const at = (failPoint: string): Death => ({ failPoint });
const inFlight = (operation: string): Death => ({ inFlight: operation });

/** Each row: what is being done, and where one process after the other dies, before one is left to finish. */
const CELLS: readonly (readonly [window: string, Work, ...Death[]])[] = [
  ['w1', 'buy', at('purchase.written')],
  ['w1', 'buy', at('purchase.sending')],
  ['w2', 'buy', inFlight('RunMachines')],
  ['w3', 'buy', at('purchase.answered')],
  ['w4', 'buy', at('purchase.recorded')],
  ['w6', 'buy', inFlight('RunMachines'), at('purchase.looking')],
  ['w6', 'buy', at('purchase.answered'), at('purchase.looking'), at('purchase.looking')],
  ['w1', 'move-timer', at('set.sending')],
  ['w2', 'move-timer', inFlight('SetReleaseTime')],
  ['w3', 'move-timer', at('set.answered')],
  ['w4', 'move-timer', at('set.recorded')],
  ['w5', 'bring-back', at('release.sending')],
  ['w5', 'bring-back', inFlight('TerminateMachines')],
  ['w5', 'bring-back', at('release.answered')],
  ['w5', 'bring-back', at('release.recorded')],
  ['w5', 'bring-back', at('satellite.sending')],
  ['w5', 'bring-back', inFlight('ReleaseSatellite')],
  ['w5', 'bring-back', at('satellite.answered')],
  ['w6', 'bring-back', at('release.answered'), at('satellite.answered')],
];

describe('processes of the ledger, killed with SIGKILL in every window', () => {
  it.each(
    CELLS.map(([window, work, ...deaths]) => ({ window, work, deaths, where: JSON.stringify(deaths) })),
  )('$window while it should $work: $where', async ({ work, deaths }) => {
    const run = await world.newRun();
    if (work !== 'buy') await finish('buy', run);
    for (const death of deaths) await die(work, death, run);
    await finish(work, run);
    if (work !== 'bring-back') await finish('bring-back', run);
    expect(await world.leftovers([run])).toEqual([]);
    survived += 1;
  });
});
