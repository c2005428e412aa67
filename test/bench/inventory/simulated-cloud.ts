import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpringtideError } from '@springtide/kernel';
import { examplePublicCloud, manifest, type CloudPlanInput } from '../../../providers/simulated/index.js';
import { startSimulatedProgram } from '../../yard/simulated/simulated-program.js';
import { clientOf } from '../yards/yard-cloud.js';
import { fill, type BenchAdapter } from './bench-cloud.js';

const CLOUD = 'bench';
const REGION = 'sim-east';
const ZONES = ['sim-east-a', 'sim-east-b'];
const TYPE = 'c2.large';

/** @param callMs what a call takes beside the work itself; 0: it answers at once. */
export function simulatedAdapter(callMs: number): BenchAdapter {
  return {
    machines: 20_000,
    open: async (machines, folder) => {
      const file = join(folder, 'clouds.json');
      const plan = planFor(machines);
      await writeFile(file, JSON.stringify({ [CLOUD]: plan }));
      const program = await startSimulatedProgram({ cloudFile: file });
      const endpoint = program.endpoints[CLOUD] ?? '';
      const account = { settings: { endpoint }, secret: plan.credentials };
      const client = await clientOf({ manifest, account, hostPorts: [new URL(endpoint).host] });
      const sample = await fill(
        client,
        machines,
        ZONES.map((zone) => {
          const place = { region: REGION, zone, subnet: zone.replace('sim-east', 'net') };
          return { ...place, machineType: TYPE, image: 'img-shop-1', securityGroups: [] };
        }),
      );
      await setCallMs(endpoint, callMs);
      return {
        client,
        region: REGION,
        sample,
        close: async () => {
          await client.close();
          await program.process.stop();
        },
      };
    },
  };
}

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

/** Every answer comes so much later, as over a real distance. */
async function setCallMs(endpoint: string, callMs: number): Promise<void> {
  if (callMs === 0) return;
  const answer = await fetch(`${endpoint}/admin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      action: 'inject',
      operation: 'ListMachines',
      effect: 'delay',
      times: 1_000_000,
      delayMs: callMs,
    }),
  });
  if (!answer.ok) throw new SpringtideError('internal', `the cloud took no delay: ${await answer.text()}`);
}
