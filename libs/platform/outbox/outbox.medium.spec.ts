import { testDatabase, type TestDatabase } from '@springtide/testing';
import { overdueMessages, postToOutbox, relayOutbox, type OutboxMessage } from './outbox.js';

const TENANT = '00000000-0000-4000-8000-0000000000aa';

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase();
}, 120_000);
afterAll(async () => await test.drop());
beforeEach(async () => {
  await rows('delete from outbox');
});

const rows = async (sql: string) =>
  await test.database.systemWork('test', async (tx) => await tx.query<{ label: string }[]>(sql));
const start = (workflowId: string): OutboxMessage => ({
  ...{ kind: 'start', workflow: 'run', workflowId, input: {} },
});
const signal = (workflowId: string): OutboxMessage => ({ kind: 'signal', workflowId, signal: 'changed' });
const post = async (...messages: readonly OutboxMessage[]) =>
  await test.database.systemWork('test', async (tx) => {
    for (const message of messages) await postToOutbox(tx, TENANT, message);
  });

/** An engine that cannot take some messages, for as long as the test wants. */
function engine(refuses: (message: OutboxMessage) => boolean) {
  const got: string[] = [];
  const pass = async (limit?: number) =>
    await relayOutbox(
      test.database,
      async (message) => {
        if (refuses(message)) throw new Error(`${message.workflowId} cannot be taken`);
        await Promise.resolve(got.push(`${message.kind} ${message.workflowId}`));
      },
      limit,
    );
  return { got, pass };
}

describe('the outbox', () => {
  it('delivers in order, each message once', async () => {
    await post(start('a'), signal('a'), start('b'));
    const { got, pass } = engine(() => false);
    expect([await pass(2), await pass(2), await pass(2)]).toEqual([2, 1, 0]);
    expect(got).toEqual(['start a', 'signal a', 'start b']);
  });

  it('lets a message that cannot be delivered hold back what comes after it for the same workflow, and nothing else', async () => {
    let poisoned = true;
    await post(start('a'), start('bad'), signal('bad'), signal('a'), start('b'));
    const { got, pass } = engine(({ workflowId }) => poisoned && workflowId === 'bad');
    expect(await pass()).toBe(3);
    expect(got).toEqual(['start a', 'signal a', 'start b']);
    await expect(pass()).rejects.toThrow('bad cannot be taken');
    await post(start('c'));
    expect(await pass(1)).toBe(1);
    poisoned = false;
    while ((await pass()) > 0);
    expect(got.slice(3)).toEqual(['start c', 'start bad', 'signal bad']);
  });

  it('does not stop at what is no message at all', async () => {
    await rows(`insert into outbox (tenant_id, message) values ('${TENANT}', '{"kind":"dance"}')`);
    await post(start('a'));
    const { got, pass } = engine(() => false);
    expect([await pass(), got]).toEqual([1, ['start a']]);
  });

  it('gives up for now when nobody is there, having asked twice and not fifty times', async () => {
    await post(...Array.from({ length: 50 }, (_, at) => start(`w-${at}`)));
    let asked = 0;
    const { pass } = engine(() => {
      asked += 1;
      return true;
    });
    await expect(pass()).rejects.toThrow('w-0 cannot be taken');
    expect(asked).toBe(2);
  });

  it('names what was tried for too long, and not what is merely new or never was tried', async () => {
    await post(start('bad'), start('a'));
    const { pass } = engine(({ workflowId }) => workflowId === 'bad');
    await pass();
    await post(start('waiting'));
    expect(await overdueMessages(test.database, 60_000)).toEqual([]);
    await rows(`update outbox set created_at = created_at - interval '2 minutes'`);
    expect(await overdueMessages(test.database, 60_000)).toMatchObject([
      { workflowId: 'bad', tenantId: TENANT, attempts: 1 },
    ]);
  });
});
