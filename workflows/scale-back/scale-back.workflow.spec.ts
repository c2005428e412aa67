import { jest } from '@jest/globals';
import { scaleBackWorkflowId } from '@springtide/contracts';
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
  it('asks until the last machine and the last satellite are gone', async () => {
    const [ground, ids] = await standing(3);
    ground.slow = 4;
    await scaleBack(ids);
    expect(ground.calls).toEqual([
      'scale back',
      'home web',
      'release 3',
      ...Array(4).fill('release 0'),
      'listing 1: 0 left',
      'release 0',
      'listing 2: 0 left',
      'closed',
    ]);
  });

  it('closes only after two clean listings in a row', async () => {
    const [ground, ids] = await standing(1);
    ground.leftovers = [0, 2, 0, 0];
    await scaleBack(ids);
    const listings = ground.calls.filter((line) => line.startsWith('listing'));
    expect(listings).toEqual([
      'listing 1: 0 left',
      'listing 2: 2 left',
      'listing 3: 0 left',
      'listing 4: 0 left',
    ]);
    expect(ground.calls.at(-1)).toBe('closed');
  });

  it('goes on asking a cloud that refuses, whatever it says', async () => {
    const [ground, ids] = await standing(2);
    ground.on('releaseMachines', (_input, attempt) => {
      if (attempt < 6) throw ApplicationFailure.create({ message: 'locked', type: 'permission-denied' });
    });
    await scaleBack(ids);
    expect([ground.alive(), ground.calls.at(-1)]).toEqual([0, 'closed']);
  });

  it('brings machines back although an entrance takes no orders, and tells it', async () => {
    const [ground, ids] = await standing(2);
    ground.on('sendTrafficHome', () => {
      throw ApplicationFailure.create({ message: 'the proxy is gone', type: 'unavailable' });
    });
    await scaleBack(ids);
    expect(ground.calls[1]).toMatch(
      /^stuck: the entrance of web did not take its traffic home .*the proxy is gone/,
    );
    expect([ground.alive(), ground.calls.at(-1)]).toEqual([0, 'closed']);
  });

  it('ends when somebody newer brings the run back', async () => {
    const [ground, ids] = await standing(1);
    ground.on('releaseMachines', () => {
      throw ApplicationFailure.create({ message: 'a newer owner', type: 'fenced' });
    });
    await expect(scaleBack(ids)).rejects.toThrow('Workflow execution failed');
    expect(ground.calls).not.toContain('closed');
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
    ground.on('sendTrafficHome', async (_input, attempt) => {
      if (attempt === 1) await world.driver.execute('reconcile', `reconcile-${ids.runId}`, undefined);
    });
    await scaleBack(ids);
    expect(ground.calls.filter((line) => line === 'scale back')).toHaveLength(1);
    expect(ground.calls.at(-1)).toBe('closed');
  });
});
