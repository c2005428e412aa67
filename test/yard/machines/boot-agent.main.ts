import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { runFirst } from '../tools/priority.js';
import { bootAgentConfigSchema, type SourceConfig } from './boot-agent-config.js';
import { BootAgent } from './boot-agent.js';
import { nodesOfYard } from '../kubernetes/node-by-user-data.js';
import { openstackSource } from '../openstack/openstack-source.js';
import { yardSource, simulatedSource, type MachineSource } from './machine-source.js';
import { vsphereSource } from './vsphere-source.js';

/**
 * `boot-agent.main.js --config file.json` (or JSON on stdin): see boot-agent-config.ts. Prints one JSON line when it
 * watches, answers `GET /machines` on its state port, and ends on SIGTERM or SIGINT.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const text =
    values.config === undefined ? await readAll(process.stdin) : await readFile(values.config, 'utf8');
  const config = bootAgentConfigSchema.parse(JSON.parse(text));
  runFirst();
  const sources: MachineSource[] = [];
  for (const source of config.sources) sources.push(await openSource(source, config.pollMs));
  const agent = new BootAgent({
    ...config,
    capacities: Object.fromEntries(
      Object.entries(config.capacities).map(([type, { queueMs, ...capacity }]) => [
        type,
        queueMs === undefined ? capacity : { ...capacity, queueMs },
      ]),
    ),
    sources,
    roles: await Promise.all(config.clusters.map(async (cluster) => nodesOfYard(cluster))),
    log: (message) => process.stderr.write(`${message}\n`),
  });
  agent.start();
  const view = createServer((request, response) => {
    const known = request.url === '/machines';
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { machines: agent.machines(), troubles: agent.troubles() } : {}));
  });
  await new Promise<void>((resolve, reject) => {
    view.once('error', reject);
    view.listen(config.statePort, '127.0.0.1', resolve);
  });
  const { port } = view.address() as AddressInfo;
  const ready = { ready: true, pid: process.pid, stateUrl: `http://127.0.0.1:${port}/machines` };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void agent.stop().then(() => process.exit(0)));
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function openSource(source: SourceConfig, pollMs: number): MachineSource | Promise<MachineSource> {
  switch (source.kind) {
    case 'yard':
      return yardSource(source.name, source.adminUrl);
    case 'simulated':
      return simulatedSource(source.name, source.url);
    case 'openstack':
      return openstackSource(source.name, source);
    case 'vsphere':
      return vsphereSource(source.name, source, pollMs);
  }
}

await main();
