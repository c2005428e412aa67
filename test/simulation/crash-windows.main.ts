import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CRASH_CLOUDS, crashAt, crashPoints, type CrashCell } from './crash-windows.js';

/** Every point of every step, once; and w6, a second death while it looks, at the points of calls. */
const cells: CrashCell[] = [];
for (const [cloud, scenario] of Object.entries(CRASH_CLOUDS)) {
  for (const point of await crashPoints(scenario)) {
    cells.push(await crashAt(cloud, scenario, point, false));
    const isCall = /^(arrive|answer)/.test(point.label);
    if (isCall && point.nth === 1) cells.push(await crashAt(cloud, scenario, point, true));
  }
}
const folder = join(import.meta.dirname, '..', '..', 'var');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'crash-windows.json'), `${JSON.stringify(cells, null, 1)}\n`);
for (const [step, own] of Map.groupBy(cells, (cell) => cell.step)) {
  const windows = [...Map.groupBy(own, (cell) => cell.window)].toSorted(([a], [b]) => a.localeCompare(b));
  const told = windows.map(
    ([window, all]) => `${window} ${all.filter((one) => one.holds).length}/${all.length}`,
  );
  process.stdout.write(`${step.padEnd(32)} ${told.join('  ')}\n`);
}
const broken = cells.filter((cell) => !cell.holds);
for (const { cloud, doing, label, nth, window, broken: what } of broken)
  process.stdout.write(`FAILS ${window} ${doing} "${label}" ${nth} (${cloud}): ${what.join('; ')}\n`);
process.stdout.write(`${cells.length} crashes, ${broken.length} fail\n`);
process.exit(broken.length > 0 ? 1 : 0);
