import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startProcess } from '../tools/process.js';
import { entrancesOf, type EngineRequest, type TrafficYard } from './traffic-engine.js';

const run = promisify(execFile);

export async function startHaproxy(binary: string, request: EngineRequest): Promise<TrafficYard> {
  const runtimePort = request.controlPort;
  const config = join(request.folder, 'haproxy.cfg');
  await mkdir(request.folder, { recursive: true });
  const maps = resolve(request.folder);
  for (const { name } of request.routes) await emptyMaps(join(maps, name));
  await writeFile(config, configuration(runtimePort, request.routes, maps));
  const { stdout } = await run(binary, ['-v']);
  const product = /version ([^\s]+)/i.exec(stdout)?.[1] ?? 'of unknown version';
  const start = () =>
    startProcess({
      name: 'haproxy',
      command: binary,
      args: ['-f', config, '-db'],
      ready: { port: runtimePort },
      logFile: join(request.folder, 'haproxy.log'),
    });
  let process = await start();
  return {
    engine: 'haproxy',
    product: `HAProxy ${product}`,
    providerId: 'haproxy',
    settings: {
      host: '127.0.0.1',
      port: runtimePort,
      routes: Object.fromEntries(
        Object.entries(entrancesOf(request.routes)).map(([name, entrance]) => [
          name,
          { backend: name, entrance, matchMaps: join(maps, name) },
        ]),
      ),
    },
    entrances: entrancesOf(request.routes),
    pids: () => [process.pid],
    restart: async () => {
      await process.kill();
      process = await start();
    },
    stop: async () => process.stop(),
  };
}

/**
 * The configuration a user of HAProxy needs for Springtide: one frontend and one empty backend per route. Dynamic
 * servers do not inherit `default-server`; what they need of checks, the provider says when it adds them.
 */
function configuration(runtimePort: number, routes: EngineRequest['routes'], maps: string): string {
  const global = `global
  stats socket ipv4@127.0.0.1:${runtimePort} level admin
  stats timeout 60s
  maxconn 4000
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 10s
  timeout queue 2s
  timeout check 1s
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response
`;
  return global + routes.map(({ name, port }) => route(name, port, join(maps, name))).join('');
}

/** HAProxy starts without matches, as it starts without members. */
async function emptyMaps(prefix: string): Promise<void> {
  for (const ending of ['sources', 'headers', 'members']) await writeFile(`${prefix}.${ending}`, '');
}

function route(name: string, port: number, maps: string): string {
  return `frontend entrance-${name}
  bind 127.0.0.1:${port}
  default_backend ${name}
backend ${name}
  balance roundrobin
  option httpchk GET /healthz
  http-check expect status 200
  http-request set-var(txn.headers) req.hdrs,url_enc
  http-request set-var(txn.match) src,map_ip_int(${maps}.sources,999999)
  http-request set-var(txn.by_header) str(%0D%0A),concat(,txn.headers),map_sub_int(${maps}.headers,999999)
  http-request set-var(txn.match) var(txn.by_header) if { var(txn.by_header),sub(txn.match) lt 0 }
  http-request set-var(txn.size) var(txn.match),map_str(${maps}.members,0),add(0)
  http-request set-var(txn.turn) rand,mod(txn.size) if { var(txn.size) -m int gt 0 }
  http-request set-var(txn.next) var(txn.turn),add(1),mod(txn.size) if { var(txn.size) -m int gt 0 }
  http-request set-var(txn.one) var(txn.match),concat(.,txn.turn),map_str(${maps}.members) if { var(txn.size) -m int gt 0 }
  http-request set-var(txn.other) var(txn.match),concat(.,txn.next),map_str(${maps}.members) if { var(txn.size) -m int gt 0 }
  use-server %[var(txn.one)] if { var(txn.one) -m found }
  use-server %[var(txn.other)] if { var(txn.other) -m found }
`;
}
