export type TrafficEngine = 'haproxy' | 'traefik';

export type EngineRequest = Readonly<{
  routes: readonly Readonly<{ name: string; port: number }>[];
  controlPort: number;
  folder: string;
  onProgress?: (message: string) => void;
}>;

export type TrafficYard = Readonly<{
  engine: TrafficEngine;
  /** Product and version, as the binary says. */
  product: string;
  providerId: TrafficEngine;
  /** Settings of the provider account, as a user would enter them. */
  settings: Readonly<Record<string, unknown>>;
  /** Route → `http://host:port`. */
  entrances: Readonly<Record<string, string>>;
  pids(): readonly number[];
  /** Kills the proxy and starts it again on the same ports, as after a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}>;

export function entrancesOf(routes: EngineRequest['routes']): Readonly<Record<string, string>> {
  return Object.fromEntries(routes.map(({ name, port }) => [name, `http://127.0.0.1:${port}`]));
}
