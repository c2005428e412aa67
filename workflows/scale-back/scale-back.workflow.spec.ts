import { jest } from '@jest/globals';
import { withHold, withoutHold, withoutWaiting } from '@springtide/campaigns/domain';
import { RUN_CHANGED, scaleBackWorkflowId, sentence } from '@springtide/contracts';
import type { FakeGround } from '@springtide/testing';
import { ApplicationFailure } from '@temporalio/common';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(60_000);

let world: RunWorld;
/** Scopes of the next reconcile pass, and what each of them says. */
const scopes: {
  tenantId: string;
  accountId: string;
  region: string;
  lapsed: readonly string[] | 'unreadable';
}[] = [];

beforeAll(async () => {
  world = await startRunWorld('virtual', {
    reconcileScopes: async () => await Promise.resolve(scopes),
    reconcilePass: async (scope: { accountId: string }) => {
      const lapsed = scopes.find((one) => one.accountId === scope.accountId)?.lapsed ?? [];
      if (lapsed === 'unreadable') throw ApplicationFailure.create({ type: 'unauthenticated' });
      return await Promise.resolve({ lapsedRunIds: lapsed });
    },
  });
}, 120_000);
afterAll(async () => await world.stop());

/** A ground on which `count` machines of a run stand that nobody drives. */
async function standing(count: number): Promise<[FakeGround, RunIds]> {
  const [ground, ids] = await world.ground([{ service: 'web', poolId: 'cheap', phase: 'ramp', machines: 0 }]);
  for (let index = 0; index < count; index += 1) {
    ground.machines.push({
      service: 'web',
      poolId: 'cheap',
      intentId: 'i',
      machineId: `m-${index}`,
      state: 'ready',
    });
  }
  return [ground, ids];
}

const scaleBack = async (ids: RunIds) =>
  await world.driver.execute('scaleBack', scaleBackWorkflowId(ids.runId), { ...ids, reason: 'drill' });

describe('scale-back', () => {
  it('goes phase by phase, and asks until the last machine is gone', async () => {
    const [ground, ids] = await standing(3);
    ground.slow = 4;
    await scaleBack(ids);
    expect(ground.calls).toEqual([
      'scale back',
      'home web',
      'release 3',
      ...Array(4).fill('read back: 3 there'),
      'read back: 0 there',
      'listing: 0 left',
      'listing: 0 left',
      'closed',
    ]);
    expect(ground.wayBack.progress.phases.map(({ state }) => state)).toEqual(Array(10).fill('done'));
  });

  it('closes only after two clean listings in a row; what one finds begins another round', async () => {
    const [ground, ids] = await standing(1);
    ground.leftovers = [0, 2, 0, 0];
    await scaleBack(ids);
    expect(ground.calls.filter((line) => /^(listing|release)/.test(line))).toEqual([
      'release 1',
      'listing: 0 left',
      'listing: 2 left',
      'release 0',
      'listing: 0 left',
      'listing: 0 left',
    ]);
    expect([ground.wayBack.progress.round, ground.calls.at(-1)]).toEqual([2, 'closed']);
  });

  it('goes on asking a cloud that refuses, round after round, and closes when it gives in', async () => {
    const [ground, ids] = await standing(2);
    ground.cloudTrouble = 'cloud does not answer';
    ground.on('lookAtWayBack', () => {
      if (ground.wayBack.progress.round === 3) ground.cloudTrouble = '';
    });
    await scaleBack(ids);
    expect(ground.calls.filter((line) => line === 'listing: 2 left')).toHaveLength(2);
    expect([ground.alive(), ground.calls.at(-1)]).toEqual([0, 'closed']);
  });

  it('brings machines back although an entrance takes no orders', async () => {
    const [ground, ids] = await standing(2);
    ground.homeTrouble = 'the proxy is gone';
    await scaleBack(ids);
    const weights = ground.wayBack.progress.phases.find((row) => row.name === 'weights');
    expect([weights?.state, weights?.waitsFor]).toEqual([
      'overdue',
      [sentence('quoted', { text: 'the proxy is gone' })],
    ]);
    expect([ground.alive(), ground.calls.at(-1)]).toEqual([0, 'closed']);
  });

  it('ends when somebody newer brings the run back', async () => {
    const [ground, ids] = await standing(1);
    ground.on('lookAtWayBack', () => {
      throw ApplicationFailure.create({ message: 'a newer owner', type: 'fenced' });
    });
    await expect(scaleBack(ids)).rejects.toThrow('Workflow execution failed');
    expect(ground.calls).not.toContain('closed');
  });
});

