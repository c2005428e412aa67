import { jest } from '@jest/globals';
import { RUN_CHANGED } from '@springtide/contracts';
import type { FakeGround } from '@springtide/testing';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as wait } from 'node:timers/promises';
import { change, lastUntilReached, startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;

beforeAll(async () => {
  world = await startRunWorld('real');
}, 120_000);
afterAll(async () => await world.stop());

const tell = async (ids: RunIds) => await world.handle(ids).signal(RUN_CHANGED);

const web = (phase: 'ramp' | 'peak', machines: number, poolId = 'cheap') =>
  ({ service: 'web', poolId, phase, machines }) as const;

/** As the command does it: the row first, then the signal; what is at work is told to end. */
async function pause(ground: FakeGround, ids: RunIds): Promise<never> {
  ground.control = 'pause';
  ground.revision += 1;
  await tell(ids);
  return await untilCancelled();
}

/** @returns what had happened until then. */
async function resumeAfterAWhile(ground: FakeGround, ids: RunIds): Promise<readonly string[]> {
  while (ground.control !== 'pause') await wait(50);
  await wait(1_500);
  const seen = [...ground.calls];
  ground.control = 'run';
  ground.revision += 1;
  await tell(ids);
  return seen;
}

/** The phase lasts until a test ends it, however long a busy machine takes to reach it. */
function openEnded(ground: FakeGround): void {
  endPhases(ground, new Date(Date.now() + 86_400_000));
}

function endPhases(ground: FakeGround, at = new Date()): void {
  ground.phases = ground.phases.map((phase) => ({ ...phase, endsAt: at.toISOString() }));
}

function untilReached(ground: FakeGround, ids: RunIds): void {
  openEnded(ground);
  ground.on('notePhaseReached', async () => {
    endPhases(ground);
    ground.revision += 1;
    await tell(ids);
  });
}

/** Stays at work until the workflow wants it to end. */
async function untilCancelled(): Promise<never> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    await context.sleep(100);
  }
}

describe('commands', () => {
  it('pause stops buying and moving; resume goes on where it stood', async () => {
    const [ground, ids] = await world.ground([web('ramp', 4)], ['ramp']);
    untilReached(ground, ids);
    ground.batchSize = 2;
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1 && ground.revision === 1) await pause(ground, ids);
    });
    const [seen] = await Promise.all([resumeAfterAWhile(ground, ids), world.run(ids)]);
    expect(seen).toEqual(['enter ramp', 'buy 2 of 2 cheap for web']);
    const rest = ['enter ramp', 'buy 2 of 2 cheap for web', 'join web: 4 ready'];
    expect(ground.calls.slice(2, 5)).toEqual(rest);
    expect(ground.calls).toContain('reached ramp');
    expect(ground.alive()).toBe(0);
  });

  it('joins machines that were bought before an interruption', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    untilReached(ground, ids);
    ground.on('joinRoute', async () => {
      if (ground.revision === 1) await pause(ground, ids);
    });
    const [seen] = await Promise.all([resumeAfterAWhile(ground, ids), world.run(ids)]);
    expect(seen).toEqual(['enter ramp', 'buy 2 of 2 cheap for web']);
    expect(ground.calls.slice(2, 4)).toEqual(['enter ramp', 'join web: 2 ready']);
    expect(ground.calls.filter((line) => line.startsWith('buy'))).toHaveLength(1);
  });

  it('abort in the middle of buying stops it and brings back what had come', async () => {
    const [ground, ids] = await world.ground([web('ramp', 4)], ['ramp']);
    openEnded(ground);
    ground.batchSize = 2;
    ground.on('launchBatch', async ({ batch }) => {
      if (batch !== 1) return;
      ground.control = 'abort';
      await tell(ids);
      await untilCancelled();
    });
    await world.run(ids);
    expect(ground.calls.slice(0, 5)).toEqual([
      'enter ramp',
      'buy 2 of 2 cheap for web',
      'scale back',
      'home web',
      'release 2',
    ]);
    expect([ground.alive(), ground.reason]).toEqual([0, 'it was stopped']);
  });

  it('the end of the campaign ends a phase that an account keeps waiting', async () => {
    const [ground, ids] = await world.ground([web('ramp', 4)], ['ramp']);
    ground.batchSize = 2;
    ground.on('launchBatch', async ({ batch }) => {
      if (batch === 1 || ground.alive() > 0) await untilCancelled();
    });
    await world.run(ids);
    expect(ground.calls.filter((line) => /^(buy|reached)/.test(line))).toEqual(['buy 2 of 2 cheap for web']);
    expect([ground.alive(), ground.reason]).toEqual([0, 'the campaign is over']);
  });

  it('more capacity is bought at once, though a machine of an earlier purchase never comes up', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    untilReached(ground, ids);
    ground.on('awaitRunning', async ({ intentId }) => {
      if (ground.revision > 1 || intentId === 'first') return;
      ground.booting = ['first'];
      ground.targets = [web('ramp', 5)];
      ground.revision += 1;
      await tell(ids);
      await untilCancelled();
    });
    await world.run(ids);
    expect(ground.calls.filter((line) => /^(buy|see|reached)/.test(line))).toEqual(
      expect.arrayContaining(['buy 2 of 2 cheap for web', 'buy 3 of 3 cheap for web', 'see first run']),
    );
    expect(ground.calls).toContain('join web: 5 ready');
    expect(ground.calls.filter((line) => line.startsWith('problem'))).toEqual([]);
    expect(ground.alive()).toBe(0);
  });

  it('whoever hands over lets nobody go: those who take over may not be there yet', async () => {
    const shop = { service: 'shop', poolId: 'cheap' } as const;
    const [ground, ids] = await world.ground([
      { ...shop, phase: 'ramp', machines: 2 },
      { ...shop, phase: 'peak', machines: 1 },
      web('peak', 2),
    ]);
    lastUntilReached(world, ground, ids);
    ground.phases = ground.phases.map((phase) => ({ ...phase, prepareAt: phase.startsAt }));
    const turns = new Set<string | undefined>();
    ground.on('launchBatch', async ({ service, turn }) => {
      if (service === 'shop') return;
      turns.add(turn);
      if (turns.size > 1) return;
      await change(world, ground, ids, () => undefined);
      await untilCancelled();
    });
    await world.run(ids);
    const [bought, left] = ['buy 2 of 2 cheap for web', 'leave shop: 1'].map((line) =>
      ground.calls.indexOf(line),
    );
    expect(bought).toBeGreaterThan(0);
    expect(left).toBeGreaterThan(bought ?? Infinity);
    expect(ground.calls).toContain('reached peak');
    // Though they begin within seconds: what one asked for is not what the other one asks for.
    expect(turns.size).toBe(2);
  });

  it('a phase that waits for a dead machine makes room for the next one, and has its turn again after it', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2), web('peak', 3)]);
    lastUntilReached(world, ground, ids);
    // The peak is to be prepared as soon as the ramp has begun, for which nothing was prepared.
    const begin = ground.phases[0]?.startsAt ?? '';
    ground.phases = ground.phases.map((phase) => ({ ...phase, prepareAt: begin }));
    const turns: string[] = [];
    ground.on('readOrders', ({ phase, stage }) => {
      turns.push(`${phase} ${stage}`);
    });
    ground.on('awaitRunning', async () => {
      if (turns.every((turn) => turn.startsWith('ramp'))) await untilCancelled();
    });
    await world.run(ids);
    const prepared = turns.indexOf('peak grow');
    expect(turns.slice(0, prepared)).toEqual(['ramp full']);
    expect(turns.slice(prepared)).toEqual(expect.arrayContaining(['ramp full', 'peak full']));
    expect(ground.calls.indexOf('enter peak')).toBeLessThan(ground.calls.indexOf('reached ramp'));
    expect(ground.calls).toEqual(
      expect.arrayContaining(['buy 1 of 1 cheap for web', 'reached ramp', 'reached peak']),
    );
    expect(ground.alive()).toBe(0);
  });

  it('cancelled from outside, it still brings everything back', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    openEnded(ground);
    ground.on('notePhaseReached', async () => {
      await world.handle(ids).cancel();
    });
    await world.run(ids);
    expect(ground.calls).toContain('join web: 1 ready');
    expect([ground.alive(), ground.reason]).toEqual([0, 'the run was cancelled']);
  });
});

