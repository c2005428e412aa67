import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { CloudPlanInput } from '../../../providers/simulated/index.js';
import { cloudFileSchema, planOf } from './cloud-file.js';
import { startSimulatedYard } from './simulated-yard.js';

/**
 * `simulated-cloud.main.js [--host 127.0.0.1] [--port 0] (--clouds file.json | --cloud name=public-cloud …)`
 * prints one JSON line when it listens, and stops on SIGTERM or SIGINT.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      clouds: { type: 'string' },
      cloud: { type: 'string', multiple: true, default: [] },
    },
  });
  const clouds = { ...(await fromFile(values.clouds)), ...fromNames(values.cloud) };
  const yard = await startSimulatedYard({ host: values.host, port: Number(values.port), clouds });
  const endpoints = Object.fromEntries(Object.keys(clouds).map((name) => [name, yard.endpointOf(name)]));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void yard.close().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify({ ready: true, url: yard.url, endpoints })}\n`);
}

async function fromFile(path: string | undefined): Promise<Record<string, CloudPlanInput>> {
  if (path === undefined) return {};
  const file = cloudFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  return Object.fromEntries(Object.entries(file).map(([name, request]) => [name, planOf(request)]));
}

function fromNames(pairs: readonly string[]): Record<string, CloudPlanInput> {
  const entries = pairs.map((pair): [string, CloudPlanInput] => {
    const [name = '', like] = pair.split('=');
    if (name !== '' && (like === 'public-cloud' || like === 'private-cloud')) return [name, planOf({ like })];
    throw new Error(`--cloud wants name=public-cloud or name=private-cloud, not "${pair}"`);
  });
  return Object.fromEntries(entries);
}

await main();
