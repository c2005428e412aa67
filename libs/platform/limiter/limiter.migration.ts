import type { Migration, SchemaPart } from '../database/database.js';
import { sharedTable } from '../database/roles.migration.js';

type Runner = Parameters<Migration['up']>[0];

/** One row per key; unlogged, because after a crash a full bucket is the right start. */
class RateBuckets1760000100000 implements Migration {
  name = 'RateBuckets1760000100000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create unlogged table rate_bucket (
        key text primary key,
        tokens double precision not null,
        factor double precision not null check (factor > 0 and factor <= 1),
        updated_at timestamptz not null
      ) with (fillfactor = 50)`);
    await runner.query(sharedTable('rate_bucket'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table rate_bucket');
  }
}

/** Budgets are more than buckets now: who waits and what is under way belongs to them. What was in a bucket is forgotten. */
class RateBooks1760000410000 implements Migration {
  name = 'RateBooks1760000410000';

  async up(runner: Runner): Promise<void> {
    await runner.query('drop table rate_bucket');
    await runner.query(`
      create unlogged table rate_book (
        key text primary key,
        book jsonb not null
      ) with (fillfactor = 50)`);
    await runner.query(sharedTable('rate_book'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table rate_book');
    await new RateBuckets1760000100000().up(runner);
  }
}

export const limiterSchema: SchemaPart = {
  entities: [],
  migrations: [RateBuckets1760000100000, RateBooks1760000410000],
};
