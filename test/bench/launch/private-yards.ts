import { setTimeout as wait } from 'node:timers/promises';
import { collectComplete, type CloudClient } from '@springtide/provider-kit';
import { manifest as openstack } from '../../../providers/openstack/index.js';
import { manifest as vsphere } from '../../../providers/vsphere/index.js';
import { openstackAccount } from '../../yard/openstack/openstack-account.js';
import { openstackYardAvailable, startOpenstackYard } from '../../yard/openstack/openstack-yard.js';
import { choosePorts } from '../../yard/openstack/yard-places.js';
import { YARD_MACHINE_TYPES, vsphereAccount } from '../../yard/vsphere/vsphere-account.js';
import { VsphereAdmin } from '../../yard/vsphere/vsphere-admin.js';
import { startVsphereYard, vsphereYardAvailable } from '../../yard/vsphere/vsphere-yard.js';
import { clientOf } from '../yards/yard-cloud.js';
import type { LaunchYard } from './launch-yard.js';

const CLONE_MS = 1_000;

/** @returns the reason where this computer cannot have it. */
export async function vsphereYard(): Promise<LaunchYard | string> {
  const available = await vsphereYardAvailable();
  if (!available.available) return available.reason;
  const yard = await startVsphereYard({
    hostsPerCluster: 8,
    hostMemoryMiB: 4 * 1024 * 1024,
    hostCores: 128,
    cloneDelayMs: CLONE_MS,
  });
  const admin = new VsphereAdmin(yard.adminUrl);
  const region = yard.datacenter;
  const cloud = {
    manifest: vsphere,
    account: vsphereAccount(yard),
    hostPorts: [new URL(yard.url).host],
    access: yard,
    region,
    stop: yard.stop,
  };
  const client = await clientOf(cloud);
  const [image] = await collectComplete(client.images.listImages({ region }), 'images');
  await client.close();
  const samples = yard.zones.map((zone) => ({
    ...{ region, zone, image: image?.id ?? '', securityGroups: [], purchaseOption: 'private' as const },
    machineType: YARD_MACHINE_TYPES[0].name,
  }));
  return {
    cloud: { ...cloud, samples },
    machines: 200,
    batch: 20,
    // As many clones at once as the manifest allows: one call's.
    lanes: 1,
    callPerMachine: true,
    rates: withCloneTime(CLONE_MS),
    begin: async (ready) => ready(),
    // What was launched stays: the hosts have room for all of it.
    reset: async () => admin.reset(),
    launchCalls: async () => {
      const sent = (await admin.calls())['CloneVM_Task'];
      return sent === undefined ? undefined : { sent, refused: 0 };
    },
  };
}

/** What a clone takes here, not what it takes on real disks. */
function withCloneTime(typicalMs: number): LaunchYard['rates'] {
  const { budgets = {}, ...rates } = vsphere.rates;
  const { clones } = budgets;
  if (clones === undefined || !('atOnce' in clones)) throw new Error('vSphere has no budget of clones');
  return { ...rates, budgets: { ...budgets, clones: { ...clones, typicalMs } } };
}

/** @returns the reason where this computer cannot have it. */
export async function openstackYard(): Promise<LaunchYard | string> {
  const available = await openstackYardAvailable();
  if (!available.available) return available.reason;
  const ports = await choosePorts({});
  const yard = await startOpenstackYard({ ports });
  const { region, image, network: subnet } = yard;
  const cloud = {
    access: yard,
    manifest: openstack,
    account: openstackAccount(yard),
    hostPorts: Object.values(ports).map((port) => `127.0.0.1:${port}`),
    region,
    samples: yard.zones.map((zone) => ({
      ...{ region, zone, machineType: 's1', image, subnet, securityGroups: [] },
      purchaseOption: 'private' as const,
    })),
  };
  const client = await clientOf(cloud);
  return {
    cloud: {
      ...cloud,
      stop: async () => {
        await client.close();
        await yard.stop();
      },
    },
    machines: 40,
    batch: 4,
    lanes: 10,
    rates: openstack.rates,
    begin: async (ready) => ready(),
    reset: async () => endAll(client, region),
    launchCalls: async () => Promise.resolve(undefined),
  };
}

/** The project's quota has room for one run. */
async function endAll(client: CloudClient, region: string): Promise<void> {
  for (;;) {
    const machines = await collectComplete(client.compute.list({ region }), 'machines');
    if (machines.length === 0) return;
    await client.compute.terminate(
      machines.map(({ id }) => id),
      { region },
    );
    await wait(1_000);
  }
}
