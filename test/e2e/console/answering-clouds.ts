import { systemClock } from '@springtide/platform';
import {
  examplePrivateCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type CloudPlanInput,
} from '../../../providers/simulated/index.js';
import { BootAgent } from '../../yard/machines/boot-agent.js';
import type { ListedMachine, MachineSource } from '../../yard/machines/machine-source.js';

export type AnsweringClouds = Readonly<{
  credentials: Readonly<{ private: Record<string, unknown>; public: Record<string, unknown> }>;
  /** Machines that served before any campaign; on `port` like all others. */
  standing: readonly ListedMachine[];
  stop(): Promise<void>;
}>;

export const STANDING_TYPE = 'rack.8';
const BOOT_MS = 300;

/** Two simulated clouds in this process whose machines, and a few standing ones, really answer on loopback. */
export function startAnsweringClouds(port: number): AnsweringClouds {
  const home = smallPrivateCloud();
  const far = examplePublicCloud({ behaviour: { bootMs: BOOT_MS } });
  const clouds = [
    openSimulatedCloud('console-private', home, systemClock),
    openSimulatedCloud('console-public', far, systemClock),
  ];
  const standing = ['127.40.0.1', '127.40.0.2'].map((address) => ({
    id: `rack-${address}`,
    machineType: STANDING_TYPE,
    address,
    state: 'running',
    labels: {},
  }));
  const everything: MachineSource = {
    name: 'console-test',
    list: async () => await Promise.resolve([...standing, ...clouds.flatMap((cloud) => cloud.machines())]),
    close: async () => undefined,
  };
  const types = [...home.machineTypes, ...far.machineTypes].map(({ name }) => name);
  const agent = new BootAgent({
    sources: [everything],
    capacities: Object.fromEntries(
      [STANDING_TYPE, ...types].map((name) => [name, { requestsPerSecond: 100, baseLatencyMs: 1 }]),
    ),
    port,
    bootMs: 50,
    pollMs: 200,
    log: () => undefined,
  });
  agent.start();
  return {
    credentials: { private: { ...home.credentials }, public: { ...far.credentials } },
    standing,
    stop: async () => {
      await agent.stop();
    },
  };
}

/** Two hosts, so that a ramp already has to buy elsewhere. */
function smallPrivateCloud(): CloudPlanInput {
  const plan = examplePrivateCloud({ behaviour: { bootMs: BOOT_MS } });
  const hosts = { count: 1, vcpu: 32, memoryMiB: 131_072 };
  const regions = plan.regions.map((region) => ({
    ...region,
    zones: region.zones.map((zone) => ({ ...zone, hosts })),
  }));
  return { ...plan, regions };
}
