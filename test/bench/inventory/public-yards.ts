import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifest as alibaba } from '../../../providers/alibaba/index.js';
import { manifest as aws } from '../../../providers/aws/index.js';
import { manifest as tencent } from '../../../providers/tencent/index.js';
import type { AlibabaYardAccess } from '../../yard/alibaba/alibaba-yard.js';
import type { AwsYardAccess } from '../../yard/aws/aws-yard.js';
import { nodeArguments } from '../../yard/tools/node-arguments.js';
import type { TencentYardAccess } from '../../yard/tencent/tencent-yard.js';
import { clientOf, fill, yardProgram, type BenchAdapter } from './bench-cloud.js';

const YARDS = join(import.meta.dirname, '..', '..', 'yard');

/** Fast to start and end, with the vendor's own page size; no limit that would be measured instead. */
export const alibabaAdapter: BenchAdapter = {
  machines: 20_000,
  open: async (machines) => {
    const settings = { pendingMs: 50, startingMs: 50, balance: '100000000.00' };
    const args = [...entry('alibaba', 'alibaba-yard.main'), '--settings', JSON.stringify(settings)];
    const program = await yardProgram('Alibaba simulator', args);
    const access = program.access as AlibabaYardAccess;
    const [region] = access.regions;
    if (region === undefined) throw new Error('the simulator has no region');
    const account = {
      settings: {
        regions: [region.regionId],
        endpoint: access.endpoint,
        machineTypes: ['ecs.c7.large'],
        subnets: region.vswitches,
        securityGroups: [region.securityGroupId],
      },
      secret: { accessKeyId: access.accessKeyId, accessKeySecret: access.accessKeySecret },
    };
    const client = await clientOf(alibaba, account, new URL(access.endpoint).host);
    const sample = await fill(
      client,
      machines,
      region.zones.map((zone) => {
        const place = { region: region.regionId, zone, subnet: region.vswitches[zone] ?? '' };
        const securityGroups = [region.securityGroupId];
        return { ...place, machineType: 'ecs.c7.large', image: region.imageId, securityGroups };
      }),
    );
    return { client, region: region.regionId, sample, close: closing(client, program) };
  },
};

export const tencentAdapter: BenchAdapter = {
  machines: 20_000,
  open: async (machines, folder) => {
    const file = join(folder, 'tencent.json');
    await writeFile(file, JSON.stringify({ bootMs: 50, balanceFen: 1e12, rates: { '*': null } }));
    const args = [...entry('tencent', 'tencent-yard.main'), '--settings', file];
    const program = await yardProgram('Tencent simulator', args);
    const access = program.access as TencentYardAccess;
    const [[name, region] = []] = Object.entries(access.regions);
    if (name === undefined || region === undefined) throw new Error('the simulator has no region');
    const products = ['cvm', 'cbs', 'vpc', 'clb', 'dnspod', 'tke', 'sts'];
    const account = {
      settings: {
        regions: [name],
        endpoints: Object.fromEntries(products.map((product) => [product, access.endpoint])),
        subnets: region.subnets,
      },
      secret: { secretId: access.secretId, secretKey: access.secretKey },
    };
    const client = await clientOf(tencent, account, new URL(access.endpoint).host);
    const sample = await fill(
      client,
      machines,
      region.zones.map((zone) => {
        const place = { region: name, zone, subnet: region.subnets[zone] ?? '' };
        const securityGroups = [region.securityGroupId];
        return { ...place, machineType: 'S5.LARGE8', image: region.imageId, securityGroups };
      }),
    );
    return { client, region: name, sample, close: closing(client, program) };
  },
};

export const awsAdapter: BenchAdapter = {
  machines: 5_000,
  open: async (machines) => {
    const args = [...entry('aws', 'aws-yard.main'), '--boot-delay-ms', '50'];
    const program = await yardProgram('EC2 emulator', args);
    const access = program.access as AwsYardAccess;
    const { region } = access;
    const account = {
      settings: {
        regions: [region],
        endpoint: access.endpoint,
        machineTypes: ['c6i.large'],
        subnets: access.subnets,
        vcpuLimits: { [region]: 1_000_000 },
      },
      secret: { accessKeyId: access.accessKeyId, secretAccessKey: access.secretAccessKey },
    };
    const client = await clientOf(aws, account, new URL(access.endpoint).host);
    const sample = await fill(
      client,
      machines,
      access.zones.map((zone) => {
        const securityGroups = [access.securityGroupId];
        return { region, zone, machineType: 'c6i.large', image: access.imageId, securityGroups };
      }),
    );
    return { client, region, sample, close: closing(client, program) };
  },
};

function entry(folder: string, name: string): readonly string[] {
  return nodeArguments(join(YARDS, folder), name);
}

function closing(
  client: Readonly<{ close(): Promise<void> }>,
  program: Readonly<{ stop(): Promise<void> }>,
): () => Promise<void> {
  return async () => {
    await client.close();
    await program.stop();
  };
}
