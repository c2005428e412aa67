import { EffectLedger, PostgresEffectStore, effectsSchema } from '@springtide/effects';
import {
  Database,
  Roles1760000000000,
  createEndpointGate,
  newId,
  silentLogger,
  systemClock,
} from '@springtide/platform';
import { connectAccount } from '@springtide/provider-kit';
import { manifest } from '../../providers/simulated/index.js';
import { ACCOUNT, INSTALLATION, POLICY, type LedgerOrder } from './ledger-order.js';
import { LEDGER_WORK } from './ledger-work.js';

/**
 * A process that does one thing through the ledger, as an activity of a worker would: again and again, until its outcome
 * is known. `ledger-process.main.ts <order as JSON>`; prints `begun`, and at its end `done: <answer as JSON>`.
 */
async function main(order: LedgerOrder): Promise<void> {
  const parts = [{ entities: [], migrations: [Roles1760000000000] }, effectsSchema];
  const database = await Database.connect({ app: order.database, system: order.database }, parts);
  const gate = createEndpointGate({ openHostPorts: [new URL(order.endpoint).host], privateRanges: [] });
  const client = await connectAccount(manifest, { endpoint: order.endpoint }, order.credentials, {
    account: ACCOUNT,
    clock: systemClock,
    gate,
    log: silentLogger,
  });
  const ledger = new EffectLedger({
    store: new PostgresEffectStore(database),
    clouds: { open: async () => await Promise.resolve(client) },
    clock: systemClock,
    newId,
    installation: INSTALLATION,
    policy: POLICY,
    log: silentLogger,
  });
  process.stdout.write('begun\n');
  const answer = await LEDGER_WORK[order.work](ledger, order);
  process.stdout.write(`done: ${JSON.stringify(answer)}\n`);
  await client.close();
  await database.close();
}

await main(JSON.parse(process.argv[2] ?? '') as LedgerOrder);
process.exit(0);
