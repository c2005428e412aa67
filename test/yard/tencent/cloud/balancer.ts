import { WireError } from '../wire/wire-error.js';
import type { Cloud } from './cloud.js';
import type { Region } from './region.js';

export type Target = {
  /** Empty for an address that was given as such. */
  readonly machineId: string;
  readonly ip: string;
  readonly port: number;
  readonly registeredAt: number;
  /** What whoever registered it wrote on it. */
  readonly label: string;
  weight: number;
};

export type Rule = {
  readonly id: string;
  readonly domain: string;
  readonly url: string;
  readonly createdAt: number;
  targets: Target[];
};

export type Listener = {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly scheduler: string;
  readonly createdAt: number;
  rules: Rule[];
  /** Of listeners that look at no host and path. */
  targets: Target[];
};

export type Balancer = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly vip: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly projectId: number;
  readonly createdAt: number;
  tags: { TagKey: string; TagValue: string }[];
  listeners: Listener[];
  ready: boolean;
  /** The task that is under way; the vendor refuses another one meanwhile. */
  busyWith?: string;
  /** Rises with each change that took effect. */
  revision: number;
};

export type BalancerTask = Readonly<{
  state: 'running' | 'done' | 'failed';
  balancerIds: readonly string[];
  message: string;
}>;

/**
 * Accepts a change whose effect comes later, under the id of the request that asked for it.
 * @throws WireError FailedOperation.ResourceInOperating
 */
export function startTask(
  cloud: Cloud,
  region: Region,
  balancer: Balancer,
  taskId: string,
  apply: () => void,
): void {
  if (balancer.busyWith !== undefined) {
    throw new WireError(
      'FailedOperation.ResourceInOperating',
      `Loadbalancer(${balancer.id}) is not in normal desState, maybe some tasks are being processed, please try later.`,
    );
  }
  const balancerIds = [balancer.id];
  balancer.busyWith = taskId;
  region.tasks.set(taskId, { state: 'running', balancerIds, message: '' });
  cloud.agenda.plan(cloud.now() + cloud.settings.balancerTaskMs, () => {
    delete balancer.busyWith;
    apply();
    balancer.revision += 1;
    region.tasks.set(taskId, { state: 'done', balancerIds, message: '' });
  });
}

/** A machine that is gone is nobody's target any more. */
export function dropTargets(region: Region, machineId: string): void {
  for (const balancer of region.balancers.values()) {
    for (const holder of balancer.listeners.flatMap((listener) => [listener, ...listener.rules])) {
      if (!holder.targets.some((target) => target.machineId === machineId)) continue;
      holder.targets = holder.targets.filter((target) => target.machineId !== machineId);
      balancer.revision += 1;
    }
  }
}

/** `Close` and `Dead` are not told apart from what this cloud knows; a test may say so for an address. */
export function healthOf(cloud: Cloud, region: Region, target: Target): 'Alive' | 'Dead' | 'Unknown' {
  const told = cloud.toldHealth.get(`${target.ip}:${target.port}`);
  if (told !== undefined) return told ? 'Alive' : 'Dead';
  if (cloud.now() < target.registeredAt + cloud.settings.healthMs) return 'Unknown';
  if (target.machineId === '') return 'Alive';
  return region.machines.get(target.machineId)?.state === 'RUNNING' ? 'Alive' : 'Dead';
}
