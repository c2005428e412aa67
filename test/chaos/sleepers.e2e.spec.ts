import { jest } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { POLICY, TENANT } from './ledger-order.js';
import { LedgerWorld, type Run } from './ledger-world.js';
import { measured } from './measured.js';

jest.setTimeout(300_000);

/** As fault matrix row F4 demands. */
const RUNS = 200;

let world: LedgerWorld;
beforeAll(async () => {
  world = await LedgerWorld.open();
}, 60_000);
afterAll(async () => await world.close());

describe('a worker that sleeps (SIGSTOP) while others take its work over', () => {
  it.each([
    ['before it has marked its purchases as sent', 'purchase.written', ['fenced']],
    // Its call is too late to be sent; what it finds then depends on how far the other one is.
    [
      'between the mark and the call, for longer than a call may take',
      'purchase.sending',
      ['settled', 'fenced'],
    ],
  ])(`woken %s, sends nothing in ${RUNS} runs`, async (_, failPoint, told) => {
    const runs: Run[] = [];
    for (let at = 0; at < RUNS; at += 1) runs.push(await world.newRun(1));
    const sleeper = await world.start({ work: 'buy', runs, failPoint: `${failPoint}@every` });
    await sleeper.allReached(RUNS);
    process.kill(sleeper.process.pid, 'SIGSTOP');
    for (const { runId } of runs) await world.ledger.takeFence(TENANT, runId, 'second owner');
    await world.finish({ work: 'buy', runs, fence: 2 });
    await wait(POLICY.callDeadlineMs);
    const calls = world.proxy.countOf(/RunMachines$/);
    process.kill(sleeper.process.pid, 'SIGCONT');
    process.kill(sleeper.process.pid, 'SIGUSR2');
    const answers = (await sleeper.answer) as readonly string[];
    expect(answers.filter((answer) => !told.includes(answer))).toEqual([]);
    // What it sends goes through the proxy; the second owner's calls do not.
    expect([calls, world.proxy.countOf(/RunMachines$/)]).toEqual([0, 0]);
    await world.finish({ work: 'bring-back', runs, fence: 2 });
    expect(await world.leftovers(runs)).toEqual([]);
    await measured('F4', `${RUNS} runs asleep at ${failPoint}: 0 calls after waking`);
  });
});
