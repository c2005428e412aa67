import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CRASH_CLOUDS, crashAt, crashPoints, type CrashCell } from './crash-windows.js';

const { values: options } = parseArgs({
  options: {
    /** One of the clouds; left out: all of them. */
    cloud: { type: 'string' },
    /** How often the same point is passed before it teaches nothing new. */
    passes: { type: 'string', default: '3' },
    out: { type: 'string', default: join(import.meta.dirname, '..', '..', 'var', 'crash-windows.json') },
  },
});

/** Every point of every step, once; and w6, a second death while it looks, at the points of calls. */
async function main(): Promise<readonly CrashCell[]> {
  const cells: CrashCell[] = [];
  await mkdir(dirname(options.out), { recursive: true });
  for (const [cloud, scenario] of Object.entries(CRASH_CLOUDS)) {
    if (options.cloud !== undefined && options.cloud !== cloud) continue;
    const points = await crashPoints(scenario, Number(options.passes));
    process.stdout.write(`${cloud}: ${points.length} points\n`);
    for (const point of points) {
      cells.push(await crashAt(cloud, scenario, point, false));
      const isCall = /^(arrive|answer)/.test(point.label);
      if (isCall && point.nth === 1) cells.push(await crashAt(cloud, scenario, point, true));
      await writeFile(options.out, `${JSON.stringify(cells, null, 1)}\n`);
    }
  }
  return cells;
}

function print(cells: readonly CrashCell[]): void {
  for (const [step, own] of Map.groupBy(cells, (cell) => cell.step)) {
    const windows = [...Map.groupBy(own, (cell) => cell.window)].toSorted(([a], [b]) => a.localeCompare(b));
    const told = windows.map(
      ([window, all]) => `${window} ${all.filter((one) => one.holds).length}/${all.length}`,
    );
    process.stdout.write(`${step.padEnd(32)} ${told.join('  ')}\n`);
  }
  const broken = cells.filter((cell) => !cell.holds);
  for (const { cloud, doing, label, nth, window, broken: what } of broken) {
    process.stdout.write(`FAILS ${window} ${doing} "${label}" ${nth} (${cloud}): ${what.join('; ')}\n`);
  }
  process.stdout.write(`${cells.length} crashes, ${broken.length} fail\n`);
}

const cells = await main();
print(cells);
process.exit(cells.every((cell) => cell.holds) ? 0 : 1);
