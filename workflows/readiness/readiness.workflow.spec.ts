import { ApplicationFailure } from '@temporalio/common';
import { startWorkflowDriver, type WorkflowDriver } from '@springtide/testing';

const tenantId = '00000000-0000-4000-8000-000000000001';

describe('checking campaigns that wait', () => {
  let driver: WorkflowDriver;
  const checked: string[] = [];

  beforeAll(async () => {
    driver = await startWorkflowDriver('virtual', {
      waitingCampaigns: () =>
        Promise.resolve(['a', 'b', 'c'].map((campaignId) => ({ tenantId, campaignId }))),
      checkReadiness: ({ campaignId }: { campaignId: string }) => {
        checked.push(campaignId);
        if (campaignId !== 'b') return Promise.resolve();
        throw ApplicationFailure.create({ message: 'lost', type: 'unavailable', nonRetryable: true });
      },
    });
  }, 120_000);
  afterAll(() => driver.stop());

  it('goes on with the others when one is lost, and says in the end that one was', async () => {
    await expect(driver.execute('readiness', 'readiness-1', undefined)).rejects.toThrow(
      /Workflow execution failed/,
    );
    expect(checked.toSorted()).toEqual(['a', 'b', 'c']);
  });
});
