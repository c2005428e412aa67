import type { BillOrders, KnownRun, SafeHolds } from '@springtide/campaigns';
import { billCheckWorkflowId, runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { HOUR, MINUTE } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { EngineKeeper } from './engine-keeper.js';

type Rebuilt = Awaited<ReturnType<SafeHolds['rebuild']>>;

/** An engine that knows these workflows and no other, over runs of which truth says this. */
function keeperOver(
  known: readonly string[],
  truth: Readonly<Record<string, Rebuilt>>,
  closed: readonly KnownRun[] = [],
) {
  const rebuilt: string[] = [];
  const ordered: string[] = [];
  const time = { ms: Date.UTC(2026, 10, 11) };
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
  const bills: Pick<BillOrders, 'handedOver' | 'order'> = {
    handedOver: async (since) => {
      expect(new Date(since).getTime()).toBe(time.ms - 45 * 24 * HOUR);
      return await Promise.resolve(closed);
    },
    order: async ({ runId }) => {
      ordered.push(runId);
      await Promise.resolve();
    },
  };
  const keeper = new EngineKeeper({
    client: { workflow } as unknown as Client,
    holds: holds as unknown as SafeHolds,
    bills: bills as BillOrders,
    clock: { now: () => new Date(time.ms), sleep: async () => await Promise.resolve() },
    log: silentLogger,
    profile: 'standard',
  });
  return { keeper, rebuilt, ordered, time };
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

describe('the bill check of a closed run', () => {
  it('is ordered again where the engine has forgotten it, and the engine is not asked all the time', async () => {
    const closed = ['kept', 'lost'].map((runId) => ({ tenantId: 't', runId }));
    const { keeper, ordered, time } = keeperOver([billCheckWorkflowId('kept')], {}, closed);
    await keeper.lookAtBills();
    expect(ordered).toEqual(['lost']);
    time.ms += HOUR - MINUTE;
    await keeper.lookAtBills();
    expect(ordered).toEqual(['lost']);
    time.ms += MINUTE;
    await keeper.lookAtBills();
    expect(ordered).toEqual(['lost', 'lost']);
  });
});
