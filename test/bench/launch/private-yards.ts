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

/** @returns the reason where this computer cannot have it. */
export async function vsphereYard(): Promise<LaunchYard | string> {
  const available = await vsphereYardAvailable();
  if (!available.available) return available.reason;
  const yard = await startVsphereYard({
    hostsPerCluster: 8,
    hostMemoryMiB: 4 * 1024 * 1024,
    hostCores: 128,
  });
  const admin = new VsphereAdmin(yard.adminUrl);
  const region = yard.datacenter;
  const cloud = {
    manifest: vsphere,
    account: vsphereAccount(yard),
    hostPorts: [new URL(yard.url).host],
    access: yard,
    region,
  };
  const client = await clientOf(cloud);
  const [image] = await collectComplete(client.images.listImages({ region }), 'images');
  const samples = yard.zones.map((zone) => ({
    ...{ region, zone, image: image?.id ?? '', securityGroups: [], purchaseOption: 'private' as const },
    machineType: YARD_MACHINE_TYPES[0].name,
  }));
  return {
    cloud: { ...cloud, samples, stop: stopping(client, yard) },
    machines: 200,
    batch: 20,
    // As many clones at once as the manifest allows: one call's.
    lanes: 1,
    callPerMachine: true,
    rates: withoutCloneTime(),
    begin: async (ready) => ready(),
    reset: async () => endAll(client, region),
    launchCalls: async () => ({ sent: (await admin.calls())['CloneVM_Task'] ?? 0, refused: 0 }),
  };
}

/** What clones take here is no limit of an API; the bare loop measures it. */
function withoutCloneTime(): LaunchYard['rates'] {
  const { budgets = {}, ...rates } = vsphere.rates;
  const { clones } = budgets;
  if (clones === undefined || !('atOnce' in clones)) throw new Error('vSphere has no budget of clones');
  return { ...rates, budgets: { ...budgets, clones: { ...clones, typicalMs: 0 } } };
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
    cloud: { ...cloud, stop: stopping(client, yard) },
    machines: 40,
    batch: 4,
    lanes: 10,
    rates: openstack.rates,
    begin: async (ready) => ready(),
    reset: async () => endAll(client, region),
    launchCalls: async () => Promise.resolve(undefined),
  };
}

function stopping(client: CloudClient, yard: Readonly<{ stop(): Promise<void> }>): () => Promise<void> {
  return async () => {
    await client.close();
    await yard.stop();
  };
}

/** Each run begins with the same machines around it, and with all of the quota. */
async function endAll(client: CloudClient, region: string): Promise<void> {
  for (;;) {
    const machines = await collectComplete(client.compute.list({ region, ownedBy: 'bench' }), 'machines');
    if (machines.length === 0) return;
    await client.compute.terminate(
      machines.map(({ id }) => id),
      { region },
    );
    await wait(1_000);
  }
}
