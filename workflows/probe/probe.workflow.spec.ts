import { RUN_CHANGED, probeWorkflowId, type ProbeInput } from '@springtide/contracts';
import { startWorkflowDriver, type WorkflowDriver } from '@springtide/testing';
import { ApplicationFailure } from '@temporalio/common';

const tenantId = '00000000-0000-4000-8000-000000000001';
const HOUR = 3_600_000;

describe('a probe', () => {
  let driver: WorkflowDriver;
  /** What each probe is told by truth, in order; then its machine is gone. */
  const turns = new Map<string, (number | 'unavailable' | 'not-found')[]>();
  const looks: string[] = [];

  beforeAll(async () => {
    driver = await startWorkflowDriver('virtual', {
      lookAtProbe: ({ probeId }: ProbeInput) => {
        looks.push(probeId);
        const next = turns.get(probeId)?.shift() ?? null;
        if (typeof next === 'string') throw ApplicationFailure.create({ message: 'no', type: next });
        return Promise.resolve({ waitMs: next });
      },
    });
  }, 120_000);
  afterAll(() => driver.stop());

  const looksAt = (probeId: string) => looks.filter((id) => id === probeId).length;

  it('is looked at until its machine is gone, whatever an account says meanwhile', async () => {
    turns.set('a', [2_000, 'unavailable', 2_000, 'not-found', 1, 2_000]);
    await driver.execute('probe', probeWorkflowId('a'), { tenantId, probeId: 'a' });
    expect(looksAt('a')).toBe(7);
  });

  it('is looked at at once when its machine has reported', async () => {
    turns.set('b', [100 * HOUR]);
    const probe = await driver.start('probe', probeWorkflowId('b'), { tenantId, probeId: 'b' });
    await probe.signal(RUN_CHANGED);
    await probe.result();
    expect(looksAt('b')).toBe(2);
    const { startTime, closeTime } = await probe.describe();
    expect((closeTime?.getTime() ?? Infinity) - startTime.getTime()).toBeLessThan(HOUR);
  });
});
