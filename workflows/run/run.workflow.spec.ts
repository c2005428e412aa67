import { jest } from '@jest/globals';
import { scaleBackWorkflowId } from '@springtide/contracts';
import { ApplicationFailure } from '@temporalio/common';
import { startRunWorld, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;

beforeAll(async () => {
  world = await startRunWorld('virtual');
}, 120_000);
afterAll(async () => await world.stop());

const web = (phase: 'ramp' | 'peak', machines: number, poolId = 'cheap') =>
  ({ service: 'web', poolId, phase, machines }) as const;

const wayBackOf = (machines: number) => [
  'scale back',
  'home web',
  `release ${machines}`,
  'read back: 0 there',
  'listing: 0 left',
  'listing: 0 left',
  'closed',
];

describe('a run', () => {
  it('buys, joins, moves traffic, holds, lets go what is too much, and brings everything back', async () => {
    const [ground, ids] = await world.ground([web('ramp', 3), web('peak', 2)]);
    await world.run(ids);
    expect(ground.calls).toEqual([
      'enter ramp',
      'buy 3 of 3 cheap for web',
      'join web: 3 ready',
      ...['shift web 0.5', 'shift web 1'],
      ...['shift web 0.5', 'shift web 1', 'reached ramp'],
      // Prepared for the peak: too much is let go only when the phase begins.
      ...['shift web 0.5', 'shift web 1'],
      ...['shift web 0.5', 'shift web 1', 'leave web: 1', 'release 1', 'reached peak'],
      ...wayBackOf(2),
    ]);
    expect([ground.alive(), ground.reason]).toEqual([0, 'the campaign is over']);
  });

  it('looks round by round for what a pool refuses, and tells what nobody has', async () => {
    const [ground, ids] = await world.ground([web('ramp', 5)], ['ramp']);
    ground.stock.set('cheap', 2).set('dear', 1).set('last', 0);
    ground.fallbacks = ['dear', 'last'];
    await world.run(ids);
    expect(ground.calls.slice(0, 8)).toEqual([
      'enter ramp',
      'buy 2 of 5 cheap for web',
      'fallback 1 to dear',
      'buy 1 of 3 dear for web',
      'fallback 2 to last',
      'buy 0 of 2 last for web',
      'fallback 3 to nowhere',
      'short of 2 last (insufficient-capacity)',
    ]);
    expect(ground.calls).toContain('join web: 3 ready');
    expect(ground.alive()).toBe(0);
  });

  it('buys elsewhere when an account cannot be used at all', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    ground.fallbacks = ['dear'];
    ground.on('launchBatch', ({ poolId }) => {
      if (poolId === 'cheap') throw ApplicationFailure.nonRetryable('no such key', 'permission-denied');
    });
    await world.run(ids);
    expect(ground.calls.slice(0, 4)).toEqual([
      'enter ramp',
      'fallback 1 to dear',
      'buy 2 of 2 dear for web',
      'join web: 2 ready',
    ]);
  });

  it('tells a phase that fails and goes on with the next one', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1), web('peak', 2)]);
    ground.on('joinRoute', ({ join }) => {
      if (join.startsWith('ramp')) throw ApplicationFailure.nonRetryable('no such route', 'not-found');
    });
    await world.run(ids);
    expect(ground.calls).toContain('problem in ramp: no such route');
    expect(ground.calls).toContain('join web: 2 ready');
    expect(ground.calls.at(-1)).toBe('closed');
    expect(ground.alive()).toBe(0);
  });

  it('does not cut one service short because another one fails', async () => {
    const shop = { service: 'shop', poolId: 'cheap', phase: 'ramp', machines: 1 } as const;
    const [ground, ids] = await world.ground([web('ramp', 1), shop], ['ramp']);
    ground.on('joinRoute', ({ service }) => {
      if (service === 'web') throw ApplicationFailure.nonRetryable('no such route', 'not-found');
    });
    await world.run(ids);
    expect(ground.calls).toEqual(expect.arrayContaining(['join shop: 1 ready', 'shift shop 1']));
    expect(ground.calls).toContain('problem in ramp: no such route');
  });

  it('rolls a bad step back and keeps the machines it cannot take the traffic from', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2), web('peak', 1)]);
    ground.unfit = ({ leaving, step }) => leaving.length > 0 && step === 1;
    await world.run(ids);
    expect(ground.calls).toContain('roll back web: too many errors');
    expect(ground.calls.filter((line) => line.startsWith('leave'))).toEqual([]);
    expect(ground.calls).toContain('reached peak');
    expect(ground.alive()).toBe(0);
  });
});

describe('beside the run', () => {
  it('does not start a second scale-back of the same run', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.control = 'abort';
    ground.on('lookAtWayBack', async ({ phase }, attempt) => {
      if (phase === 'weights' && attempt === 1) await world.run(ids);
    });
    const reason = 'stop switch: drill';
    await world.driver.execute('scaleBack', scaleBackWorkflowId(ids.runId), { ...ids, reason });
    expect(ground.calls.filter((line) => line === 'scale back')).toEqual(['scale back']);
    expect([ground.reason, ground.calls.at(-1)]).toEqual([reason, 'closed']);
  });
});
