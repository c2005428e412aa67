import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { examplePublicCloud, manifest, type CloudPlanInput } from '../../../providers/simulated/index.js';
import { startSimulatedProgram } from '../../yard/simulated/simulated-program.js';
import { clientOf } from '../yards/yard-cloud.js';
import { fill, type BenchAdapter } from './bench-cloud.js';

const CLOUD = 'bench';
const REGION = 'sim-east';
const ZONES = ['sim-east-a', 'sim-east-b'];
const TYPE = 'c2.large';

export const simulatedAdapter: BenchAdapter = {
  machines: 20_000,
  open: async (machines, folder) => {
    const file = join(folder, 'clouds.json');
    const plan = planFor(machines);
    await writeFile(file, JSON.stringify({ [CLOUD]: plan }));
    const program = await startSimulatedProgram({ cloudFile: file });
    const endpoint = program.endpoints[CLOUD] ?? '';
    const account = { settings: { endpoint }, secret: plan.credentials };
    const reached = { manifest, account, hostPorts: [new URL(endpoint).host] };
    const client = await clientOf(reached);
    const sample = await fill(
      client,
      machines,
      ZONES.map((zone) => {
        const place = { region: REGION, zone, subnet: zone.replace('sim-east', 'net') };
        return { ...place, machineType: TYPE, image: 'img-shop-1', securityGroups: [] };
      }),
    );
    return {
      client,
      region: REGION,
      sample,
      reached,
      close: async () => {
        await client.close();
        await program.process.stop();
      },
    };
  },
};

function planFor(machines: number): CloudPlanInput {
  const rates = { read: { burst: 1e6, perSecond: 1e6 }, mutate: { burst: 1e6, perSecond: 1e6 } };
  const plan = examplePublicCloud({ behaviour: { rates, bootMs: 500, addressRange: '127.64.0.0/10' } });
  const [type] = plan.machineTypes;
  if (type === undefined) return plan;
  const offers = type.offers.map((offer) => ({ ...offer, stockPerZone: machines, interruptionPerHour: 0 }));
  const { quotaGroup: _, ...free } = type;
  const regions = plan.regions.map((region) => ({
    ...region,
    networks: (region.networks ?? []).map((network) => ({ ...network, addresses: machines })),
  }));
  return { ...plan, regions, machineTypes: [{ ...free, offers }] };
}
