import { parseArgs } from 'node:util';
import { SpringtideError } from '@springtide/kernel';
import { printLine } from './bench-line.js';
import { runLoad } from './load/provision-load.js';
import { runSoak } from './load/soak.js';

const MIB = 1024 * 1024;

/**
 * Many campaigns at once; with `--minutes`, campaigns one after the other for so long under random faults instead, and
 * the slope of the memory of the product's processes. Fails when cloud or books say that something went wrong.
 */
export async function loadBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      campaigns: { type: 'string', default: '100' },
      machines: { type: 'string', default: '10000' },
      batch: { type: 'string', default: '50' },
      minutes: { type: 'string' },
    },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  if (typeof values.minutes === 'string') {
    await soakBench(Number(values.minutes));
    return;
  }
  const [campaigns, machines, batch] = [values.campaigns, values.machines, values.batch].map(Number);
  if (campaigns === undefined || machines === undefined || batch === undefined) return;
  const result = await runLoad({ campaigns, machines, batch });
  requireClean(result.wrong);
  printLine('load.machines-in-flight', result.inFlight, 'machines', machines);
  printLine('load.machines-per-second.bought', machines / result.boughtSeconds, 'machines/s', 1);
  printLine('load.machines-per-second.back', machines / result.backSeconds, 'machines/s', 1);
  printLine('load.resident', result.residentBytes / MIB, 'MiB', machines);
}

async function soakBench(minutes: number): Promise<void> {
  const { campaigns, faults, wrong, slopes } = await runSoak(minutes * 60_000);
  requireClean(wrong);
  printLine('soak.campaigns', campaigns, 'campaigns', 1);
  printLine('soak.faults', faults, 'faults', campaigns);
  for (const [name, { startBytes, bytesPerHour }] of slopes)
    printLine(`soak.growth-per-hour.${name}`, bytesPerHour / MIB, 'MiB/h', startBytes / MIB);
}

/** A figure of something that went wrong would be a lie. */
function requireClean(wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  throw new SpringtideError('internal', `${wrong.length} things went wrong: ${wrong.slice(0, 5).join('; ')}`);
}
