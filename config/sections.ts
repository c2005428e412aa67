import { z } from 'zod';
import { field, secret, type ValuesOf } from './field.js';

const url = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' });
const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.union([z.boolean(), z.stringbool()]);
/** A list in the file, or text separated by commas in the environment. */
const list = (item: z.ZodType<string>) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((one) => one.trim())
            .filter(Boolean)
        : value,
    z.array(item),
  );
const hostPort = z.string().regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/, 'must be host:port, lower case');
const range = z.union([z.cidrv4(), z.cidrv6()], { error: 'must be an address range such as 10.0.0.0/8' });

/** Everything that can be set. A section belongs to one owner; nothing else in the product reads the environment. */
export const SECTIONS = {
  database: {
    url: secret('SPRINGTIDE_DATABASE_URL', url, 'PostgreSQL of this installation; also used for migrations.'),
    appUrl: secret(
      'SPRINGTIDE_DATABASE_APP_URL',
      url.optional(),
      'Login that serves requests, member of springtide_app. Left out: the one above, which takes that role.',
    ),
    systemUrl: secret(
      'SPRINGTIDE_DATABASE_SYSTEM_URL',
      url.optional(),
      'Login of the cross-tenant jobs, member of springtide_system. Left out: as above.',
    ),
    poolSize: field(
      'SPRINGTIDE_DATABASE_POOL',
      z.coerce.number().int().min(2).max(100).default(10),
      'Connections each process keeps for requests.',
    ),
  },
  temporal: {
    address: field(
      'TEMPORAL_ADDRESS',
      z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port'),
      'Temporal frontend.',
    ),
    namespace: field('TEMPORAL_NAMESPACE', z.string().min(1).default('default'), 'Temporal namespace.'),
    tls: field('TEMPORAL_TLS', flag.default(false), 'Whether to speak TLS to Temporal.'),
    tlsCaFile: field(
      'TEMPORAL_TLS_CA',
      z.string().optional(),
      'PEM file of the authority to trust for Temporal.',
    ),
    tlsCertificateFile: field(
      'TEMPORAL_TLS_CERT',
      z.string().optional(),
      'PEM file of the client certificate.',
    ),
    tlsKeyFile: field('TEMPORAL_TLS_KEY', z.string().optional(), 'PEM file of the client key.'),
    apiKey: secret('TEMPORAL_API_KEY', z.string().min(1).optional(), 'API key, for Temporal Cloud.'),
  },
  http: {
    host: field(
      'SPRINGTIDE_HTTP_HOST',
      z.string().min(1).default('127.0.0.1'),
      'Address the API listens on.',
    ),
    port: field('SPRINGTIDE_HTTP_PORT', port.default(8080), 'Port the API listens on; 0 takes a free one.'),
    bodyLimitBytes: field(
      'SPRINGTIDE_HTTP_BODY_LIMIT',
      z.coerce.number().int().min(1_024).default(1_048_576),
      'Largest request body, in bytes.',
    ),
    consoleFolder: field(
      'SPRINGTIDE_CONSOLE_FOLDER',
      z.string().min(1).default('dist/apps/console'),
      'Where the built console lies; none is served when it is not there.',
    ),
  },
  worker: {
    host: field(
      'SPRINGTIDE_WORKER_HOST',
      z.string().min(1).default('127.0.0.1'),
      'Address on which a worker shows health and metrics.',
    ),
    port: field('SPRINGTIDE_WORKER_PORT', port.default(0), 'Port of the same; 0 takes a free one.'),
    concurrency: field(
      'SPRINGTIDE_WORKER_CONCURRENCY',
      z.coerce.number().int().min(1).max(1_000).default(50),
      'Activities a worker runs at once, per task queue.',
    ),
  },
  vault: {
    keyFile: field(
      'SPRINGTIDE_VAULT_KEY_FILE',
      z.string().min(1).default('var/vault.key'),
      'Key that encrypts cloud credentials; made on first use with mode 0600. Back it up apart from the database.',
    ),
  },
  endpoints: {
    open: field(
      'SPRINGTIDE_OPEN_ENDPOINTS',
      list(hostPort).default([]),
      'Exact host:port pairs that cloud accounts may reach whatever they resolve to, also without TLS.',
    ),
    privateRanges: field(
      'SPRINGTIDE_PRIVATE_RANGES',
      list(range).default([]),
      'Private address ranges in which your own clouds live; without one, no private address is reached.',
    ),
  },
  probes: {
    url: field(
      'SPRINGTIDE_PROBE_URL',
      z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional(),
      'Address of the API as machines in your clouds reach it; without one, no machine is bought to try what services call.',
    ),
  },
  installation: {
    id: field(
      'SPRINGTIDE_INSTALLATION',
      z.string().regex(/^[a-z0-9][a-z0-9-]{2,30}$/, 'must be 3 to 31 letters, digits and dashes'),
      'Name put on everything bought. No default: two installations that share a cloud account must differ.',
    ),
  },
  log: {
    level: field(
      'SPRINGTIDE_LOG_LEVEL',
      z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
      'Least severe log line that is written.',
    ),
  },
  policy: {
    profile: field(
      'SPRINGTIDE_POLICY',
      z.enum(['standard', 'demo']).default('standard'),
      'Named set of all durations: grace, lag, bake, heartbeat, lease.',
    ),
  },
  identity: {
    tenantName: field(
      'SPRINGTIDE_FIRST_TENANT',
      z.string().trim().min(1).max(120).default('main'),
      'Name of the tenant that the first start makes.',
    ),
    adminName: field(
      'SPRINGTIDE_FIRST_ADMIN',
      z.string().trim().min(1).max(120).default('admin'),
      'Name of its administrator, whose one-day token the first start prints once.',
    ),
  },
} as const;

export type SectionName = keyof typeof SECTIONS;

export type Config = Readonly<{ [S in SectionName]: ValuesOf<(typeof SECTIONS)[S]> }>;
