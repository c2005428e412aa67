import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startVsphereYard, vsphereYardAvailable } from './vsphere-yard.js';

/** Runs the yard in the foreground: one JSON line when it is ready, then until a signal. */
const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'admin-port': { type: 'string' },
    clusters: { type: 'string' },
    hosts: { type: 'string' },
    'host-memory-mib': { type: 'string' },
    'host-cores': { type: 'string' },
    'boot-delay-ms': { type: 'string' },
    'guest-range': { type: 'string' },
  },
});

const onProgress = (message: string): void => {
  process.stderr.write(`${message}\n`);
};
const state = await vsphereYardAvailable(onProgress);
if (!state.available) {
  process.stderr.write(`${state.reason}\n`);
  process.exit(3);
}
const numbers = {
  port: values.port,
  adminPort: values['admin-port'],
  clusters: values.clusters,
  hostsPerCluster: values.hosts,
  hostMemoryMiB: values['host-memory-mib'],
  hostCores: values['host-cores'],
  bootDelayMs: values['boot-delay-ms'],
};
const given = Object.entries(numbers).filter(([, value]) => value !== undefined);
const yard = await startVsphereYard({
  ...Object.fromEntries(given.map(([name, value]) => [name, Number(value)])),
  ...(values['guest-range'] === undefined ? {} : { guestRange: values['guest-range'] }),
  onProgress,
});
const { stop, ...facts } = yard;
const toldToEnd = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
process.stdout.write(`${JSON.stringify(facts)}\n`);
await toldToEnd;
await stop();
