import { jest } from '@jest/globals';
import { isReturning, refusalOf, withHold, withoutHold } from '@springtide/campaigns/domain';
import { RUN_CHANGED, runWorkflowId, scaleBackWorkflowId, type RunCommand } from '@springtide/contracts';
import type { FakeGround, GroundCall } from '@springtide/testing';
import { setTimeout as wait } from 'node:timers/promises';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(300_000);

let world: RunWorld;

beforeAll(async () => {
  world = await startRunWorld('real');
}, 120_000);
afterAll(async () => await world.stop());

const web = (phase: 'ramp' | 'peak', machines: number) =>
  ({ service: 'web', poolId: 'cheap', phase, machines }) as const;

/** Where a run can be when somebody lays hands on it: the call that is about to have its effect. */
const STEPS = [
  'takeOwnership',
  'readOrders',
  'launchBatch',
  'joinRoute',
  'shiftStep',
  'notePhaseReached',
  'lookAtWayBack',
  'closeRun',
] as const satisfies readonly GroundCall[];

const HANDS = ['pause', 'abort', 'grow', 'shrink', 'extend', 'hold', 'safe-hold', 'stop-switch'] as const;
type Hand = (typeof HANDS)[number];

/** The commands that a person would be answered about; the others come from elsewhere. */
const COMMAND: Readonly<Partial<Record<Hand, RunCommand['command']>>> = {
  pause: 'pause',
  abort: 'abort',
  grow: 'grow',
  shrink: 'shrink',
  extend: 'extend',
  hold: 'hold',
};

async function tell(ids: RunIds): Promise<void> {
  for (const id of [runWorkflowId(ids.runId), scaleBackWorkflowId(ids.runId)]) {
    await world.driver.client.workflow
      .getHandle(id)
      .signal(RUN_CHANGED)
      // As the relay does: a workflow that is not there, or over, needs no news.
      .catch(() => undefined);
  }
}

function stateOf(ground: FakeGround) {
  const closedAt = ground.calls.includes('closed') ? 'now' : null;
  const state = ground.reason === '' ? 'holding' : 'scaling-back';
  return { state, control: ground.control, closedAt };
}

/** Changes truth as the command would, or not at all where the run's true state forbids it; then the news. */
async function lay(hand: Hand, ground: FakeGround, ids: RunIds): Promise<void> {
  const command = COMMAND[hand];
  if (command !== undefined && refusalOf(command, stateOf(ground)) !== undefined) return;
  const back = isReturning(stateOf(ground));
  switch (hand) {
    case 'pause':
      ground.control = 'pause';
      later(async () => {
        if (ground.control === 'pause') ground.control = 'run';
        await changed(ground, ids);
      });
      break;
    case 'abort':
      if (!back) ground.control = 'abort';
      break;
    case 'grow':
    case 'shrink':
      ground.targets = ground.targets.map((row) => ({ ...row, machines: hand === 'grow' ? 5 : 1 }));
      break;
    case 'extend':
      ground.phases = ground.phases.map((phase) => ({
        ...phase,
        endsAt: new Date(Date.parse(phase.endsAt) + 60_000).toISOString(),
      }));
      break;
    case 'hold': {
      const until = new Date(Date.now() + 60_000).toISOString();
      ground.wayBack.progress = withHold(ground.wayBack.progress, 'proof', { by: 'Ada', reason: '', until });
      later(async () => {
        const free = () => {
          ground.wayBack.progress = withoutHold(ground.wayBack.progress, null);
        };
        while (ground.wayBack.current() !== 'proof') await wait(100);
        await wait(300);
        expect(ground.calls).not.toContain('closed');
        free();
        await tell(ids);
      });
      break;
    }
    case 'safe-hold':
      if (back) return;
      ground.control = 'hold';
      ground.heldUntil = new Date(Date.now() + 60_000).toISOString();
      later(async () => {
        ground.control = 'run';
        await changed(ground, ids);
      });
      break;
    case 'stop-switch':
      ground.control = 'abort';
      await world.driver
        .start('scaleBack', scaleBackWorkflowId(ids.runId), { ...ids, reason: 'stop switch' })
        // It is under way already.
        .catch(() => undefined);
  }
  await changed(ground, ids);
}

const pending: Promise<void>[] = [];

function later(work: () => Promise<void>): void {
  pending.push(wait(600).then(work));
}

async function changed(ground: FakeGround, ids: RunIds): Promise<void> {
  ground.revision += 1;
  await tell(ids);
}

const ENDING: readonly Hand[] = ['abort', 'stop-switch'];
const WANTED: Readonly<Partial<Record<Hand, number>>> = { grow: 5, shrink: 1 };

/** The phase was reached with what is wanted after the hand was laid. */
function isThrough(ground: FakeGround, hand: Hand, from: number): boolean {
  const reached = ground.calls.slice(from).includes('reached ramp') && ground.control === 'run';
  return reached && ground.ready() === (WANTED[hand] ?? 3);
}

/** One run on which a hand is laid at a step, to its end; the campaign ends once the hand had its effect. */
async function storyOf(step: (typeof STEPS)[number], hand: Hand) {
  const [ground, ids] = await world.ground([web('ramp', 3)], ['ramp']);
  ground.batchSize = 2;
  const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  ground.phases = [{ name: 'ramp', prepareAt: hour(-1), startsAt: hour(-1), endsAt: hour(1) }];
  let laid = false;
  let [from, boughtBefore] = [0, 0];
  ground.on(step, async () => {
    if (laid) return;
    laid = true;
    [from, boughtBefore] = [ground.calls.length, ground.machines.length];
    await lay(hand, ground, ids);
  });
  const handle = await world.start(ids);
  const onTheWayBack = step === 'lookAtWayBack' || step === 'closeRun';
  const through = () =>
    onTheWayBack ? ground.calls.includes('reached ramp') : laid && isThrough(ground, hand, from);
  if (onTheWayBack || !ENDING.includes(hand)) {
    for (let waited = 0; !through(); waited += 50) {
      if (waited > 120_000) throw new Error(`${hand} at ${step} has no effect: ${ground.calls.join(', ')}`);
      await wait(50);
    }
    ground.phases = ground.phases.map((phase) => ({ ...phase, endsAt: hour(-0.5) }));
    await changed(ground, ids);
  }
  await handle.result();
  // With the stop switch the run may end before its way back does.
  await world.driver.client.workflow.getHandle(scaleBackWorkflowId(ids.runId)).result();
  return { ground, laid, boughtBefore };
}

describe.each(STEPS)('hands laid on a run at %s', (step) => {
  it('end in the state that its truth says, with nothing left and nothing bought that was not wanted', async () => {
    const stories = await Promise.all(HANDS.map(async (hand) => [hand, await storyOf(step, hand)] as const));
    await Promise.all(pending);
    for (const [hand, { ground, laid, boughtBefore }] of stories) {
      const times = (line: string) => ground.calls.filter((one) => one === line).length;
      expect([hand, laid, ground.alive(), ground.calls.at(-1)]).toEqual([hand, true, 0, 'closed']);
      expect([hand, times('scale back'), times('closed')]).toEqual([hand, 1, 1]);
      // Batches that were on their way when the stop came may still arrive; nothing is bought for them after it.
      if (ENDING.includes(hand)) expect(ground.machines.length - boughtBefore).toBeLessThanOrEqual(3);
    }
  });
});