/** Truth changes, with its news, when the run has read it and does not know yet what it read. */
function stopAfterReading(ground: FakeGround, ids: RunIds, isIt: () => boolean): void {
  const call = ground.call.bind(ground);
  ground.call = async (name, input) => {
    const answer = await call(name, input);
    if (name === 'readRun' && ground.control === 'run' && isIt()) {
      ground.control = 'abort';
      await tell(ids);
    }
    return answer;
  };
}

describe('news that comes while the run reads truth is not lost', () => {
  it('when it is about to sleep', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    const later = new Date(Date.now() + 86_400_000).toISOString();
    ground.phases = ground.phases.map((phase) => ({
      ...phase,
      prepareAt: later,
      startsAt: later,
      endsAt: later,
    }));
    // The first time it reads only how often its guard is to look.
    let reads = 0;
    stopAfterReading(ground, ids, () => (reads += 1) === 2);
    await world.run(ids);
    expect([ground.reason, ground.calls.at(-1)]).toEqual(['it was stopped', 'closed']);
  });

  it('when a phase is under way', async () => {
    const [ground, ids] = await world.ground([web('ramp', 2)], ['ramp']);
    openEnded(ground);
    let told = false;
    ground.on('launchBatch', async () => {
      // Something else changed: the run looks, and then the stop comes.
      told = true;
      await tell(ids);
      await untilCancelled();
    });
    stopAfterReading(ground, ids, () => told);
    await world.run(ids);
    expect([ground.alive(), ground.reason]).toEqual([0, 'it was stopped']);
  });
});

describe('beside the run', () => {
  it('the guard ticks while it lives, outlives a failing tick, and ends with it', async () => {
    const [ground, ids] = await world.ground([web('ramp', 1)], ['ramp']);
    openEnded(ground);
    let ticks = 0;
    ground.on('guardTick', async () => {
      ticks += 1;
      if (ticks > 5) {
        endPhases(ground);
        ground.revision += 1;
        await tell(ids);
      }
      if (ticks === 3)
        throw ApplicationFailure.nonRetryable('the account is disabled', 'failed-precondition');
    });
    const handle = await world.start(ids);
    await handle.result();
    expect(ticks).toBeGreaterThan(5);
    const guard = `${handle.workflowId}/guard/${handle.firstExecutionRunId}`;
    const { status } = await world.driver.client.workflow.getHandle(guard).describe();
    expect(['COMPLETED', 'TERMINATED']).toContain(status.name);
  });
});
