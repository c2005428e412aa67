import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { everyPlan, oneForAll, oneOfEach } from './crash-matrix.js';
import { crashProfiles } from './crash-profiles.js';
import { STEP_NAMES, WINDOWS, crashAt, type CrashCell } from './crash-windows.js';

const { values: options } = parseArgs({
  options: {
    /** One of the clouds; left out: all of them. */
    cloud: { type: 'string' },
    /** One death for each step and window of a cloud instead of every point. */
    matrix: { type: 'boolean', default: false },
    /** One death for each step and window, on one cloud after the other. */
    sample: { type: 'boolean', default: false },
    /** How often the same point is passed before it teaches nothing new. */
    passes: { type: 'string', default: '3' },
    out: { type: 'string', default: join(import.meta.dirname, '..', '..', 'var', 'crash-windows.json') },
  },
});

async function main(): Promise<readonly CrashCell[]> {
  const cells: CrashCell[] = [];
  await mkdir(dirname(options.out), { recursive: true });
  const wanted = (await crashProfiles()).filter(({ name }) => (options.cloud ?? name) === name);
  const every: Awaited<ReturnType<typeof everyPlan>>[] = [];
  // One story at a time: the clouds of all of them have the same names.
  for (const profile of wanted) every.push(await everyPlan(profile, Number(options.passes)));
  const matrices = every.map((all, turn) => oneOfEach(all, turn));
  const told = options.sample ? oneForAll(matrices) : (options.matrix ? matrices : every).flat();
  for (const [profile, plans] of Map.groupBy(told, (one) => one.profile.name)) {
    const own: CrashCell[] = [];
    for (const { profile: world, plan } of plans) own.push(await crashAt(world, plan));
    cells.push(...own);
    process.stdout.write(`${profile}: ${countsOf(own)}\n`);
    await writeFile(options.out, `${JSON.stringify(cells, null, 1)}\n`);
  }
  return cells;
}

function countsOf(cells: readonly CrashCell[]): string {
  const of = (outcome: CrashCell['outcome']) => cells.filter((cell) => cell.outcome === outcome).length;
  return `${cells.length} stories, ${of('holds')} hold, ${of('not reached')} not reached, ${of('broken')} broken`;
}

/** Steps by windows; a dash where the step has no such moment, as a step without a call has no answer. */
function print(cells: readonly CrashCell[]): void {
  const others = [...new Set(cells.map(({ step }) => step))].filter((step) => !STEP_NAMES.includes(step));
  for (const step of [...STEP_NAMES, ...others]) {
    const told = WINDOWS.map((window) => {
      const own = cells.filter((cell) => cell.step === step && cell.window === window);
      const holds = own.filter(({ outcome }) => outcome === 'holds').length;
      return `${window} ${own.length === 0 ? '–' : `${holds}/${own.length}`}`.padEnd(12);
    });
    process.stdout.write(`${step.padEnd(32)} ${told.join('').trimEnd()}\n`);
  }
  for (const { cloud, step, window, faults, outcome, broken } of cells) {
    if (outcome === 'holds') continue;
    process.stdout.write(
      `${outcome.toUpperCase()} ${window} ${step} (${cloud}): ${broken.join('; ')} ${JSON.stringify(faults)}\n`,
    );
  }
  process.stdout.write(`all clouds: ${countsOf(cells)}\n`);
}

const cells = await main();
print(cells);
process.exit(cells.some(({ outcome }) => outcome === 'broken') ? 1 : 0);
