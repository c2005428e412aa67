import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import { SpringtideError } from '@springtide/kernel';
import type { ReadySign, RunningProcess } from '../tools/process.js';
import type { PROGRAMS } from './configuration.js';
import { adminToken } from './seed.js';
import { startService } from './start-service.js';
import { call } from './yard-http.js';
import { hypervisors, inYard, serviceUrl, type YardPlaces } from './yard-places.js';

const COMPUTES_WITHIN_MS = 240_000;
const START_LIMIT_MS = 180_000;
const ANSWER_LIMIT_MS = 120_000;
const PYTHON = '/usr/bin/python3';
const UWSGI = [
  ...['--plugin', 'python3', '--master', '--processes', '1', '--threads', '4', '--enable-threads'],
  ...['--lazy-apps', '--die-on-term', '--no-orphans', '--buffer-size', '65535'],
  // Its own HTTP socket closes a kept connection without a word.
  ...['--add-header', 'Connection:close'],
];

export async function startIdentity(places: YardPlaces): Promise<readonly RunningProcess[]> {
  return Promise.all([
    startWsgi(places, 'keystone', '/usr/bin/keystone-wsgi-public', {
      OS_KEYSTONE_CONFIG_FILES: inYard(places, 'etc', 'keystone.conf'),
    }),
    startWsgi(places, 'placement', '/usr/bin/placement-api', {
      OS_PLACEMENT_CONFIG_DIR: inYard(places, 'etc', 'placement'),
    }),
  ]);
}

/** Everything that needs keystone, the database and the queue. */
export async function startServices(places: YardPlaces): Promise<readonly RunningProcess[]> {
  const { nova, neutron, glance } = places.ports;
  const computes = hypervisors(places).map(async ({ host }) =>
    startProgram(places, 'nova-compute', host, /Starting compute node/, ['nova.conf', `${host}.conf`]),
  );
  return Promise.all([
    startService({
      name: 'neutron',
      command: PYTHON,
      args: ['/usr/bin/neutron-server', '--config-file', inYard(places, 'etc', 'neutron.conf')],
      env: PLAIN_PYTHON,
      ready: { port: neutron },
      readyTimeoutMs: START_LIMIT_MS,
      logFile: inYard(places, 'log', 'neutron.log'),
    }),
    startProgram(places, 'nova-conductor', 'nova-conductor', /Starting conductor node/, ['nova.conf']),
    startProgram(places, 'nova-api', 'nova-api', { port: nova }, ['nova.conf']),
    startProgram(places, 'nova-scheduler', 'nova-scheduler', /Starting scheduler node/, ['nova.conf']),
    startProgram(places, 'glance-api', 'glance', { port: glance }, ['glance.conf']),
    ...computes,
  ]);
}

/** An open port is not yet an answer: the applications are loaded with the first question. */
export async function awaitAnswer(
  places: YardPlaces,
  service: Parameters<typeof serviceUrl>[1],
): Promise<void> {
  const deadline = Date.now() + ANSWER_LIMIT_MS;
  while (Date.now() < deadline) {
    try {
      const answer = await request(serviceUrl(places.ports, service), {
        signal: AbortSignal.timeout(30_000),
      });
      await answer.body.dump();
      if (answer.statusCode < 500) return;
    } catch {
      // Not listening yet.
    }
    await wait(100);
  }
  throw new SpringtideError('unavailable', `${service} of the OpenStack yard did not answer`);
}

/** Somebody else's Python environment must not get into the system's services. */
const PLAIN_PYTHON = { PYTHONPATH: '', PYTHONHOME: '', VIRTUAL_ENV: '', PYTHONUNBUFFERED: '1' } as const;

async function startWsgi(
  places: YardPlaces,
  name: 'keystone' | 'placement',
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningProcess> {
  return startService({
    name,
    command: '/usr/bin/uwsgi_python3',
    args: [...UWSGI, '--http-socket', `127.0.0.1:${places.ports[name]}`, '--wsgi-file', file],
    env: { ...PLAIN_PYTHON, ...env },
    ready: { port: places.ports[name] },
    readyTimeoutMs: START_LIMIT_MS,
    logFile: inYard(places, 'log', `${name}.log`),
  });
}

async function startProgram(
  places: YardPlaces,
  program: keyof typeof PROGRAMS,
  name: string,
  sign: RegExp | ReadySign,
  files: readonly string[],
): Promise<RunningProcess> {
  return startService({
    name,
    command: PYTHON,
    args: [
      inYard(places, 'etc', `${program}.py`),
      ...files.flatMap((file) => ['--config-file', inYard(places, 'etc', file)]),
    ],
    env: PLAIN_PYTHON,
    ready: sign instanceof RegExp ? (line): boolean => sign.test(line) : sign,
    readyTimeoutMs: START_LIMIT_MS,
    logFile: inYard(places, 'log', `${name}.log`),
  });
}

export async function awaitComputes(places: YardPlaces): Promise<void> {
  const services = z.object({ services: z.array(z.object({ state: z.string() })) });
  const carriers = z.object({ hypervisors: z.array(z.unknown()) });
  const url = serviceUrl(places.ports, 'nova');
  const deadline = Date.now() + COMPUTES_WITHIN_MS;
  while (Date.now() < deadline) {
    const token = await adminToken(places);
    const up = services
      .parse((await call('GET', `${url}/os-services?binary=nova-compute`, { token })).body)
      .services.filter(({ state }) => state === 'up');
    const known = carriers.parse((await call('GET', `${url}/os-hypervisors`, { token })).body).hypervisors;
    if (up.length >= places.computes && known.length >= places.computes) return;
    await wait(250);
  }
  throw new SpringtideError('unavailable', 'the hypervisors of the OpenStack yard did not come up');
}

/** Last come, first gone; the stores outlive those that write to them. */
export async function stopAll(running: readonly RunningProcess[]): Promise<void> {
  const stores = running.filter(({ name }) => ['MariaDB', 'RabbitMQ', 'Erlang port mapper'].includes(name));
  const services = running.filter((each) => !stores.includes(each));
  await Promise.all(services.map(async (each) => each.stop(2_000)));
  await Promise.all(stores.map(async (each) => each.stop(10_000)));
}
