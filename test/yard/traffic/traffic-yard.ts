import { freePort } from '../tools/free-port.js';
import { startHaproxy } from './haproxy-engine.js';
import { obtainHaproxy } from './obtain-haproxy.js';
import { startTraefik } from './traefik-engine.js';
import type { EngineRequest, TrafficEngine, TrafficYard } from './traffic-engine.js';

export type { TrafficEngine, TrafficYard } from './traffic-engine.js';

export type TrafficYardRequest = Readonly<{
  /** `port` left out or 0: a free one. Entrances listen on loopback. */
  routes: readonly Readonly<{ name: string; port?: number }>[];
  /** Where the proxy is commanded and read; a free one when left out. Keep it to keep an account's settings. */
  controlPort?: number;
  /** `auto`: HAProxy where it is installed, else Traefik from its wheel. */
  engine?: TrafficEngine | 'auto';
  /** Where configuration and logs go. */
  folder: string;
  onProgress?: (message: string) => void;
}>;

/** A real proxy on loopback with one entrance per route and no members yet. */
export async function startTrafficYard(request: TrafficYardRequest): Promise<TrafficYard> {
  const routes: { name: string; port: number }[] = [];
  for (const { name, port } of request.routes) {
    routes.push({ name, port: port === undefined || port === 0 ? await freePort() : port });
  }
  const engineRequest: EngineRequest = {
    routes,
    controlPort: request.controlPort ?? (await freePort()),
    folder: request.folder,
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
  };
  const engine = request.engine ?? 'auto';
  if (engine === 'traefik') return startTraefik(engineRequest);
  const binary = await obtainHaproxy(request.onProgress);
  if (binary !== undefined) return startHaproxy(binary, engineRequest);
  if (engine === 'auto') return startTraefik(engineRequest);
  throw new Error('HAProxy is not installed here; install it, or let the engine be "auto"');
}
