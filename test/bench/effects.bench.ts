import { parseArgs } from 'node:util';
import { MemoryEffectStore, type EffectStore } from '@springtide/effects';
import { printLine as print } from './bench-line.js';
import { countOf, ledgerOver, newRun, requireExactly } from './effects/ledger-run.js';
import { historyOfProvision } from './effects/provision-history.js';
import { BATCH, PLACE, rateOfBareCalls, rateOfLedger, withCloud, withPostgres } from './effects/rates.js';

/**
 * Machines per second through the ledger against a loop over the bare provider client, in the same run: in a cloud that
 * takes a realistic time for a call, and in one that answers at once, where only our own work is seen. Then the provision
 * workflow on a real Temporal server, its activities over ledger, PostgreSQL and simulated cloud.
 */
export async function effectsBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      machines: { type: 'string', default: '2000' },
      'call-ms': { type: 'string', default: '150' },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  const machines = Number(values.machines);
  const callMs = Number(values['call-ms']);
  await withPostgres(async (postgres, dir) => {
    await benchStores(machines, callMs, postgres);
    await benchWorkflow(machines, callMs, postgres(), dir);
  });
}

async function benchStores(machines: number, callMs: number, postgres: () => EffectStore): Promise<void> {
  // Connections are made and code is compiled before anything counts.
  for (const store of [postgres(), new MemoryEffectStore()]) await rateOfLedger(20 * BATCH, 0, store);
  await rateOfBareCalls(20 * BATCH, 0);
  const bare = await rateOfBareCalls(machines, callMs);
  print('effects.machines-per-second', await rateOfLedger(machines, callMs, postgres()), 'machines/s', bare);
  const memory = await rateOfLedger(machines, callMs, new MemoryEffectStore());
  print('effects.machines-per-second.memory', memory, 'machines/s', bare);
  const instant = await rateOfBareCalls(machines, 0);
  const own = await rateOfLedger(machines, 0, postgres());
  print('effects.machines-per-second.instant-cloud', own, 'machines/s', instant);
  const ownMemory = await rateOfLedger(machines, 0, new MemoryEffectStore());
  print('effects.machines-per-second.instant-cloud.memory', ownMemory, 'machines/s', instant);
}

async function benchWorkflow(
  machines: number,
  callMs: number,
  store: EffectStore,
  dir: string,
): Promise<void> {
  const bare = await rateOfBareCalls(machines, callMs);
  await withCloud(machines, callMs, async (client) => {
    const ledger = ledgerOver(store, client);
    const request = await newRun(ledger, PLACE);
    const { seconds, events } = await historyOfProvision({ ledger, request, machines, batch: BATCH, dir });
    requireExactly(machines, await countOf(ledger, request.runId));
    print('effects.machines-per-second.workflow', machines / seconds, 'machines/s', bare);
    print('effects.events-per-machine', events / machines, 'events', 1);
  });
}
