import { jest } from '@jest/globals';
import { effectsDatabase, type EffectsDatabase } from './testing/effects-database.js';
import { describeLedger } from './testing/ledger-contract.js';

// Real transactions on a machine that may be busy.
jest.setTimeout(60_000);

let db: EffectsDatabase;
beforeAll(async () => {
  db = await effectsDatabase();
}, 120_000);
afterAll(async () => db.drop());

describeLedger('PostgreSQL', async () => await db.emptyStore(), 4);
