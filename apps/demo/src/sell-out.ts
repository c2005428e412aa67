import type { CampaignBody, PlanBody } from '@springtide/contracts';
import type { PublicCloud } from './public-cloud.port.js';
import { count } from './numbers.js';
import { paint, screen } from './screen.js';

/** What will be sold out under the run's feet, just when the plan counts on it. */
export type PlannedSellOut = Readonly<{
  cloud: PublicCloud;
  zone: string;
  machineType: string;
  /** Machines that the plan wants there for the peak and does not have before. */
  machines: number;
}>;

/** Into the ramp, and before anything is ordered for the peak. */
const AFTER_RAMP_BEGAN_MS = 4_000;

/** The public pool from which the plan buys most for the peak. Undefined when it buys nothing there. */
export function chooseSellOut(plan: PlanBody, clouds: readonly PublicCloud[]): PlannedSellOut | undefined {
  const machinesIn = (poolId: string, phase: string) =>
    plan.allocations
      .filter((row) => row.poolId === poolId && row.phase === phase)
      .reduce((sum, row) => sum + row.machines, 0);
  return plan.pools
    .flatMap(({ id, accountName, zone, machineType }) => {
      const cloud = clouds.find(({ name }) => name === accountName);
      const machines = machinesIn(id, 'peak') - machinesIn(id, 'ramp');
      return cloud === undefined || machines <= 0 ? [] : [{ cloud, zone, machineType, machines }];
    })
    .toSorted((a, b) => b.machines - a.machines)[0];
}

/** Sells it out on time. Never rejects: a cloud that does not obey is told, and the run goes on. */
export function scheduleSellOut(campaign: CampaignBody, planned: PlannedSellOut): void {
  const { cloud, zone, machineType, machines } = planned;
  const ramp = campaign.phases.find((phase) => phase.name === 'ramp');
  const at = Date.parse(ramp?.startsAt ?? campaign.createdAt) + AFTER_RAMP_BEGAN_MS;
  const tell = (text: string) => screen.say(paint(33, `  ${text}`));
  setTimeout(
    () => {
      cloud.sellOut(zone, machineType).then(
        () =>
          tell(
            `${cloud.title} has no ${machineType} left in ${zone}; the plan counts on ${count(machines, 'more machine')} there for the peak.`,
          ),
        (thrown: unknown) => screen.warn(thrown instanceof Error ? thrown.message : String(thrown)),
      );
    },
    Math.max(0, at - Date.now()),
  ).unref();
}
