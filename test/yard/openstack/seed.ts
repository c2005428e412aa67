import { z } from 'zod';
import { call, issueToken } from './yard-http.js';
import {
  hypervisors,
  PASSWORD,
  REGION,
  serviceUrl,
  type ServiceName,
  type YardPlaces,
} from './yard-places.js';

/** What the yard holds before anybody uses it. */
export const SEED = {
  project: 'burst',
  user: 'burst',
  flavors: [
    { name: 's1', vcpus: 1, ram: 256 },
    { name: 's2', vcpus: 2, ram: 2_048 },
    { name: 's4', vcpus: 4, ram: 4_096 },
    { name: 'huge', vcpus: 64, ram: 65_536 },
  ],
  image: 'yard',
  network: 'yard',
  outside: 'outside',
  router: 'yard-edge',
  role: 'springtide',
} as const;

const idSchema = z.object({ id: z.string() });
const SERVICES: readonly (readonly [ServiceName, string])[] = [
  ['glance', 'image'],
  ['placement', 'placement'],
  ['nova', 'compute'],
  ['neutron', 'network'],
];

/** Users, roles, services and endpoints: what the other services need to start. */
export async function seedIdentity(places: YardPlaces): Promise<void> {
  const identity = serviceUrl(places.ports, 'keystone');
  const token = await adminToken(places);
  const post = async (path: string, kind: string, body: object): Promise<string> =>
    idIn((await call('POST', `${identity}${path}`, { token, body: { [kind]: body } })).body, kind);
  const roles = new Map<string, string>();
  const listed = z
    .object({ roles: z.array(z.object({ id: z.string(), name: z.string() })) })
    .parse((await call('GET', `${identity}/roles`, { token })).body);
  for (const { id, name } of listed.roles) roles.set(name, id);
  for (const name of ['service', SEED.role]) {
    if (!roles.has(name)) roles.set(name, await post('/roles', 'role', { name }));
  }
  const addUser = async (name: string, project: string, granted: readonly string[]): Promise<void> => {
    const user = await post('/users', 'user', { name, password: PASSWORD, domain_id: 'default' });
    for (const role of granted) {
      await call('PUT', `${identity}/projects/${project}/users/${user}/roles/${roles.get(role)}`, { token });
    }
  };
  const service = await post('/projects', 'project', { name: 'service', domain_id: 'default' });
  for (const [name] of SERVICES) await addUser(name, service, ['admin', 'service']);
  const burst = await post('/projects', 'project', { name: SEED.project, domain_id: 'default' });
  await addUser(SEED.user, burst, ['member', SEED.role]);
  for (const [name, type] of SERVICES) {
    const id = await post('/services', 'service', { name, type });
    for (const side of ['public', 'internal', 'admin']) {
      const endpoint = {
        service_id: id,
        interface: side,
        url: serviceUrl(places.ports, name),
        region_id: REGION,
      };
      await post('/endpoints', 'endpoint', endpoint);
    }
  }
}

/** Flavours, an image, networks with a router, a public range, and one zone per hypervisor. */
export async function seedContent(places: YardPlaces): Promise<void> {
  const token = await adminToken(places);
  const [nova, glance, neutron] = (['nova', 'glance', 'neutron'] as const).map((name) =>
    serviceUrl(places.ports, name),
  );
  for (const { name, vcpus, ram } of SEED.flavors) {
    await call('POST', `${nova}/flavors`, {
      token,
      body: { flavor: { name, id: name, vcpus, ram, disk: 1 } },
    });
  }
  const image = idSchema.parse(
    (
      await call('POST', `${glance}/v2/images`, {
        token,
        body: { name: SEED.image, disk_format: 'raw', container_format: 'bare', visibility: 'public' },
      })
    ).body,
  );
  await call('PUT', `${glance}/v2/images/${image.id}/file`, { token, raw: Buffer.alloc(1_024, 'x') });
  const make = async (kind: string, body: object): Promise<string> =>
    idIn((await call('POST', `${neutron}/v2.0/${kind}s`, { token, body: { [kind]: body } })).body, kind);
  const network = await make('network', { name: SEED.network, shared: true });
  const inner = { ip_version: 4, cidr: '127.88.0.0/16', gateway_ip: '127.88.0.1', enable_dhcp: false };
  const subnet = await make('subnet', { network_id: network, name: SEED.network, ...inner });
  const outside = await make('network', {
    name: SEED.outside,
    'router:external': true,
    'provider:network_type': 'flat',
    'provider:physical_network': 'outside',
  });
  await make('subnet', {
    network_id: outside,
    name: SEED.outside,
    ip_version: 4,
    cidr: '203.0.113.0/24',
    enable_dhcp: false,
  });
  const edge = { name: SEED.router, external_gateway_info: { network_id: outside } };
  const router = await make('router', edge);
  await call('PUT', `${neutron}/v2.0/routers/${router}/add_router_interface`, {
    token,
    body: { subnet_id: subnet },
  });
  for (const { host, zone } of hypervisors(places)) {
    const body = { aggregate: { name: zone, availability_zone: zone } };
    const answer = await call('POST', `${nova}/os-aggregates`, { token, body });
    const { aggregate } = z.object({ aggregate: z.object({ id: z.number() }) }).parse(answer.body);
    const action = { add_host: { host } };
    await call('POST', `${nova}/os-aggregates/${aggregate.id}/action`, { token, body: action });
  }
}

export async function adminToken(places: Pick<YardPlaces, 'ports'>): Promise<string> {
  const identity = serviceUrl(places.ports, 'keystone');
  return issueToken(identity, { user: 'admin', project: 'admin', password: PASSWORD });
}

function idIn(body: unknown, kind: string): string {
  return idSchema.parse(z.record(z.string(), z.unknown()).parse(body)[kind]).id;
}
