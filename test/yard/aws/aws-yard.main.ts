import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startAwsYard, type AwsYardAccess } from './aws-yard.js';

/**
 * Runs the yard until SIGTERM. Prints one JSON line when it is ready: `{"ready":true, …AwsYardAccess}`;
 * progress goes to stderr. With `--state <folder>` the same JSON is kept in `<folder>/aws-yard.json`, beside the log.
 */
const { values } = parseArgs({
  options: {
    region: { type: 'string' },
    zones: { type: 'string' },
    port: { type: 'string' },
    'address-prefix': { type: 'string' },
    'boot-delay-ms': { type: 'string' },
    state: { type: 'string' },
  },
});

const yard = await startAwsYard({
  ...(values.region === undefined ? {} : { region: values.region }),
  ...(values.zones === undefined ? {} : { zones: values.zones.split(',') }),
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values['address-prefix'] === undefined ? {} : { addressPrefix: values['address-prefix'] }),
  ...(values['boot-delay-ms'] === undefined
    ? {}
    : { settings: { bootDelayMs: Number(values['boot-delay-ms']) } }),
  ...(values.state === undefined ? {} : { logFolder: values.state }),
  onProgress: (message) => process.stderr.write(`${message}\n`),
});

const { admin: _admin, stop, ...rest } = yard;
const access: AwsYardAccess = { ...rest, pids: [process.pid, ...rest.pids] };

if (values.state !== undefined) {
  await mkdir(values.state, { recursive: true });
  const file = join(values.state, 'aws-yard.json');
  await writeFile(`${file}.part`, JSON.stringify(access, null, 2));
  await rename(`${file}.part`, file);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void stop().then(() => process.exit(0));
  });
}

process.stdout.write(`${JSON.stringify({ ready: true, ...access })}\n`);
