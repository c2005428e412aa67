import { jest } from '@jest/globals';
import type { FakeGround, FakeTarget } from '@springtide/testing';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as wait } from 'node:timers/promises';
import { lastUntilReached, startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;
beforeAll(async () => {
  world = await startRunWorld('real');
}, 120_000);
afterAll(async () => await world.stop());

const target = (service: string, machines: number) =>
  ({ service, poolId: 'cheap', phase: 'ramp', machines }) as const;

/** Holds something up until the ground has told what is awaited, or the test is over. */
async function until(ground: FakeGround, isTold: (calls: readonly string[]) => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isTold(ground.calls)) {
    if (Date.now() > deadline) throw ApplicationFailure.nonRetryable('nobody told it', 'internal');
    await wait(20);
  }
}

/** A run of one phase that lasts until it is reached, and is prepared when it begins: nothing becomes due during its only turn. */
async function open(targets: readonly FakeTarget[]): Promise<[FakeGround, RunIds]> {
  const [ground, ids] = await world.ground(targets, ['ramp']);
  ground.phases = ground.phases.map((phase) => ({ ...phase, prepareAt: phase.startsAt }));
  lastUntilReached(world, ground, ids);
  return [ground, ids];
}

/** With every look while others are awaited one more machine comes. */
function comeWithEveryLook(ground: FakeGround): void {
  ground.on('joinRoute', ({ service, pass }) => {
    if (pass?.more !== true) return;
    const machineId = `late-${ground.machines.length}`;
    ground.machines.push({ service, poolId: 'cheap', intentId: 'late', machineId, state: 'running' });
  });
}

const joined = (calls: readonly string[]) => calls.filter((line) => line.startsWith('join web')).length;
const before = (calls: readonly string[], line: string) => calls.slice(0, calls.indexOf(line));

describe('machines that arrive one after the other', () => {
  it('serve while another one, that boots slowly, is awaited', async () => {
    const [ground, ids] = await open([target('web', 4)]);
    ground.batchSize = 2;
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1) await until(ground, (calls) => calls.includes('shift web 1'));
    });
    await world.run(ids);
    const meanwhile = before(ground.calls, 'join web: 4 ready');
    expect(meanwhile).toEqual(expect.arrayContaining(['join web: 2 ready', 'shift web 0.5', 'shift web 1']));
    expect(ground.calls).toContain('reached ramp');
    expect(ground.alive()).toBe(0);
  });

  it('wait for nobody who was bought for another service', async () => {
    const [ground, ids] = await open([target('web', 1), target('shop', 1)]);
    ground.on('launchBatch', async ({ service }) => {
      if (service === 'shop') await until(ground, (calls) => calls.includes('shift web 1'));
    });
    await world.run(ids);
    expect(before(ground.calls, 'buy 1 of 1 cheap for shop')).toContain('shift web 1');
    expect(ground.calls).toEqual(expect.arrayContaining(['shift shop 1', 'reached ramp']));
  });

  it('get their traffic together when the phase has not begun and they come one right after the other', async () => {
    const [ground, ids] = await open([target('web', 1)]);
    const [ramp] = ground.phases;
    ground.phases = ground.phases.map((phase) => ({ ...phase, startsAt: phase.endsAt }));
    comeWithEveryLook(ground);
    ground.on('launchBatch', async () => await until(ground, (calls) => joined(calls) > 3));
    // It begins when everything is prepared.
    ground.on('planShift', () => {
      ground.phases = ground.phases.map((phase) => ({ ...phase, startsAt: ramp?.startsAt ?? '' }));
    });
    await world.run(ids);
    const meanwhile = before(ground.calls, 'buy 1 of 1 cheap for web');
    expect(joined(meanwhile)).toBeGreaterThan(3);
    expect(meanwhile.filter((line) => line.startsWith('shift'))).toEqual([]);
    expect(ground.calls).toContain('reached ramp');
  });

  it('serve after three looks in a phase that has begun, though more come with every look', async () => {
    const [ground, ids] = await open([target('web', 1)]);
    comeWithEveryLook(ground);
    ground.on('launchBatch', async () => await until(ground, (calls) => calls.includes('shift web 1')));
    await world.run(ids);
    expect(joined(before(ground.calls, 'shift web 0.5'))).toBe(3);
    expect(ground.calls).toContain('reached ramp');
  });

  it('are joined in the end although the entrance refused the first of them', async () => {
    const [ground, ids] = await open([target('web', 2)]);
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
    await world.run(ids);
    expect(ground.calls).toEqual(
      expect.arrayContaining(['join web: 2 ready', 'shift web 1', 'reached ramp']),
    );
    expect(ground.calls.filter((line) => line.startsWith('problem'))).toEqual([]);
  });

  it('are not tried again with every look once a step was taken back', async () => {
    const [ground, ids] = await open([target('web', 4)]);
    ground.batchSize = 2;
    ground.unfit = () => !ground.calls.includes('join web: 4 ready');
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1) await until(ground, (calls) => joined(calls) > 2);
    });
    await world.run(ids);
    const meanwhile = before(ground.calls, 'join web: 4 ready');
    expect(meanwhile.filter((line) => line.startsWith('roll back'))).toEqual([
      'roll back web: too many errors',
    ]);
    expect(ground.calls).toContain('shift web 1');
  });
});
