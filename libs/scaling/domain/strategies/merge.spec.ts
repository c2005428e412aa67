import { asTold, sentence, storyText, type ScalingStrategy } from '@springtide/contracts';
import fc from 'fast-check';
import { mergeWants, type ScalingRails } from './merge.js';
import type { ScalingSight, ScalingWant } from './strategy.js';
import { wantOf } from './wants.js';

const NOW = '2026-11-11T02:00:00.000Z';
const RAILS: ScalingRails = { floor: 2, ceiling: 50, cooldownSeconds: 600, largestScaleIn: 0.25 };
const BECAUSE = asTold([sentence('unseen.not-read', {})]);
const KINDS = ['manual', 'scheduled', 'metric', 'predictive', 'campaign'] as const;

function want(kind: ScalingWant['kind'], machines: number | null): ScalingWant {
  return { strategyId: kind, kind, machines, ...BECAUSE };
}

const anyWants = fc.array(
  fc.record({
    strategyId: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom(...KINDS),
    machines: fc.option(fc.nat(100)),
    text: fc.constant(BECAUSE.text),
    sentences: fc.constant(BECAUSE.sentences),
  }),
  { maxLength: 6 },
);
const anyRails = fc
  .record({ floor: fc.nat(40), above: fc.nat(60), cooldownSeconds: fc.nat(1_000) })
  .map(({ floor, above, cooldownSeconds }) => ({
    ...{ floor, ceiling: floor + above, cooldownSeconds },
    largestScaleIn: 0.25,
  }));

describe('merging what strategies want', () => {
  const decide = (wants: readonly ScalingWant[], current: number, changedAt: string | null = null) =>
    mergeWants(wants, RAILS, { now: NOW, current, changedAt });

  it('takes the highest want, and says whose it was', () => {
    const decision = decide([want('metric', 7), want('scheduled', 12), want('manual', 5)], 6);
    expect(decision).toMatchObject({ machines: 12, action: 'out' });
    expect(decision.reasons).toEqual(['the highest want counts: 12, by scheduled']);
  });

  it('lets no machine go on a forecast alone', () => {
    const decision = decide([want('predictive', 4), want('scheduled', null)], 10);
    expect(decision).toMatchObject({ machines: 10, action: 'hold' });
    expect(decision.reasons[0]).toMatch(/a forecast alone lets nothing go/);
    expect(decide([want('predictive', 4), want('metric', 9)], 10)).toMatchObject({
      machines: 9,
      action: 'in',
    });
  });

  it('lets no machine go while a metric cannot be seen, nor before the cool-down is over', () => {
    expect(decide([want('metric', null), want('scheduled', 4)], 10).reasons[0]).toMatch(/metric cannot see/);
    expect(decide([want('metric', 4)], 5, '2026-11-11T01:55:00.000Z').reasons[0]).toMatch(/lasts 300 s more/);
    expect(decide([want('metric', 4)], 5, '2026-11-11T01:50:00.000Z')).toMatchObject({ machines: 4 });
  });

  it('lets a part go at a time', () => {
    const decision = decide([want('metric', 4)], 40);
    expect(decision.machines).toBe(30);
    expect(decision.reasons.at(-1)).toBe('no more than 10 go at once: 30');
  });

  it('tells every step to readers of any language', () => {
    const chinese = (decision: ReturnType<typeof decide>) =>
      decision.reasonSentences.map((step) => storyText([step], { language: 'zh-CN' }));
    expect(chinese(decide([want('metric', 4)], 40))).toEqual([
      '取最高需求：4 台，少于现有的 40 台',
      '一次最多减少 10 台：30 台',
    ]);
    expect(chinese(decide([want('metric', null), want('scheduled', 4)], 10))).toEqual([
      '4 台即可，但 metric 无法判断（未读取）：现有 10 台主机保持不变',
    ]);
    expect(chinese(decide([want('metric', 60)], 10)).at(-1)).toBe(
      '上限为 50 台：比需求少 10 台主机，将会短缺',
    );
  });

  it('says what the ceiling costs', () => {
    expect(decide([want('metric', 60)], 10).reasons.at(-1)).toBe(
      'the ceiling is 50, 10 machines below what is wanted: those will be missing',
    );
  });

  it('never leaves the rails, never falls below the highest want inside them, and gives a reason', () => {
    fc.assert(
      fc.property(anyWants, anyRails, fc.nat(120), (wants, rails, current) => {
        const { machines, action, reasons } = mergeWants(wants, rails, {
          now: NOW,
          current,
          changedAt: null,
        });
        expect(machines).toBeGreaterThanOrEqual(rails.floor);
        expect(machines).toBeLessThanOrEqual(rails.ceiling);
        const highest = Math.max(0, ...wants.map((one) => one.machines ?? 0));
        expect(machines).toBeGreaterThanOrEqual(Math.min(highest, rails.ceiling));
        expect(action).toBe(machines > current ? 'out' : machines < current ? 'in' : 'hold');
        expect(reasons.length).toBeGreaterThan(0);
      }),
      { seed: 6 },
    );
  });

  it('goes no lower for one want more, nor for a cool-down', () => {
    fc.assert(
      fc.property(anyWants, fc.nat(100), fc.nat(60), (wants, more, current) => {
        const state = { now: NOW, current, changedAt: null };
        const fixed = [want('manual', 0), ...wants];
        const before = mergeWants(fixed, RAILS, state).machines;
        expect(mergeWants([...fixed, want('metric', more)], RAILS, state).machines).toBeGreaterThanOrEqual(
          Math.min(before, 50),
        );
        const justChanged = mergeWants(fixed, RAILS, { ...state, changedAt: NOW }).machines;
        expect(justChanged).toBeGreaterThanOrEqual(before);
      }),
      { seed: 6 },
    );
  });
});

describe('wants', () => {
  const sight: ScalingSight = {
    now: NOW,
    metrics: { m: 950 },
    forecasts: { p: 1_201 },
    campaignMachines: 8,
  };
  const URL = 'http://prometheus:9090';
  const SERIES = '00000000-0000-4000-8000-000000000001';

  it.each<[ScalingStrategy, number | null, RegExp]>([
    [{ id: 'h', kind: 'manual', machines: 3, until: null }, 3, /until changed/],
    [{ id: 'h', kind: 'manual', machines: 3, until: NOW }, null, /has passed/],
    [
      { id: 'm', kind: 'metric', metric: 'requests/s', targetPerMachine: 100, url: URL, query: 'q' },
      10,
      /requests\/s is 950, at 100 per machine/,
    ],
    [
      { id: 'other', kind: 'metric', metric: 'x', targetPerMachine: 1, url: URL, query: 'q' },
      null,
      /x is unknown: it was not read/,
    ],
    [
      {
        id: 'p',
        kind: 'predictive',
        seriesId: SERIES,
        capacityPerMachine: 100,
        quantile: 'p90',
        leadSeconds: 600,
      },
      13,
      /below 1201 for 600 s with 90 % probability/,
    ],
    [{ id: 'c', kind: 'campaign' }, 8, /hold 8/],
  ])('%o', (strategy, machines, text) => {
    const got = wantOf(strategy, sight);
    expect(got.machines).toBe(machines);
    expect(got.text).toMatch(text);
  });
});
