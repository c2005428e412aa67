import { ApplicationFailure } from '@temporalio/common';
import { startWorkflowDriver, type WorkflowDriver } from '@springtide/testing';

const tenantId = '00000000-0000-4000-8000-000000000001';
const accounts = ['a', 'b', 'c', 'd', 'e', 'f'].map((accountId) => ({ tenantId, accountId }));

describe('reading accounts into the inventory', () => {
  let driver: WorkflowDriver;
  let calls: string[];
  let under: number;
  let most: number;

  beforeAll(async () => {
    driver = await startWorkflowDriver('virtual', {
      inventoryAccounts: () => Promise.resolve(accounts),
      syncAccount: async ({ accountId }: { accountId: string }) => {
        under += 1;
        most = Math.max(most, under);
        await new Promise((resolve) => setTimeout(resolve, 30));
        under -= 1;
        calls.push(accountId);
        if (accountId === 'b') throw ApplicationFailure.create({ message: 'lost', type: 'unavailable' });
      },
      watchAccount: ({ accountId, forMs }: { accountId: string; forMs: number }) => {
        calls.push(`${accountId} ${forMs}`);
        if (accountId !== 'c') return Promise.resolve();
        throw ApplicationFailure.create({ message: 'lost', type: 'unavailable', nonRetryable: true });
      },
    });
  }, 120_000);
  beforeEach(() => {
    calls = [];
    under = 0;
    most = 0;
  });
  afterAll(() => driver.stop());

  it('goes on with the others when one is lost, and asks for few at once', async () => {
    await driver.execute('sync', 'sync-1', undefined);
    expect(calls.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('watches all of them for as long as it was told, and one that is lost ends no other', async () => {
    await driver.execute('watch', 'watch-1', { forMs: 5_000 });
    expect(calls.toSorted()).toEqual(accounts.map(({ accountId }) => `${accountId} 5000`));
  });
});
