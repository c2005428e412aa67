import { join } from 'node:path';
import { freePort } from '../tools/free-port.js';

export type ServiceName = 'keystone' | 'glance' | 'placement' | 'nova' | 'neutron';
export type PortName = ServiceName | 'database' | 'queue' | 'queueDistribution' | 'portMapper';

/** Where one yard lives: a folder of its own and loopback ports that nobody else has. */
export type YardPlaces = Readonly<{
  folder: string;
  ports: Readonly<Record<PortName, number>>;
  /** Hypervisors, each alone in a zone: `yard-c1` in `az1` … */
  computes: number;
  tokenSeconds: number;
  /** Class of nova.virt.fake, which decides how many machines a hypervisor carries. */
  hypervisor: string;
}>;

export const PASSWORD = 'springtide-yard';
export const REGION = 'RegionOne';
const PORT_NAMES: readonly PortName[] = [
  'keystone',
  'glance',
  'placement',
  'nova',
  'neutron',
  'database',
  'queue',
  'queueDistribution',
  'portMapper',
];

export async function choosePorts(
  wanted: Partial<Record<PortName, number>>,
): Promise<Record<PortName, number>> {
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of PORT_NAMES) chosen[name] = wanted[name] ?? (await freshPort(Object.values(chosen)));
  return chosen as Record<PortName, number>;
}

/** The system may name one port twice while nobody listens on it. */
async function freshPort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!taken.includes(port)) return port;
  }
}

export function inYard(places: YardPlaces, ...parts: readonly string[]): string {
  return join(places.folder, ...parts);
}

/** Address of a service without a proxy before it, as the services among themselves use it. */
export function serviceUrl(ports: Readonly<Record<ServiceName, number>>, service: ServiceName): string {
  const path = service === 'keystone' ? '/v3' : service === 'nova' ? '/v2.1' : '';
  return `http://127.0.0.1:${ports[service]}${path}`;
}

export function hypervisors(places: Pick<YardPlaces, 'computes'>): readonly { host: string; zone: string }[] {
  return Array.from({ length: places.computes }, (_, n) => ({ host: `yard-c${n + 1}`, zone: `az${n + 1}` }));
}
