import { jest } from '@jest/globals';
import { runWorkflowId } from '@springtide/contracts';
import type { FakeGround } from '@springtide/testing';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as wait } from 'node:timers/promises';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;
beforeAll(async () => {
  world = await startRunWorld('real');
}, 120_000);
afterAll(async () => await world.stop());

const runOf = async (ids: RunIds) => await world.driver.execute('run', runWorkflowId(ids.runId), ids);
const target = (service: string, machines: number) =>
  ({ service, poolId: 'cheap', phase: 'ramp', machines }) as const;

/** Holds something up until the ground has told what is awaited, or the test is over. */
async function until(ground: FakeGround, isTold: (calls: readonly string[]) => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isTold(ground.calls)) {
    if (Date.now() > deadline) throw ApplicationFailure.nonRetryable('nobody told it', 'internal');
    await wait(20);
  }
}

const joined = (calls: readonly string[]) => calls.filter((line) => line.startsWith('join web')).length;
const before = (calls: readonly string[], line: string) => calls.slice(0, calls.indexOf(line));

describe('machines that arrive one after the other', () => {
  it('serve while another one, that boots slowly, is awaited', async () => {
    const [ground, ids] = await world.ground([target('web', 4)], ['ramp']);
    ground.batchSize = 2;
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1) await until(ground, (calls) => calls.includes('shift web 1'));
    });
    await runOf(ids);
    const meanwhile = before(ground.calls, 'join web: 4 ready');
    expect(meanwhile).toEqual(expect.arrayContaining(['join web: 2 ready', 'shift web 0.5', 'shift web 1']));
    expect(ground.calls).toContain('reached ramp');
    expect(ground.alive()).toBe(0);
  });

  it('wait for nobody who was bought for another service', async () => {
    const [ground, ids] = await world.ground([target('web', 1), target('shop', 1)], ['ramp']);
    ground.on('launchBatch', async ({ service }) => {
      if (service === 'shop') await until(ground, (calls) => calls.includes('shift web 1'));
    });
    await runOf(ids);
    expect(before(ground.calls, 'buy 1 of 1 cheap for shop')).toContain('shift web 1');
    expect(ground.calls).toEqual(expect.arrayContaining(['shift shop 1', 'reached ramp']));
  });

  it('get their traffic together when the phase has not begun and they come one right after the other', async () => {
    const [ground, ids] = await world.ground([target('web', 3)], ['ramp']);
    // Two looks fit between the beginning of its preparation and its start.
    ground.phases = ground.phases.map((phase) => ({ ...phase, startsAt: phase.endsAt }));
    ground.batchSize = 1;
    ground.on('launchBatch', async ({ batch }) => {
      await until(ground, (calls) => joined(calls) >= batch);
    });
    await runOf(ids);
    expect(before(ground.calls, 'join web: 3 ready')).toEqual(
      expect.arrayContaining(['join web: 1 ready', 'join web: 2 ready']),
    );
    expect(before(ground.calls, 'join web: 3 ready').filter((line) => line.startsWith('shift'))).toEqual([]);
  });

  it('serve after some looks in a phase that has begun, though more come with every look', async () => {
    const [ground, ids] = await world.ground([target('web', 6)], ['ramp']);
    ground.phases = ground.phases.map((phase) => ({ ...phase, prepareAt: phase.startsAt }));
    ground.batchSize = 1;
    ground.on('launchBatch', async ({ batch }) => {
      await until(ground, (calls) => joined(calls) >= batch);
    });
    await runOf(ids);
    expect(before(ground.calls, 'join web: 6 ready')).toEqual(
      expect.arrayContaining(['join web: 3 ready', 'shift web 1']),
    );
    expect(before(ground.calls, 'join web: 3 ready').filter((line) => line.startsWith('shift'))).toEqual([]);
  });

  it('are joined in the end although the entrance refused the first of them', async () => {
    const [ground, ids] = await world.ground([target('web', 2)], ['ramp']);
    let refusals = 0;
    ground.batchSize = 1;
    ground.on('joinRoute', ({ pass }) => {
      if (pass?.more !== true) return;
      refusals += 1;
      throw ApplicationFailure.nonRetryable('no such route', 'not-found');
    });
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1) await until(ground, () => refusals > 1);
    });
    await runOf(ids);
    expect(ground.calls).toEqual(
      expect.arrayContaining(['join web: 2 ready', 'shift web 1', 'reached ramp']),
    );
    expect(ground.calls.filter((line) => line.startsWith('problem'))).toEqual([]);
  });

  it('are not tried again with every look once a step was taken back', async () => {
    const [ground, ids] = await world.ground([target('web', 4)], ['ramp']);
    ground.batchSize = 2;
    ground.unfit = () => !ground.calls.includes('join web: 4 ready');
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1) await until(ground, (calls) => joined(calls) > 2);
    });
    await runOf(ids);
    const meanwhile = before(ground.calls, 'join web: 4 ready');
    expect(meanwhile.filter((line) => line.startsWith('roll back'))).toEqual([
      'roll back web: too many errors',
    ]);
    expect(ground.calls).toContain('shift web 1');
  });
});
