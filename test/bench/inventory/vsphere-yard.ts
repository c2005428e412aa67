import { collect } from '@springtide/provider-kit';
import { manifest } from '../../../providers/vsphere/index.js';
import { YARD_MACHINE_TYPES, vsphereAccount } from '../../yard/vsphere/vsphere-account.js';
import { VsphereAdmin } from '../../yard/vsphere/vsphere-admin.js';
import { startVsphereYard } from '../../yard/vsphere/vsphere-yard.js';
import { clientOf } from '../yards/yard-cloud.js';
import type { BenchAdapter } from './bench-cloud.js';

const CLUSTERS = 2;

/** Other people's machines, which the simulator makes by itself. */
export const vsphereAdapter: BenchAdapter = {
  machines: 5_000,
  rounds: 1,
  callMs: 0,
  open: async (machines) => {
    const machinesPerCluster = Math.ceil(machines / CLUSTERS) + 1;
    const yard = await startVsphereYard({
      clusters: CLUSTERS,
      hostsPerCluster: 8,
      machinesPerCluster,
      readyTimeoutMs: 600_000,
      hostMemoryMiB: 4 * 1024 * 1024,
      hostCores: 128,
      garbagePercent: 400,
    });
    // Disks of thousands of machines have filled the only datastore.
    await new VsphereAdmin(yard.adminUrl).leaveSpace('LocalDS_0', null);
    const hostPorts = [new URL(yard.url).host];
    const reached = { manifest, account: vsphereAccount(yard), hostPorts };
    const client = await clientOf(reached);
    const region = yard.datacenter;
    const { items } = await collect(client.images.listImages({ region }));
    return {
      client,
      region,
      reached,
      sample: {
        region,
        zone: yard.zones[0] ?? '',
        machineType: YARD_MACHINE_TYPES[0].name,
        image: items[0]?.id ?? '',
        purchaseOption: 'private',
        securityGroups: [],
      },
      close: async () => {
        await client.close();
        await yard.stop();
      },
    };
  },
};
