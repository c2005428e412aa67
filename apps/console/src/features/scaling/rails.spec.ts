import type { ScalingBody } from '@springtide/contracts';
import { railsOf, withRails } from './rails.js';

const campaigns = { id: 'campaigns', kind: 'campaign' } as const;
const scaling: ScalingBody = {
  ...{ service: 'shop', version: 2, updatedAt: '2026-11-11T00:00:00.000Z', current: 3 },
  ...{
    floor: 2,
    ceiling: 20,
    cooldownSeconds: 300,
    largestScaleIn: 0.5,
    moneyPerMonth: null,
    advisory: true,
    group: null,
    rest: null,
  },
  month: {
    ...{ from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z', timeZone: 'UTC' },
    ...{ limit: null, spent: [], projected: [] },
  },
  decision: { machines: 3, action: 'hold', wants: [], reasons: [] },
  strategies: [campaigns],
};

describe('rails', () => {
  it('are changed without touching the other strategies', () => {
    expect(railsOf(scaling)).toEqual({ floor: 2, ceiling: 20, byHand: null });
    const input = withRails(scaling, { floor: 4, ceiling: 30, byHand: 7 });
    expect(input).toEqual({
      ...{ floor: 4, ceiling: 30, cooldownSeconds: 300, largestScaleIn: 0.5, moneyPerMonth: null },
      strategies: [{ id: 'by-hand', kind: 'manual', machines: 7, until: null }, campaigns],
    });
    expect(railsOf({ ...scaling, ...input }).byHand).toBe(7);
  });

  it('let go of a number set by hand, and keep its name where it changes', () => {
    const now = { id: 'night', kind: 'manual', machines: 5, until: null } as const;
    const set = { ...scaling, strategies: [campaigns, now] };
    const { floor, ceiling } = scaling;
    expect(withRails(set, { floor, ceiling, byHand: null }).strategies).toEqual([campaigns]);
    expect(withRails(set, { floor, ceiling, byHand: 6 }).strategies[0]).toEqual({ ...now, machines: 6 });
  });

  it('leave a number set by hand its end where only the others change', () => {
    const tonight = { id: 'night', kind: 'manual', machines: 5, until: '2026-11-12T00:00:00.000Z' } as const;
    const set = { ...scaling, strategies: [campaigns, tonight] };
    const input = withRails(set, { floor: 1, ceiling: 40, byHand: 5 });
    expect(input).toMatchObject({ floor: 1, ceiling: 40, strategies: [campaigns, tonight] });
  });
});
