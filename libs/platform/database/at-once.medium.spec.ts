import { SpringtideError } from '@springtide/kernel';
import { seedTenant, testDatabase, type TestDatabase } from '@springtide/testing';

let test: TestDatabase;

beforeAll(async () => {
  test = await testDatabase();
}, 120_000);
afterAll(async () => await test.drop());

describe('work that joins several units into one transaction', () => {
  it('comes to its end after all of them, also when one fails first', async () => {
    const { database } = test;
    const { admin } = await seedTenant(database);
    let ended = false;
    const bad = async () => {
      await database.unitOfWork(admin, async () => {
        await Promise.reject(new SpringtideError('conflict', 'somebody was first'));
      });
    };
    const slow = async () => {
      await database.unitOfWork(admin, async (tx) => {
        for (let at = 0; at < 3; at += 1) await tx.query('select pg_sleep(0.05)');
      });
      ended = true;
    };
    const all = database.atOnce(admin, async () => {
      await Promise.all([bad(), slow()]);
    });
    await expect(all).rejects.toMatchObject({ code: 'conflict' });
    // Otherwise its statements would meet the rollback on the same connection.
    expect(ended).toBe(true);
  });
});
