import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../tools/lane.js';
import { hypervisors, inYard, PASSWORD, REGION, serviceUrl, type YardPlaces } from './yard-places.js';

type Section = Readonly<Record<string, string | number | boolean>>;
type Ini = Readonly<Record<string, Section>>;

/** Writes every file that the services read. The policies are the ones that the provider tells people to paste. */
export async function writeConfiguration(places: YardPlaces): Promise<void> {
  const files: Readonly<Record<string, Ini>> = {
    'keystone.conf': keystone(places),
    'glance.conf': glance(places),
    'placement/placement.conf': placement(places),
    'nova.conf': nova(places),
    'neutron.conf': neutron(places),
  };
  for (const folder of ['etc/placement', 'log', 'glance', 'lock', 'nova/instances', 'neutron', 'queue']) {
    await mkdir(inYard(places, folder), { recursive: true });
  }
  for (const [name, ini] of Object.entries(files)) await writeFile(inYard(places, 'etc', name), toText(ini));
  for (const { host } of hypervisors(places)) {
    const state = inYard(places, 'nova', host);
    await mkdir(join(state, 'instances'), { recursive: true });
    const own: Ini = { DEFAULT: { host, state_path: state }, oslo_concurrency: { lock_path: state } };
    await writeFile(inYard(places, 'etc', `${host}.conf`), toText(own));
  }
  for (const [name, module] of Object.entries(PROGRAMS)) {
    const text = `import sys\nfrom ${module} import main\nsys.argv[0] = "${name}"\nsys.exit(main())\n`;
    await writeFile(inYard(places, 'etc', `${name}.py`), text);
  }
}

/** Programs of packages whose start scripts are meant for systemd. */
export const PROGRAMS = {
  'glance-api': 'glance.cmd.api',
  'nova-api': 'nova.cmd.api',
  'nova-conductor': 'nova.cmd.conductor',
  'nova-scheduler': 'nova.cmd.scheduler',
  'nova-compute': 'nova.cmd.compute',
} as const;

export function databaseUrl(places: YardPlaces, name: string): string {
  return `mysql+pymysql://root:${PASSWORD}@127.0.0.1:${places.ports.database}/${name}?charset=utf8`;
}

export function queueUrl(places: YardPlaces): string {
  return `rabbit://guest:guest@127.0.0.1:${places.ports.queue}/`;
}

