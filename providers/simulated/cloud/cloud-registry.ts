import type { Clock } from '@springtide/kernel';
import type { CloudPlanInput } from './plan.js';
import { SimulatedCloud } from './simulated-cloud.js';

const clouds = new Map<string, SimulatedCloud>();

/** Makes a cloud that accounts in this process reach by name. One of the same name is replaced. */
export function openSimulatedCloud(
  name: string,
  plan: CloudPlanInput,
  clock: Pick<Clock, 'now'>,
): SimulatedCloud {
  const cloud = new SimulatedCloud(plan, clock);
  clouds.set(name, cloud);
  return cloud;
}

export function simulatedCloud(name: string): SimulatedCloud | undefined {
  return clouds.get(name);
}

export function closeSimulatedCloud(name: string): void {
  clouds.delete(name);
}
