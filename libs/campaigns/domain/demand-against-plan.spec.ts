import fc from 'fast-check';
import {
  mayGoEarly,
  multipleToAnswer,
  viewOfDemand,
  type DemandReading,
  type DemandView,
  type PlannedPhase,
  type SurgePolicy,
} from './demand-against-plan.js';

const POLICY: SurgePolicy = {
  ...{ tolerance: 0.1, headroom: 0.2, most: 1.5, least: 0.5, agreeing: 2, calmMs: 900_000 },
};
const START = Date.parse('2026-11-11T00:00:00.000Z');
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();

/** A quiet hour, a peak of three times as much, and the way down. */
const PLANNED: readonly PlannedPhase[] = [
  { name: 'ramp', startsAt: at(0), endsAt: at(60), requestsPerSecond: 100 },
  { name: 'peak', startsAt: at(60), endsAt: at(120), requestsPerSecond: 300 },
  { name: 'decay', startsAt: at(120), endsAt: at(180), requestsPerSecond: 80 },
];
const FLEET = { machineCapacity: 10, standingCapacity: 0, leadMs: 300_000, stepMs: 60_000, ceiling: 100 };

/** What the entrance took in each minute from `from` on, as multiples of the plan. */
function taken(shares: readonly number[], from = 0): readonly DemandReading[] {
  return shares.map((share, index) => {
    const minute = from + index + 1;
    const phase = PLANNED.find(({ startsAt, endsAt }) => startsAt < at(minute) && at(minute) <= endsAt);
    return { at: at(minute), requestsPerSecond: share * (phase?.requestsPerSecond ?? 0) };
  });
}

function viewAfter(shares: readonly number[], from = 0, ceiling = FLEET.ceiling): DemandView | undefined {
  const readings = taken(shares, from);
  const sight = { planned: PLANNED, readings, levelSigma: 0.2, now: at(from + shares.length) };
  return viewOfDemand(sight, { ...FLEET, ceiling }, POLICY);
}

function answered(shares: readonly number[], { from = 0, kept = 1, mayFall = false } = {}): number {
  const view = viewAfter(shares, from);
  return view === undefined ? Number.NaN : multipleToAnswer(view, kept, POLICY, mayFall);
}

const times = (count: number, share: number) => Array.from({ length: count }, () => share);
/** Minutes that differ by a few percent, as real ones do. */
const noisy = (count: number, share: number) =>
  Array.from({ length: count }, (_, k) => share * (1 + 0.04 * Math.sin(k * 2.3)));

