import { join } from 'node:path';
import { AwsYardAdmin } from '../../../test/yard/aws/aws-yard-admin.js';
import type { AwsYardAccess } from '../../../test/yard/aws/aws-yard.js';
import { askOracle } from '../../../test/yard/aws/oracle.js';
import { PUBLIC_GONE, type PublicCloud } from './public-cloud.port.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

const MACHINE_TYPES = [
  { name: 'c6i.large', truly: 40 },
  { name: 'c6i.xlarge', truly: 80 },
  { name: 'm6i.large', truly: 34 },
] as const;

export async function startAwsCloud(supervisor: Supervisor, folder: string): Promise<PublicCloud> {
  const aws = await keepYardProgram<AwsYardAccess>(
    supervisor,
    {
      name: 'aws',
      place: 'test/yard/aws',
      entry: 'aws-yard.main',
      args: ['--state', join(folder, 'aws'), '--boot-delay-ms', '2500'],
      logFolder: folder,
    },
    { irreplaceable: PUBLIC_GONE },
  );
  screen.say(`AWS answers at ${aws.endpoint} (EC2 protocol).`);
  return {
    name: 'aws',
    title: 'AWS',
    engine: 'AWS: moto behind the yard’s front, over the EC2 protocol',
    endpoints: [aws.endpoint],
    account: {
      provider: 'aws',
      settings: {
        regions: [aws.region],
        endpoint: aws.endpoint,
        machineTypes: MACHINE_TYPES.map(({ name }) => name),
        subnets: aws.subnets,
        vcpuLimits: { [aws.region]: 64 },
      },
      secret: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    },
    image: aws.imageId,
    machineTypes: MACHINE_TYPES,
    watched: { kind: 'yard', name: 'aws', adminUrl: aws.endpoint },
    asked: 'boto3',
    holding: async () => {
      const seen = await askOracle(aws);
      return {
        left: [...seen.machines, ...seen.disks, ...seen.interfaces].map((one) => one.id),
        everMade: seen.machines.length + seen.terminated.length,
      };
    },
    sellOut: async (zone, machineType) => {
      await new AwsYardAdmin(aws.endpoint).setStock(machineType, zone, 0);
    },
  };
}
