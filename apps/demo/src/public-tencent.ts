import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askTencentOracle } from '../../../test/yard/tencent/oracle.js';
import { TencentYardAdmin } from '../../../test/yard/tencent/tencent-yard-admin.js';
import type { TencentYardAccess } from '../../../test/yard/tencent/tencent-yard.js';
import { Census } from './census.js';
import { PUBLIC_GONE, type PublicCloud } from './public-cloud.port.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

const REGION = 'ap-guangzhou';
const PRODUCTS = ['cvm', 'cbs', 'vpc', 'clb', 'dnspod', 'tke', 'billing', 'sts', 'cloudaudit'] as const;
const MACHINE_TYPES = [
  { name: 'S5.MEDIUM4', truly: 22 },
  { name: 'S5.LARGE8', truly: 44 },
] as const;
/** Away from where the other clouds' machines answer. */
const ADDRESS_PREFIX = '127.64';

export async function startTencentCloud(supervisor: Supervisor, folder: string): Promise<PublicCloud> {
  const settings = join(folder, 'tencent-settings.json');
  await writeFile(settings, JSON.stringify({ bootMs: 2_500, terminateMs: 500 }));
  const yard = await keepYardProgram<TencentYardAccess>(
    supervisor,
    {
      name: 'tencent',
      place: 'test/yard/tencent',
      entry: 'tencent-yard.main',
      args: [
        ...['--state', join(folder, 'tencent')],
        ...['--settings', settings, '--address-prefix', ADDRESS_PREFIX],
      ],
      logFolder: folder,
    },
    { irreplaceable: PUBLIC_GONE },
  );
  screen.say(`Tencent Cloud answers at ${yard.endpoint} (CVM protocol, simulated).`);
  const region = yard.regions[REGION];
  if (region === undefined) throw new Error(`the yard’s Tencent Cloud has no region ${REGION}`);
  const census = new Census(`${yard.endpoint}/_yard/machines`);
  return {
    name: 'tencent',
    title: 'Tencent Cloud',
    engine: 'Tencent Cloud: the yard’s simulator, over CVM’s own protocol and signature',
    endpoints: [yard.endpoint],
    account: {
      provider: 'tencent',
      settings: {
        regions: [REGION],
        endpoints: Object.fromEntries(PRODUCTS.map((product) => [product, yard.endpoint])),
        machineTypes: MACHINE_TYPES.map(({ name }) => name),
        subnets: region.subnets,
        partialLaunch: true,
      },
      secret: { secretId: yard.secretId, secretKey: yard.secretKey },
    },
    image: region.imageId,
    machineTypes: MACHINE_TYPES,
    watched: { kind: 'yard', name: 'tencent', adminUrl: yard.endpoint },
    asked: 'the vendor’s Python SDK',
    holding: async () => {
      const seen = await askTencentOracle(yard, REGION);
      return {
        left: [...seen.machines, ...seen.disks].map(({ id }) => id),
        everMade: await census.everMade(),
      };
    },
    sellOut: async (zone, machineType) => {
      await new TencentYardAdmin(yard.endpoint).setStock(zone, machineType, 0);
    },
  };
}
