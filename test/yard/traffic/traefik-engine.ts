import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startProcess } from '../tools/process.js';
import { TRAEFIK_VERSION, obtainTraefik } from './obtain-traefik.js';
import { entrancesOf, type EngineRequest, type TrafficYard } from './traffic-engine.js';

const RELOAD_MS = 100;

export async function startTraefik(request: EngineRequest): Promise<TrafficYard> {
  const binary = await obtainTraefik(request.onProgress);
  const apiPort = request.controlPort;
  const dynamic = resolve(request.folder, 'traefik-dynamic');
  await rm(dynamic, { recursive: true, force: true });
  await mkdir(dynamic, { recursive: true });
  const start = () =>
    startProcess({
      name: 'traefik',
      command: binary,
      args: traefikArguments(apiPort, dynamic, request.routes),
      ready: { port: apiPort },
      logFile: join(request.folder, 'traefik.log'),
      cwd: request.folder,
    });
  let process = await start();
  return {
    engine: 'traefik',
    product: `Traefik ${TRAEFIK_VERSION}`,
    providerId: 'traefik',
    settings: {
      apiUrl: `http://127.0.0.1:${apiPort}`,
      folder: dynamic,
      checkIntervalMs: 300,
      reloadWithinMs: RELOAD_MS + 200,
      drainWaitMs: 1_000,
      joinWaitMs: 2_000,
      routes: Object.fromEntries(
        Object.entries(entrancesOf(request.routes)).map(([name, entrance]) => [
          name,
          { entryPoint: name, entrance },
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

function traefikArguments(
  apiPort: number,
  dynamic: string,
  routes: EngineRequest['routes'],
): readonly string[] {
  return [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=ERROR',
    '--api.insecure=true',
    '--api.dashboard=false',
    '--metrics.prometheus=true',
    '--metrics.prometheus.addserviceslabels=true',
    `--entrypoints.traefik.address=127.0.0.1:${apiPort}`,
    ...routes.map(({ name, port }) => `--entrypoints.${name}.address=127.0.0.1:${port}`),
    `--providers.file.directory=${dynamic}`,
    '--providers.file.watch=true',
    `--providers.providersthrottleduration=${RELOAD_MS}ms`,
  ];
}
