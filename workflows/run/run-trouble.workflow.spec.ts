import { jest } from '@jest/globals';
import { runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as wait } from 'node:timers/promises';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;
const lapsed: RunIds[] = [];

beforeAll(async () => {
  world = await startRunWorld('virtual', {
    reconcileScopes: async () => await Promise.resolve([{ tenantId: 't', accountId: 'a', region: 'r' }]),
    reconcilePass: async () => await Promise.resolve({ lapsedRunIds: lapsed.map(({ runId }) => runId) }),
  });
}, 120_000);
afterAll(async () => await world.stop());

const web = (phase: 'ramp' | 'peak', machines: number) =>
  ({ service: 'web', poolId: 'cheap', phase, machines }) as const;
/** As the engine's history writes that a child outlives whoever started it. */
const ABANDON = 2;
const closePoliciesOf = async (workflowId: string) => {
  const { events } = await world.driver.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(
    (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.parentClosePolicy ?? [],
  );
};
const fenced = () => ApplicationFailure.create({ message: 'a newer owner', type: 'fenced' });

describe('a run in trouble', () => {
  it('that cannot even be read is brought back, and says why', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.on('readRun', () => {
      throw ApplicationFailure.nonRetryable('its plan is not there', 'not-found');
    });
    await world.run(ids);
    expect([ground.reason, ground.calls.at(-1)]).toEqual(['the run failed: its plan is not there', 'closed']);
    // Should somebody terminate the run meanwhile, its way back goes on.
    expect(await closePoliciesOf(runWorkflowId(ids.runId))).toEqual([ABANDON]);
  });

  it('buys nowhere else when a newer owner has taken it over', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    ground.fallbacks = ['dear'];
    ground.on('launchBatch', () => {
      throw fenced();
    });
    await world.run(ids);
    expect(ground.calls.filter((line) => /^(fallback|buy)/.test(line))).toEqual([]);
    expect(ground.calls).toContain('problem in ramp: a newer owner');
  });

  it('sees what was bought before an interruption through while it buys, and replaces what of it does not come', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    const earlier = { service: 'web', poolId: 'cheap', intentId: 'an-earlier-purchase', machineId: 'm-0' };
    ground.machines.push({ ...earlier, state: 'running' });
    ground.booting = ['an-earlier-purchase'];
    // It is seen to be dead only when what was missing beside it runs.
    ground.on('awaitRunning', async ({ intentId }) => {
      if (intentId !== 'an-earlier-purchase') return;
      while (!ground.calls.includes('buy 1 of 1 cheap for web')) await wait(20);
      await wait(300);
      ground.dead = 1;
    });
    await world.run(ids);
    expect(ground.calls.slice(0, 4)).toEqual([
      'enter ramp',
      'buy 1 of 1 cheap for web',
      'see an-earlier-purchase run',
      'buy 1 of 1 cheap for web',
    ]);
    expect(ground.calls).toContain('join web: 2 ready');
  });

  it('buys what it needs although what came of an earlier purchase cannot be found out any more, and says so', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.booting = ['an-earlier-purchase'];
    ground.on('awaitRunning', ({ intentId }) => {
      if (intentId === 'an-earlier-purchase')
        throw ApplicationFailure.nonRetryable('the key was withdrawn', 'unauthenticated');
    });
    await world.run(ids);
    const problem =
      'problem in ramp: what came of purchase an-earlier-purchase is not known (the key was withdrawn)';
    expect(ground.calls).toEqual(
      expect.arrayContaining([problem, 'buy 1 of 1 cheap for web', 'reached ramp']),
    );
  });

  it('looks elsewhere for machines that were bought and never came up', async () => {
    const [ground, ids] = await world.ground([web('ramp', 3)], ['ramp']);
    ground.fallbacks = ['dear'];
    ground.dead = 2;
    await world.run(ids);
    expect(ground.calls.slice(1, 4)).toEqual([
      'buy 3 of 3 cheap for web',
      'fallback 1 to dear',
      'buy 2 of 2 dear for web',
    ]);
  });

  it('takes no further step after a bad one, and goes back to the shares before the first', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.unfit = ({ step }) => step === 0;
    const targets: unknown[] = [];
    ground.on('rollBackShift', ({ to }) => {
      targets.push(to);
    });
    await world.run(ids);
    expect(ground.calls).not.toContain('shift web 1');
    expect(new Set(targets.map((to) => JSON.stringify(to)))).toEqual(new Set(['{"home":100}']));
  });
});

describe('beside it', () => {
  it('the guard ends when a newer owner has its own', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    let ticks = 0;
    ground.on('guardTick', () => {
      ticks += 1;
      if (ticks > 20) throw new Error('it should have ended');
      throw fenced();
    });
    const input = { ...ids, fence: 1, everyMs: 60_000 };
    await world.driver.execute('guard', `guard/${ids.runId}`, input);
    expect(ticks).toBe(1);
  });

  it('the guard looks between its ticks while machines live that may be taken back, also after a look that failed', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.lookAgainMs = 25_000;
    const looks: [seconds: number, between: boolean][] = [];
    let began: number | undefined;
    ground.on('guardTick', async ({ between = false }) => {
      const now = Date.parse(await world.driver.now());
      began ??= now;
      looks.push([Math.round((now - began) / 1_000), between]);
      if (looks.length === 2) throw ApplicationFailure.nonRetryable('it does not answer', 'unauthenticated');
      if (looks.length === 5) ground.lookAgainMs = undefined;
      if (looks.length === 7) ground.reason = 'done';
    });
    await world.driver.execute('guard', `guard/${ids.runId}`, { ...ids, fence: 1, everyMs: 60_000 });
    expect(looks).toEqual([
      [0, false],
      [25, true],
      [50, true],
      [60, false],
      [85, true],
      [120, false],
      [180, false],
    ]);
  });

  it('a way back asks again whatever a cloud answers: nothing is final there', async () => {
    const [ground, ids] = await world.ground([web('ramp', 0)], ['ramp']);
    const codes = ['permission-denied', 'not-found', 'failed-precondition', 'unauthenticated', 'unsupported'];
    ground.on('lookAtWayBack', () => {
      const type = codes.shift();
      if (type !== undefined) throw ApplicationFailure.create({ message: 'no', type });
    });
    const input = { ...ids, reason: 'drill' };
    await world.driver.execute('scaleBack', scaleBackWorkflowId(ids.runId), input);
    expect([codes, ground.calls.at(-1)]).toEqual([[], 'closed']);
  });

  it('every run whose lease lapsed is brought back, not only the first', async () => {
    const grounds = [
      await world.ground([web('ramp', 0)], ['ramp']),
      await world.ground([web('ramp', 0)], ['ramp']),
    ];
    lapsed.splice(0, lapsed.length, ...grounds.map(([, ids]) => ids));
    await world.driver.execute('reconcile', 'reconcile-two', undefined);
    for (const [ground, { runId }] of grounds) {
      await world.driver.client.workflow.getHandle(scaleBackWorkflowId(runId)).result();
      expect(ground.calls.at(-1)).toBe('closed');
    }
    expect(await closePoliciesOf('reconcile-two')).toEqual([ABANDON, ABANDON]);
  });
});

// The last one: after it, time flies no more on this server, and whoever waits for minutes waits for them.
describe('a run that the engine forgot', () => {
  it('is driven by a new owner, so that whoever drove it before is fenced off', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    ground.control = 'abort';
    const owners = new Set<string>();
    ground.on('takeOwnership', ({ owner }) => {
      owners.add(owner);
    });
    await world.run(ids);
    await world.run(ids);
    expect(owners.size).toBe(2);
  });
});
