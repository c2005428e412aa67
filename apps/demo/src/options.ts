import { parseArgs } from 'node:util';

export const KILL_MOMENTS = ['provision', 'hold', 'scale-back'] as const;
export type KillMoment = (typeof KILL_MOMENTS)[number];

/** Processes that come back by themselves; the clouds of the yard cannot, for their machines live in them. */
export const KILLABLE = ['worker', 'api', 'postgres', 'temporal', 'machines', 'proxy'] as const;
export type Killable = (typeof KILLABLE)[number];

/** SIGKILL for a process, so many seconds after all engines are up. */
export type PlannedKill = Readonly<{ process: Killable; atSeconds: number }>;

const PROXIES = ['auto', 'haproxy', 'traefik'] as const;
/** Clouds that burst together name their prices in one currency. */
const PUBLIC_CLOUDS = ['alibaba+tencent', 'alibaba', 'tencent', 'aws'] as const;
const PRIVATE_CLOUDS = ['auto', 'vsphere', 'openstack', 'simulated'] as const;
/** What can run beside the machines. */
const COMPANIONS = ['kubernetes'] as const;

export type DemoOptions = Readonly<{
  help: boolean;
  /** End after the report instead of keeping the console open. */
  exit: boolean;
  killWorkerAt: KillMoment | null;
  kills: readonly PlannedKill[];
  proxy: (typeof PROXIES)[number];
  privateCloud: (typeof PRIVATE_CLOUDS)[number];
  publicClouds: (typeof PUBLIC_CLOUDS)[number];
  with: readonly (typeof COMPANIONS)[number][];
  /** Sell out a zone in the middle of the ramp, where the plan counts on it. */
  sellOut: boolean;
  /** Port of the API and the console; 0: a free one; null: 8080, or the next one that is free. */
  port: number | null;
}>;

export const USAGE = `npm start -- [options]

Runs a flash sale end to end: a private cloud expands into public ones, one of which sells out on the way; it is served through a real proxy, comes back,
and is accounted for. Takes about three minutes; what it measured is in var/demo/report.json.

  --exit                      end after the report; status 0 only if every phase met its target and nothing is left
  --port <n>                  port of the API and the console (default 8080 or the next free one; 0: any free one)
  --proxy <engine>            auto (default: HAProxy where it is installed, else Traefik), haproxy, traefik
  --private <cloud>           auto (default: vSphere where its simulator can be built, else OpenStack where its services
                              are installed, else simulated), vsphere, openstack, simulated
  --public <clouds>           alibaba+tencent (default), alibaba, tencent, aws
  --with kubernetes           a Kubernetes workload beside the machines: scaled for the peak and back, removed at the end.
                              Needs Go 1.26 to build Kubernetes once: six to nine minutes on two cores, 3 GB of Go's
                              build cache; later starts use what was built
  --no-sell-out               let every zone keep its stock
  --kill-worker-at <moment>   SIGKILL the worker once, in the middle of: ${KILL_MOMENTS.join(', ')}
  --kill <process>@<seconds>  SIGKILL a process so many seconds after the engines are up; may be repeated
                              (${KILLABLE.join(', ')})
  --fresh                     accepted; every start is a fresh one, because the clouds of the demo end with it
  --help                      this text
`;

/** What was typed cannot be carried out; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function readOptions(args: readonly string[]): DemoOptions {
  const values = parsed(args);
  return {
    help: values.help,
    exit: values.exit,
    killWorkerAt: oneOf('--kill-worker-at', KILL_MOMENTS, values['kill-worker-at']) ?? null,
    kills: values.kill.map(plannedKill),
    proxy: oneOf('--proxy', PROXIES, values.proxy) ?? 'auto',
    privateCloud: oneOf('--private', PRIVATE_CLOUDS, values.private) ?? 'auto',
    publicClouds: oneOf('--public', PUBLIC_CLOUDS, values.public) ?? 'alibaba+tencent',
    with: [...new Set(values.with)].flatMap((text) => oneOf('--with', COMPANIONS, text) ?? []),
    sellOut: !values['no-sell-out'],
    port: values.port === undefined ? null : portOf(values.port),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        exit: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        'kill-worker-at': { type: 'string' },
        kill: { type: 'string', multiple: true, default: [] },
        proxy: { type: 'string' },
        private: { type: 'string' },
        public: { type: 'string' },
        with: { type: 'string', multiple: true, default: [] },
        'no-sell-out': { type: 'boolean', default: false },
        port: { type: 'string' },
      },
    }).values;
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function plannedKill(text: string): PlannedKill {
  const [name, seconds = '', ...rest] = text.split('@');
  if (rest.length > 0 || !/^\d+(\.\d+)?$/.test(seconds)) {
    throw new UsageError(`--kill wants <process>@<seconds>, for instance api@40, not "${text}"`);
  }
  const process = oneOf('--kill', KILLABLE, name) ?? 'worker';
  return { process, atSeconds: Number(seconds) };
}

function oneOf<T extends string>(
  option: string,
  allowed: readonly T[],
  text: string | undefined,
): T | undefined {
  if (text === undefined) return undefined;
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw new UsageError(`${option} is one of ${allowed.join(', ')}, not "${text}"`);
  return found;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port is not a port: "${text}"`);
  return port;
}