function toText(ini: Ini): string {
  return Object.entries(ini)
    .map(([name, section]) =>
      [`[${name}]`, ...Object.entries(section).map(([key, value]) => `${key}=${value}`)].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}

function asUser(places: YardPlaces, user: string): Section {
  return {
    auth_url: serviceUrl(places.ports, 'keystone'),
    www_authenticate_uri: serviceUrl(places.ports, 'keystone'),
    auth_type: 'password',
    project_domain_name: 'Default',
    user_domain_name: 'Default',
    project_name: 'service',
    username: user,
    password: PASSWORD,
    region_name: REGION,
  };
}

/** A service believes a token for so long without asking keystone; short, so that a revoked one shows at once. */
function tokenCheck(places: YardPlaces, user: string): Section {
  return { ...asUser(places, user), token_cache_time: 1 };
}

function policyFile(service: 'nova' | 'neutron' | 'placement'): Section {
  return {
    policy_file: join(projectRoot(), 'providers', 'openstack', 'policies', `${service}.yaml`),
    enforce_scope: false,
  };
}

function keystone(places: YardPlaces): Ini {
  return {
    database: { connection: databaseUrl(places, 'keystone') },
    identity: { password_hash_rounds: 4 },
    token: { provider: 'fernet', expiration: places.tokenSeconds },
    fernet_tokens: { key_repository: inYard(places, 'keys', 'fernet') },
    credential: { key_repository: inYard(places, 'keys', 'credential') },
    cache: { enabled: true, backend: 'dogpile.cache.memory', expiration_time: 30 },
  };
}

function glance(places: YardPlaces): Ini {
  const paste = ['/etc/glance/glance-api-paste.ini', '/usr/share/glance-common/glance-api-paste.ini'];
  return {
    DEFAULT: {
      bind_host: '127.0.0.1',
      bind_port: places.ports.glance,
      workers: 0,
      enabled_backends: 'files:file',
    },
    database: { connection: databaseUrl(places, 'glance') },
    glance_store: { default_backend: 'files' },
    files: { filesystem_store_datadir: inYard(places, 'glance') },
    os_glance_staging_store: { filesystem_store_datadir: inYard(places, 'glance', 'staging') },
    os_glance_tasks_store: { filesystem_store_datadir: inYard(places, 'glance', 'tasks') },
    paste_deploy: { flavor: 'keystone', config_file: paste.find((file) => existsSync(file)) ?? '' },
    keystone_authtoken: tokenCheck(places, 'glance'),
  };
}

function placement(places: YardPlaces): Ini {
  return {
    placement_database: { connection: databaseUrl(places, 'placement') },
    api: { auth_strategy: 'keystone' },
    keystone_authtoken: tokenCheck(places, 'placement'),
    oslo_policy: policyFile('placement'),
  };
}

function nova(places: YardPlaces): Ini {
  return {
    DEFAULT: {
      my_ip: '127.0.0.1',
      transport_url: queueUrl(places),
      enabled_apis: 'osapi_compute',
      osapi_compute_listen: '127.0.0.1',
      osapi_compute_listen_port: places.ports.nova,
      osapi_compute_workers: 1,
      compute_driver: places.hypervisor,
      state_path: inYard(places, 'nova'),
      instance_usage_audit: false,
      // No agent plugs a port in here, so nobody would say that it was plugged.
      vif_plugging_timeout: 0,
      vif_plugging_is_fatal: false,
      api_paste_config: '/etc/nova/api-paste.ini',
      report_interval: 5,
      service_down_time: 20,
    },
    api: { auth_strategy: 'keystone' },
    api_database: { connection: databaseUrl(places, 'nova_api') },
    database: { connection: databaseUrl(places, 'nova_cell1') },
    conductor: { workers: 1 },
    scheduler: { workers: 1, discover_hosts_in_cells_interval: 5 },
    filter_scheduler: { track_instance_changes: false },
    glance: { api_servers: serviceUrl(places.ports, 'glance') },
    oslo_concurrency: { lock_path: inYard(places, 'lock') },
    oslo_policy: policyFile('nova'),
    quota: { instances: 60, cores: 120, ram: 204_800, key_pairs: 100 },
    keystone_authtoken: tokenCheck(places, 'nova'),
    service_user: { send_service_user_token: true, ...asUser(places, 'nova') },
    placement: asUser(places, 'placement'),
    neutron: asUser(places, 'neutron'),
  };
}

function neutron(places: YardPlaces): Ini {
  return {
    DEFAULT: {
      bind_host: '127.0.0.1',
      bind_port: places.ports.neutron,
      core_plugin: 'ml2',
      service_plugins: 'router',
      api_workers: 0,
      rpc_workers: 0,
      transport_url: queueUrl(places),
      api_paste_config: '/etc/neutron/api-paste.ini',
      // Agents stand in the database only; they are never to be found dead.
      agent_down_time: 2_000_000,
      state_path: inYard(places, 'neutron'),
      notify_nova_on_port_status_changes: false,
      notify_nova_on_port_data_changes: false,
    },
    database: { connection: databaseUrl(places, 'neutron') },
    ml2: {
      type_drivers: 'local,flat',
      tenant_network_types: 'local',
      mechanism_drivers: 'openvswitch',
      extension_drivers: 'port_security',
    },
    ml2_type_flat: { flat_networks: '*' },
    oslo_concurrency: { lock_path: inYard(places, 'lock') },
    oslo_policy: policyFile('neutron'),
    keystone_authtoken: tokenCheck(places, 'neutron'),
    nova: asUser(places, 'nova'),
    placement: asUser(places, 'placement'),
    quotas: { quota_port: 1_000 },
  };
}
