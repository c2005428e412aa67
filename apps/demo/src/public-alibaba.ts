import { join } from 'node:path';
import { AlibabaYardAdmin } from '../../../test/yard/alibaba/alibaba-yard-admin.js';
import type { AlibabaYardAccess } from '../../../test/yard/alibaba/alibaba-yard.js';
import { askAlibabaOracle } from '../../../test/yard/alibaba/oracle.js';
import { Census } from './census.js';
import { PUBLIC_GONE, type PublicCloud } from './public-cloud.port.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

const REGION = 'cn-hangzhou';
const MACHINE_TYPES = [
  { name: 'ecs.c7.large', truly: 58 },
  { name: 'ecs.c7.xlarge', truly: 116 },
] as const;

/** A young account is given few vCPU, so that the rest of the peak has to be found elsewhere. */
const VCPU_LIMIT = 8;

export async function startAlibabaCloud(supervisor: Supervisor, folder: string): Promise<PublicCloud> {
  const settings = { pendingMs: 800, startingMs: 1_700, releaseMs: 500, vcpuLimit: VCPU_LIMIT };
  const yard = await keepYardProgram<AlibabaYardAccess>(
    supervisor,
    {
      name: 'alibaba',
      place: 'test/yard/alibaba',
      entry: 'alibaba-yard.main',
      args: ['--state', join(folder, 'alibaba'), '--settings', JSON.stringify(settings)],
      logFolder: folder,
    },
    { irreplaceable: PUBLIC_GONE },
  );
  screen.say(`Alibaba Cloud answers at ${yard.endpoint} (ECS protocol, simulated).`);
  const region = yard.regions.find(({ regionId }) => regionId === REGION);
  if (region === undefined) throw new Error(`the yard’s Alibaba Cloud has no region ${REGION}`);
  const census = new Census(`${yard.endpoint}/_yard/machines`);
  return {
    name: 'alibaba',
    title: 'Alibaba Cloud',
    engine: 'Alibaba Cloud: the yard’s simulator, over ECS’s own protocol and signature',
    endpoints: [yard.endpoint],
    account: {
      provider: 'alibaba',
      settings: {
        regions: [REGION],
        endpoint: yard.endpoint,
        machineTypes: MACHINE_TYPES.map(({ name }) => name),
        subnets: region.vswitches,
        securityGroups: [region.securityGroupId],
      },
      secret: { accessKeyId: yard.accessKeyId, accessKeySecret: yard.accessKeySecret },
    },
    image: region.imageId,
    machineTypes: MACHINE_TYPES,
    watched: { kind: 'yard', name: 'alibaba', adminUrl: yard.endpoint },
    asked: 'the vendor’s Python SDK',
    holding: async () => {
      const seen = await askAlibabaOracle(yard, { region: REGION });
      return {
        left: [...seen.machines, ...seen.disks, ...seen.interfaces, ...seen.addresses].map(({ id }) => id),
        everMade: await census.everMade(),
      };
    },
    sellOut: async (zone, machineType) => {
      await new AlibabaYardAdmin(yard.endpoint).setStock(zone, machineType, 0);
    },
  };
}
