import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@springtide/platform';
import type { Clock } from '@springtide/kernel';
import { SimulatedCloud, type CloudPlanInput } from '../../../providers/simulated/index.js';
import { cloudRoutes } from './cloud-routes.js';

export type SimulatedYardRequest = Readonly<{
  clouds: Readonly<Record<string, CloudPlanInput>>;
  host?: string;
  /** Left out: a free one. */
  port?: number;
  clock?: Pick<Clock, 'now'>;
}>;

export type SimulatedYard = Readonly<{
  url: string;
  /** What an account's settings take. */
  endpointOf(cloud: string): string;
  cloud(name: string): SimulatedCloud | undefined;
  close(): Promise<void>;
}>;

/** Serves simulated clouds over HTTP, so that several processes share them. */
export async function startSimulatedYard(request: SimulatedYardRequest): Promise<SimulatedYard> {
  const clock = request.clock ?? systemClock;
  const clouds = new Map(
    Object.entries(request.clouds).map(([name, plan]) => [name, new SimulatedCloud(plan, clock)]),
  );
  const open = (name: string, plan: CloudPlanInput): void => {
    clouds.set(name, new SimulatedCloud(plan, clock));
  };
  const host = request.host ?? '127.0.0.1';
  const server = createServer(cloudRoutes(clouds, open));
  server.keepAliveTimeout = 30_000;
  const port = await listen(server, host, request.port ?? 0);
  const url = `http://${host}:${port}`;
  return {
    url,
    endpointOf: (cloud) => `${url}/clouds/${encodeURIComponent(cloud)}`,
    cloud: (name) => clouds.get(name),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return (server.address() as AddressInfo).port;
}
