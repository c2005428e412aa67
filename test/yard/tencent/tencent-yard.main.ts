import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changedSettings } from './cloud/settings.js';
import { startTencentYard } from './tencent-yard.js';

/**
 * `tencent-yard.main.js [--port N] [--host 127.0.0.1] [--address-prefix 127.60] [--settings file.json] [--seed file.json]
 * [--state folder]` runs until SIGTERM. Prints one JSON line when it is ready: `{"ready":true, …TencentYardAccess}`;
 * with `--state` the same JSON is kept in `<folder>/tencent-yard.json`.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    'address-prefix': { type: 'string' },
    settings: { type: 'string' },
    seed: { type: 'string' },
    state: { type: 'string' },
  },
});

const settings =
  values.settings === undefined
    ? undefined
    : changedSettings(JSON.parse(await readFile(values.settings, 'utf8')));

const {
  admin: _admin,
  stop,
  ...rest
} = await startTencentYard({
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values.host === undefined ? {} : { host: values.host }),
  ...(values['address-prefix'] === undefined ? {} : { addressPrefix: values['address-prefix'] }),
  ...(values.seed === undefined ? {} : { seedFile: values.seed }),
  ...(settings === undefined ? {} : { settings }),
});
const access = { ...rest, pid: process.pid };

if (values.state !== undefined) {
  await mkdir(values.state, { recursive: true });
  const file = join(values.state, 'tencent-yard.json');
  await writeFile(`${file}.part`, JSON.stringify(access, null, 2));
  await rename(`${file}.part`, file);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)));
}

process.stdout.write(`${JSON.stringify({ ready: true, ...access })}\n`);
