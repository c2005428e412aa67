import { billCheckWorkflowId, type BillCheckInput } from '@springtide/contracts';
import { startWorkflowDriver, type WorkflowDriver } from '@springtide/testing';
import { ApplicationFailure } from '@temporalio/common';

const tenantId = '00000000-0000-4000-8000-000000000001';
const DAY = 24 * 3_600_000;

describe('the bill check of a run', () => {
  let driver: WorkflowDriver;
  /** What truth says at each look. */
  const turns = new Map<string, (number | 'unavailable' | 'not-found')[]>();
  const looks: string[] = [];

  beforeAll(async () => {
    driver = await startWorkflowDriver('virtual', {
      lookAtBills: ({ runId }: BillCheckInput) => {
        looks.push(runId);
        const next = turns.get(runId)?.shift() ?? null;
        if (typeof next === 'string') throw ApplicationFailure.create({ message: 'no', type: next });
        return Promise.resolve({ waitMs: next });
      },
    });
  }, 120_000);
  afterAll(() => driver.stop());

  const check = async (runId: string) => {
    const handle = await driver.start('billCheck', billCheckWorkflowId(runId), { tenantId, runId });
    const { startTime } = await handle.describe();
    return { handle, startTime };
  };

  it('rests until bills are due, looks, and looks again as long as truth says so', async () => {
    turns.set('a', [2 * DAY, DAY, DAY]);
    const { handle, startTime } = await check('a');
    await handle.result();
    expect(looks.filter((id) => id === 'a')).toHaveLength(4);
    const { closeTime } = await handle.describe();
    const took = (closeTime?.getTime() ?? 0) - startTime.getTime();
    expect(took).toBeGreaterThanOrEqual(4 * DAY);
    expect(took).toBeLessThan(4.1 * DAY);
  });

  it('is not ended by a database that is away, and is by a run that is no more', async () => {
    turns.set('b', ['unavailable', 'unavailable', DAY, 'not-found']);
    const { handle } = await check('b');
    await expect(handle.result()).rejects.toThrow(/Workflow execution failed/);
    expect(looks.filter((id) => id === 'b')).toHaveLength(4);
  });
});
