import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { runFirst } from '../tools/priority.js';
import { loadConfigSchema } from './load-config.js';
import { LoadGenerator } from './load-generator.js';

/**
 * `load-generator.main.js --config file.json` (or JSON on stdin): see load-config.ts. JSON lines on stdout: one
 * `{"type":"ready"}`, a `progress` every second, one `result`. SIGTERM and SIGINT end the run early with its result.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const text =
    values.config === undefined ? await readAll(process.stdin) : await readFile(values.config, 'utf8');
  const config = loadConfigSchema.parse(JSON.parse(text));
  runFirst();
  const generator = new LoadGenerator(config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => generator.stop());
  print({ type: 'ready', pid: process.pid });
  print(await generator.run(print));
}

function print(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

await main();
