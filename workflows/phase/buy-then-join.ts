import type { RunRef, ShiftActivities } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { STEP } from '../activity-profiles.js';
import { settleAll } from '../settle-all.js';

const { joinRoute } = proxyActivities<ShiftActivities>(STEP);

export type Ramp = Readonly<{
  run: RunRef;
  services: readonly string[];
  growing: ReadonlySet<string>;
  label: string;
  buy: () => Promise<void>;
  move: (service: string) => Promise<void>;
}>;

/**
 * A phase as version 0.1.0 carried it out: nobody joins before the last purchase is seen through. For runs that were in one
 * then; it goes with the version after the next.
 */
export async function buyThenJoin({ run, services, growing, label, buy, move }: Ramp): Promise<void> {
  await buy();
  await settleAll(
    services.map(async (service) => {
      if (growing.has(service)) await joinRoute({ ...run, service, join: label });
      await move(service);
    }),
  );
}