describe('demand against its plan', () => {
  it('says nothing before anything was read, or where nothing is planned', () => {
    expect(viewAfter([])).toBeUndefined();
    expect(viewAfter([1.4])).toBeUndefined();
    const nothing = PLANNED.map((phase) => ({ ...phase, requestsPerSecond: 0 }));
    const sight = { planned: nothing, readings: taken(times(9, 1)), levelSigma: 0.2, now: at(9) };
    expect(viewOfDemand(sight, FLEET, POLICY)).toBeUndefined();
  });

  it('stays with the plan while demand is as planned, from the first readings on', () => {
    for (const count of [2, 3, 5, 20, 50]) expect(answered(noisy(count, 1))).toBe(1);
    expect(answered(noisy(50, 0.6))).toBe(1);
  });

  it('is moved by no single spike, but by readings in a row', () => {
    expect(answered([...times(9, 1), 1.4])).toBe(1);
    expect(answered([...times(9, 1), 1.4, 1, 1])).toBe(1);
    expect(answered([...times(9, 1), 1.4, 1.4])).toBeCloseTo(1.4, 1);
  });

  it('learns in a quiet hour by how much the peak will be above its plan, and says so', () => {
    const view = viewAfter(noisy(57, 1.3));
    expect(view?.multiple).toBeGreaterThanOrEqual(1.3);
    expect(view?.multiple).toBeLessThan(1.4);
    expect(view?.reason.text).toMatch(/^Demand may reach (39|40|41)\d .* demand runs at 1(2[89]|30|31) % of/);
  });

  it('keeps what it added as long as the burst policy provides for it, then goes back', () => {
    const surge = [...times(10, 1), ...times(10, 1.4)];
    expect(answered([...surge, ...times(20, 1)], { kept: 1.4 })).toBeCloseTo(1.4, 1);
    expect(answered(times(50, 1), { kept: 1.4 })).toBe(1);
  });

  it('does not move for less than a twentieth upwards, nor for less than the tolerance downwards', () => {
    expect(answered(times(20, 1.33), { kept: 1.3 })).toBe(1.3);
    expect(answered(times(20, 1.38), { kept: 1.3 })).toBeCloseTo(1.38, 1);
    expect(answered(times(20, 1.25), { kept: 1.3 })).toBe(1.3);
  });

  it('goes no higher than its rail without a person, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 2, maxLength: 100 }),
        fc.boolean(),
        (shares, mayFall) => {
          const multiple = answered(shares, { mayFall });
          expect(multiple).toBeGreaterThanOrEqual(mayFall ? POLICY.least : 1);
          expect(multiple).toBeLessThanOrEqual(POLICY.most);
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it('says when the approval leaves fewer machines than are needed', () => {
    expect(viewAfter(times(57, 1.3), 0, 20)?.reason.code).toBe('burst-at-ceiling');
  });

  it.each([
    ['a rise', 60, [100, 300]],
    ['a fall', 120, [300, 80]],
  ])(
    'takes %s that is planned for no surprise, however late readings are',
    (_what, edge, [before = 0, after = 0]) => {
      for (const late of [0.1, 0.4, 0.5, 0.7, 1.3]) {
        const ends = [
          ...Array.from({ length: 20 }, (_, k) => edge - 20 + k),
          edge + late,
          edge + late + 1,
          edge + late + 2,
        ];
        const readings = ends.map((minute, index) => {
          const since = ends[index - 1] ?? minute - 1;
          const beyond = Math.max(0, minute - Math.max(edge, since)) / (minute - since);
          return { at: at(minute), requestsPerSecond: before * (1 - beyond) + after * beyond };
        });
        for (let count = 20; count <= readings.length; count += 1) {
          const known = readings.slice(0, count);
          const now = known.at(-1)?.at ?? '';
          const view = viewOfDemand(
            { planned: PLANNED, readings: known, levelSigma: 0.2, now },
            FLEET,
            POLICY,
          );
          expect(view === undefined ? Number.NaN : multipleToAnswer(view, 1, POLICY, false)).toBe(1);
        }
      }
    },
  );

  it('begins with the first reading, not with the plan', () => {
    expect(answered(times(50, 1.3), { from: 65 })).toBeCloseTo(1.3, 1);
  });
});

describe('demand below its plan', () => {
  it('is answered only where machines may go, after it was watched for the calm time', () => {
    expect(answered(times(40, 0.6), { from: 122 })).toBe(1);
    expect(answered(times(40, 0.6), { from: 122, mayFall: true })).toBeCloseTo(0.6, 1);
    expect(answered(times(10, 0.6), { from: 122, mayFall: true })).toBe(1);
  });

  it('leaves as much as the highest of the last minutes needs, and never less than the rail', () => {
    const busy = [...times(30, 0.6), 0.8, 0.8, 0.6];
    expect(answered(busy, { from: 122, mayFall: true })).toBeCloseTo(0.8, 1);
    expect(answered(times(40, 0.1), { from: 122, mayFall: true })).toBe(0.5);
  });

  it.each([
    [undefined, []],
    ['keep', []],
    ['after-peak', ['decay']],
    ['in-peak', ['peak', 'decay']],
  ] as const)('with "%s" lets machines of %j go', (belowPlan, phases) => {
    const may = PLANNED.filter(({ name }) => mayGoEarly(belowPlan, PLANNED, name)).map(({ name }) => name);
    expect(may).toEqual(phases);
  });
});
