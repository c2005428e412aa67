import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { openstackYardAvailable, startOpenstackYard } from './openstack-yard.js';

/** Runs the yard in the foreground: one JSON line when it is ready, then until a signal. */
const { values } = parseArgs({
  options: {
    computes: { type: 'string' },
    hypervisor: { type: 'string' },
    'identity-port': { type: 'string' },
    'token-seconds': { type: 'string' },
    /** `name:vcpus:MiB`, beside those that are there. */
    flavor: { type: 'string' },
    'vcpu-quota': { type: 'string' },
  },
});
const onProgress = (message: string): void => {
  process.stderr.write(`${message}\n`);
};
const state = await openstackYardAvailable();
if (!state.available) {
  process.stderr.write(`${state.reason}\n`);
  process.exit(3);
}
const yard = await startOpenstackYard({
  ...(values.computes === undefined ? {} : { computes: Number(values.computes) }),
  ...(values.hypervisor === undefined ? {} : { hypervisor: values.hypervisor }),
  ...(values['identity-port'] === undefined ? {} : { ports: { keystone: Number(values['identity-port']) } }),
  ...(values['token-seconds'] === undefined ? {} : { tokenSeconds: Number(values['token-seconds']) }),
  onProgress,
});
if (values.flavor !== undefined) {
  const [name = '', vcpus, memoryMiB] = values.flavor.split(':');
  await yard.admin.createFlavor(name, Number(vcpus), Number(memoryMiB));
}
if (values['vcpu-quota'] !== undefined) await yard.admin.leaveQuota(Number(values['vcpu-quota']));
const { stop, admin: _admin, front: _front, ...facts } = yard;
const toldToEnd = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
process.stdout.write(`${JSON.stringify(facts)}\n`);
await toldToEnd;
await stop();
