import { manifest } from '../../../providers/openstack/index.js';
import { openstackAccount } from '../../yard/openstack/openstack-account.js';
import { openstackYardAvailable, startOpenstackYard } from '../../yard/openstack/openstack-yard.js';
import { choosePorts } from '../../yard/openstack/yard-places.js';
import { clientOf } from '../yards/yard-cloud.js';
import { fill, type BenchAdapter } from './bench-cloud.js';

/** Nova's own limit is 60 (`configuration.ts`); six of them are bought while changes are waited for. */
export const openstackAdapter: BenchAdapter = {
  machines: 54,
  open: async (machines) => {
    const available = await openstackYardAvailable();
    if (!available.available) return available.reason;
    const ports = await choosePorts({});
    const yard = await startOpenstackYard({ ports });
    const { region, image, network: subnet } = yard;
    const client = await clientOf({
      // Few at a time: one process of nova serves all of them, and a busy computer makes it slow.
      manifest: { ...manifest, limits: { ...manifest.limits, launchBatch: 4 } },
      account: openstackAccount(yard),
      hostPorts: Object.values(ports).map((port) => `127.0.0.1:${port}`),
    });
    const samples = yard.zones.map((zone) => ({
      ...{ region, zone, machineType: 's1', image, subnet, securityGroups: [] },
      purchaseOption: 'private' as const,
    }));
    const sample = await fill(client, machines, samples);
    return {
      client,
      region,
      sample,
      close: async () => {
        await client.close();
        await yard.stop();
      },
    };
  },
};
