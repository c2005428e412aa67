import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFirst } from '../tools/priority.js';
import { startTrafficYard, type TrafficEngine } from './traffic-yard.js';

/**
 * `traffic-yard.main.js --route name:port … [--engine haproxy|traefik|auto] [--control-port n] [--folder dir]`
 * prints one JSON line when the proxy is ready and stops it on SIGTERM or SIGINT.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      route: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', default: 'auto' },
      'control-port': { type: 'string' },
      folder: { type: 'string' },
    },
  });
  // Its proxy inherits that.
  runFirst();
  const yard = await startTrafficYard({
    routes: values.route.map(parseRoute),
    engine: parseEngine(values.engine),
    ...(values['control-port'] === undefined ? {} : { controlPort: Number(values['control-port']) }),
    folder: values.folder ?? (await mkdtemp(join(tmpdir(), 'springtide-traffic-'))),
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  const { engine, product, providerId, settings, entrances } = yard;
  const ready = { ready: true, engine, product, providerId, settings, entrances, pids: yard.pids() };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void yard.stop().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function parseRoute(text: string): { name: string; port: number } {
  const [name = '', port = '0'] = text.split(':');
  if (name === '' || !/^\d+$/.test(port)) throw new Error(`--route wants name:port, not "${text}"`);
  return { name, port: Number(port) };
}

function parseEngine(text: string): TrafficEngine | 'auto' {
  if (text === 'haproxy' || text === 'traefik' || text === 'auto') return text;
  throw new Error(`--engine is haproxy, traefik or auto, not "${text}"`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
});
