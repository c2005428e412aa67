import type { SafeHolds } from '@springtide/campaigns';
import { runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { silentLogger } from '@springtide/platform';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { EngineKeeper } from './engine-keeper.js';

type Rebuilt = Awaited<ReturnType<SafeHolds['rebuild']>>;

/** An engine that knows these workflows and no other, over runs of which truth says this. */
function keeperOver(known: readonly string[], truth: Readonly<Record<string, Rebuilt>>) {
  const rebuilt: string[] = [];
  const workflow = {
    getHandle: (id: string) => ({
      describe: async () => {
        if (known.includes(id)) return await Promise.resolve({});
        throw new WorkflowNotFoundError('not there', id, undefined);
      },
    }),
  };
  const holds = {
    rebuild: async ({ runId }: { runId: string }) => {
      rebuilt.push(runId);
      return await Promise.resolve(truth[runId] ?? 'unknown');
    },
  };
  const keeper = new EngineKeeper({
    client: { workflow } as unknown as Client,
    holds: holds as unknown as SafeHolds,
    log: silentLogger,
    profile: 'standard',
  });
  return { keeper, rebuilt };
}

describe('a run whose lease lapsed', () => {
  it('is held for a person where only the engine has forgotten it, and goes back where it is truly dead', async () => {
    const known = [runWorkflowId('dead'), scaleBackWorkflowId('back')];
    const { keeper, rebuilt } = keeperOver(known, {
      forgotten: 'held',
      gone: 'unknown',
      'on its way': 'returning',
    });
    const lapsed = ['dead', 'back', 'forgotten', 'gone', 'on its way'];
    expect(await keeper.mayComeBack('t', lapsed)).toEqual(['dead', 'back', 'gone', 'on its way']);
    // What the engine knows is left to it.
    expect(rebuilt).toEqual(['forgotten', 'gone', 'on its way']);
  });
});
