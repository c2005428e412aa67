import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAlibabaYard, type AlibabaYardAccess } from './alibaba-yard.js';
import { readSettings } from './settings.js';

/**
 * Runs the yard until SIGTERM. Prints one JSON line when it is ready: `{"ready":true, "pid":…, …AlibabaYardAccess}`.
 * With `--state <folder>` the same JSON is kept in `<folder>/alibaba-yard.json`.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'first-octet': { type: 'string' },
    settings: { type: 'string' },
    state: { type: 'string' },
  },
});

const yard = await startAlibabaYard({
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values['first-octet'] === undefined ? {} : { firstOctet: Number(values['first-octet']) }),
  ...(values.settings === undefined ? {} : { settings: readSettings(JSON.parse(values.settings)) }),
});

const { admin: _admin, stop, ...rest } = yard;
const access: AlibabaYardAccess = rest;

if (values.state !== undefined) {
  await mkdir(values.state, { recursive: true });
  const file = join(values.state, 'alibaba-yard.json');
  await writeFile(`${file}.part`, JSON.stringify(access, null, 2));
  await rename(`${file}.part`, file);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)));
}

process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, ...access })}\n`);
