import { Roles1760000000000 } from '@springtide/platform';
import { testDatabase, type TestDatabase } from '@springtide/testing';
import pg from 'pg';
import { effectsSchema } from '../index.js';
import { PostgresEffectStore } from '../data/postgres-effect-store.js';

const TABLES = 'effect_mandate, effect_intent, effect_item, effect_fence, effect_stop, effect_listing';

export type EffectsDatabase = TestDatabase & Readonly<{ emptyStore(): Promise<PostgresEffectStore> }>;

/** A real PostgreSQL with the ledger's tables and nothing else. */
export async function effectsDatabase(): Promise<EffectsDatabase> {
  const db = await testDatabase([{ entities: [], migrations: [Roles1760000000000] }, effectsSchema]);
  const owner = new pg.Client(db.ownerUrl);
  await owner.connect();
  return {
    ...db,
    emptyStore: async () => {
      await owner.query(`truncate ${TABLES}`);
      return new PostgresEffectStore(db.database);
    },
    drop: async () => {
      await owner.end();
      await db.drop();
    },
  };
}
