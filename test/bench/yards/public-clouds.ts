import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifest as alibaba } from '../../../providers/alibaba/index.js';
import { manifest as aws } from '../../../providers/aws/index.js';
import { manifest as tencent } from '../../../providers/tencent/index.js';
import type { AlibabaYardAccess } from '../../yard/alibaba/alibaba-yard.js';
import type { CloudSettings } from '../../yard/alibaba/settings.js';
import type { AwsYardAccess } from '../../yard/aws/aws-yard.js';
import type { YardSettings } from '../../yard/tencent/cloud/settings.js';
import type { TencentYardAccess } from '../../yard/tencent/tencent-yard.js';
import { nodeArguments } from '../../yard/tools/node-arguments.js';
import { yardProgram, type YardCloud } from './yard-cloud.js';

const YARDS = join(import.meta.dirname, '..', '..', 'yard');
const TENCENT_PRODUCTS = ['cvm', 'cbs', 'vpc', 'clb', 'dnspod', 'tke', 'billing', 'sts', 'cloudaudit'];

/** Fast to start and end, with the vendor's own page size; no limit. */
export async function openAlibaba(
  changes: Partial<CloudSettings> = {},
): Promise<YardCloud<AlibabaYardAccess>> {
  const settings = { pendingMs: 50, startingMs: 50, balance: '100000000.00', ...changes };
  const args = [...entry('alibaba', 'alibaba-yard.main'), '--settings', JSON.stringify(settings)];
  const program = await yardProgram('Alibaba simulator', args);
  const access = program.access as AlibabaYardAccess;
  const [region] = access.regions;
  if (region === undefined) throw new Error('the simulator has no region');
  const securityGroups = [region.securityGroupId];
  return {
    access,
    manifest: alibaba,
    account: {
      settings: {
        regions: [region.regionId],
        endpoint: access.endpoint,
        machineTypes: ['ecs.c7.large'],
        subnets: region.vswitches,
        securityGroups,
      },
      secret: { accessKeyId: access.accessKeyId, accessKeySecret: access.accessKeySecret },
    },
    hostPorts: [new URL(access.endpoint).host],
    region: region.regionId,
    samples: region.zones.map((zone) => {
      const place = { region: region.regionId, zone, subnet: region.vswitches[zone] ?? '' };
      return { ...place, machineType: 'ecs.c7.large', image: region.imageId, securityGroups };
    }),
    stop: program.stop,
  };
}

/** @param folder takes the settings file. */
export async function openTencent(
  folder: string,
  changes: Partial<YardSettings> = {},
): Promise<YardCloud<TencentYardAccess>> {
  const file = join(folder, 'tencent.json');
  await writeFile(file, JSON.stringify({ bootMs: 50, balanceFen: 1e12, ...changes }));
  const args = [...entry('tencent', 'tencent-yard.main'), '--settings', file];
  const program = await yardProgram('Tencent simulator', args);
  const access = program.access as TencentYardAccess;
  const [[name, region] = []] = Object.entries(access.regions);
  if (name === undefined || region === undefined) throw new Error('the simulator has no region');
  return {
    access,
    manifest: tencent,
    account: {
      settings: {
        regions: [name],
        endpoints: Object.fromEntries(TENCENT_PRODUCTS.map((product) => [product, access.endpoint])),
        subnets: region.subnets,
      },
      secret: { secretId: access.secretId, secretKey: access.secretKey },
    },
    hostPorts: [new URL(access.endpoint).host],
    region: name,
    samples: region.zones.map((zone) => {
      const place = { region: name, zone, subnet: region.subnets[zone] ?? '' };
      const securityGroups = [region.securityGroupId];
      return { ...place, machineType: 'S5.LARGE8', image: region.imageId, securityGroups };
    }),
    stop: program.stop,
  };
}

export async function openAws(): Promise<YardCloud<AwsYardAccess>> {
  const args = [...entry('aws', 'aws-yard.main'), '--boot-delay-ms', '50'];
  const program = await yardProgram('EC2 emulator', args);
  const access = program.access as AwsYardAccess;
  const { region } = access;
  return {
    access,
    manifest: aws,
    account: {
      settings: {
        regions: [region],
        endpoint: access.endpoint,
        machineTypes: ['c6i.large'],
        subnets: access.subnets,
        vcpuLimits: { [region]: 1_000_000 },
      },
      secret: { accessKeyId: access.accessKeyId, secretAccessKey: access.secretAccessKey },
    },
    hostPorts: [new URL(access.endpoint).host],
    region,
    samples: access.zones.map((zone) => {
      const securityGroups = [access.securityGroupId];
      return { region, zone, machineType: 'c6i.large', image: access.imageId, securityGroups };
    }),
    stop: program.stop,
  };
}

function entry(folder: string, name: string): readonly string[] {
  return nodeArguments(join(YARDS, folder), name);
}