describe('hands on the way back', () => {
  const until = (minutes: number, now: string) => new Date(Date.parse(now) + minutes * 60_000).toISOString();

  it('hold a phase: its work is not begun, and it ends with its time at the latest', async () => {
    const [ground, ids] = await standing(2);
    const now = await world.driver.now();
    const hold = { by: 'Ada', reason: 'a dump is being taken', until: until(30, now) };
    ground.wayBack.progress = withHold(ground.wayBack.progress, 'terminate', hold);
    await scaleBack(ids);
    const terminate = ground.wayBack.progress.phases.find((row) => row.name === 'terminate');
    expect(terminate?.startedAt ?? '').toMatch(/^2/);
    expect(Date.parse(terminate?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(hold.until));
    expect(ground.calls.at(-1)).toBe('closed');
  });

  it('let it go on before: the signal is enough', async () => {
    const [ground, ids] = await standing(2);
    const now = await world.driver.now();
    const hold = { by: 'Ada', reason: '', until: until(600, now) };
    ground.wayBack.progress = withHold(ground.wayBack.progress, 'terminate', hold);
    let looks = 0;
    ground.on('lookAtWayBack', async ({ phase }) => {
      if (phase !== 'terminate') return;
      looks += 1;
      if (looks === 2) ground.wayBack.progress = withoutHold(ground.wayBack.progress, 'terminate');
      if (looks === 1)
        await world.driver.client.workflow.getHandle(scaleBackWorkflowId(ids.runId)).signal(RUN_CHANGED);
    });
    await scaleBack(ids);
    const row = ground.wayBack.progress.phases.find(({ name }) => name === 'terminate');
    expect(Date.parse(row?.startedAt ?? '')).toBeLessThan(Date.parse(hold.until));
    expect([looks, ground.calls.at(-1)]).toEqual([2, 'closed']);
  });

  it('end the waiting of a phase, but never the proof', async () => {
    const [ground, ids] = await standing(1);
    ground.homeTrouble = 'the proxy is gone';
    ground.on('lookAtWayBack', ({ phase }) => {
      if (phase === 'weights' && ground.wayBack.progress.phases[0]?.state === 'working') {
        ground.wayBack.progress = withoutWaiting(ground.wayBack.progress, 'weights');
      }
      if (phase === 'proof')
        expect(() => withoutWaiting(ground.wayBack.progress, 'proof')).toThrow(/cannot be skipped/);
    });
    await scaleBack(ids);
    expect(ground.wayBack.progress.phases[0]?.state).toBe('skipped');
    expect(ground.calls.at(-1)).toBe('closed');
  });
});

describe('the reconciler', () => {
  it('scales back the runs whose leases lapsed, whatever other accounts are like', async () => {
    const [ground, ids] = await standing(2);
    const scope = (accountId: string, lapsed: (typeof scopes)[number]['lapsed']) => {
      return { tenantId: ids.tenantId, accountId, region: 'r', lapsed };
    };
    scopes.splice(
      0,
      scopes.length,
      ...['a', 'b', 'c', 'd'].map((id) => scope(id, 'unreadable')),
      scope('e', [ids.runId]),
    );
    await world.driver.execute('reconcile', 'reconcile', undefined);
    await world.driver.client.workflow.getHandle(scaleBackWorkflowId(ids.runId)).result();
    expect([ground.alive(), ground.reason]).toEqual([0, expect.stringMatching(/lease lapsed/)]);
  });

  it('leaves alone a run that is on its way back already', async () => {
    const [ground, ids] = await standing(1);
    scopes.splice(0, scopes.length, {
      tenantId: ids.tenantId,
      accountId: 'a',
      region: 'r',
      lapsed: [ids.runId],
    });
    ground.on('lookAtWayBack', async ({ phase }, attempt) => {
      if (phase === 'weights' && attempt === 1)
        await world.driver.execute('reconcile', `reconcile-${ids.runId}`, undefined);
    });
    await scaleBack(ids);
    expect(ground.calls.filter((line) => line === 'scale back')).toHaveLength(1);
    expect(ground.calls.at(-1)).toBe('closed');
  });
});
