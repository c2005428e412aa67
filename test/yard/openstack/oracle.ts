import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { OpenstackYard } from './openstack-yard.js';

const run = promisify(execFile);
const LIMIT_MS = 120_000;

const listedSchema = z.array(
  z.object({
    ID: z.string(),
    Name: z.string(),
    Status: z.string(),
    Networks: z.record(z.string(), z.array(z.string())),
    'Image ID': z.string(),
    Flavor: z.string(),
    'Availability Zone': z.string().nullish(),
    Properties: z.record(z.string(), z.string()).default({}),
  }),
);

/** What the `openstack` command, not our client, sees of a server. */
export type OracleServer = Readonly<{
  id: string;
  name: string;
  status: string;
  addresses: readonly string[];
  image: string;
  flavor: string;
  zone: string;
  properties: Readonly<Record<string, string>>;
}>;

type Endpoint = Pick<OpenstackYard, 'directUrl' | 'user' | 'password' | 'project' | 'region'>;

/** Ground truth, read with other people's client (python-openstackclient of Debian). */
export async function askOpenstackOracle(yard: Endpoint): Promise<readonly OracleServer[]> {
  const columns = [
    'ID',
    'Name',
    'Status',
    'Networks',
    'Image ID',
    'Flavor',
    'Availability Zone',
    'Properties',
  ];
  const wanted = columns.flatMap((column) => ['-c', column]);
  const servers = listedSchema.parse(await openstack(yard, ['server', 'list', '--long', ...wanted]));
  return servers.map((server) => ({
    id: server.ID,
    name: server.Name,
    status: server.Status,
    addresses: Object.values(server.Networks).flat(),
    image: server['Image ID'],
    flavor: server.Flavor,
    zone: server['Availability Zone'] ?? '',
    properties: server.Properties,
  }));
}

/** Any other question to that client, or an order to it: `['server', 'delete', id]`. */
export async function openstack(yard: Endpoint, args: readonly string[]): Promise<unknown> {
  const asJson = ['list', 'show', 'create'].some((verb) => args.includes(verb)) ? ['-f', 'json'] : [];
  const { stdout } = await run('/usr/bin/openstack', [...args, ...asJson], {
    env: { ...process.env, ...environment(yard) },
    timeout: LIMIT_MS,
    maxBuffer: 64 << 20,
  });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

function environment(yard: Endpoint): Readonly<Record<string, string>> {
  return {
    OS_AUTH_URL: yard.directUrl,
    OS_USERNAME: yard.user,
    OS_PASSWORD: yard.password,
    OS_PROJECT_NAME: yard.project,
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_IDENTITY_API_VERSION: '3',
    OS_COMPUTE_API_VERSION: '2.53',
    OS_REGION_NAME: yard.region,
    OS_INTERFACE: 'internal',
    PYTHONWARNINGS: 'ignore',
  };
}
