import type { Phase } from '@springtide/contracts';
import { lateReasons, orderWindows, startsInHours, type PlanTimes } from './plan-times.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 11, 0, minute)).toISOString();
const MINUTE = 60_000;
const fast = { accountId: 'acc', machineType: 'fast' };
const slow = { accountId: 'acc', machineType: 'slow' };

/** Ordered at minute 0; slow machines serve after 15 minutes, fast ones, as measured, after 6. */
const times: PlanTimes = {
  orderedAt: at(0),
  declared: new Map([['acc', 14 * MINUTE]]),
  measured: [{ ...fast, machines: 50, p50Ms: 3 * MINUTE, p90Ms: 5 * MINUTE }],
  warmUpMs: MINUTE,
};
const phases = (start: number): readonly Phase[] => [
  { name: 'ramp', startsAt: at(start), endsAt: at(start + 20) },
  { name: 'peak', startsAt: at(start + 20), endsAt: at(start + 80) },
];

describe('the time before a phase', () => {
  it('is counted from now, and never less than the fastest machines need', () => {
    expect(startsInHours(times, phases(12), [slow, fast])).toEqual([0.2, 0.5333333333]);
    expect(startsInHours(times, phases(3), [slow, fast])[0]).toBe(0.1);
    expect(startsInHours(times, phases(-30), [slow])).toEqual([0.25, 0.25]);
  });

  it('is told where nothing ordered now can be in time', () => {
    expect(lateReasons(times, phases(12), [slow, fast])).toEqual([]);
    expect(lateReasons(times, phases(3), [slow, fast])).toMatchObject([
      { code: 'late-start', params: { phase: 'ramp', seconds: 360 } },
    ]);
  });

  it('is there for orders up to the last that are in time; where that is over, orders have the phase itself', () => {
    expect(orderWindows(times, phases(45))).toEqual([30 * MINUTE, 20 * MINUTE]);
    expect(orderWindows(times, phases(5))).toEqual([20 * MINUTE, 20 * MINUTE]);
  });
});
