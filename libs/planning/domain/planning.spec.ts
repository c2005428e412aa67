import fc from 'fast-check';
import { randomProblem } from '../testing/random-problem.js';
import { Allocation } from './allocation.js';
import { planRows } from './assemble-plan.js';
import { checkPlan, type PlanRule } from './check-plan.js';
import type { PlanReason } from './capacity-plan.js';
import { explanationText, reasonText } from './explanation-text.js';
import { guideFrom } from './guide.js';
import { improve } from './improvement.js';
import { costOf, startsOf } from './plan-cost.js';
import { compileModel } from './planner-model.js';
import { PriceAscent } from './price-ascent.js';
import { ruleValues } from './prices.js';
import { problemFaults } from './problem-rules.js';
import { Relaxation } from './relaxation.js';
import type { PlanningPool, PlanningProblem } from './problem.js';
import { enforceCaps, repair } from './rounding.js';
import { search, seededNumbers } from './search.js';

const eur = (amount: string) => ({ currency: 'EUR', amount });
const never = () => false;

function pool(over: Partial<PlanningPool> & { id: string }): PlanningPool {
  return {
    account: 'cloud',
    region: 'r',
    zone: 'a',
    machineType: 't',
    family: 'm',
    arch: 'amd64',
    option: 'on-demand',
    vcpu: 4,
    memoryGiB: 16,
    pricePerHour: eur('0.1'),
    startCost: eur('0.03'),
    cap: 10,
    quotaGroup: null,
    interruptionPerHour: 0,
    ...over,
  };
}

const two: PlanningProblem = {
  currency: 'EUR',
  objective: 'cheapest',
  phases: [
    { id: 'ramp', hours: 0.5 },
    { id: 'peak', hours: 2 },
  ],
  quotaGroups: [{ id: 'q', limitVcpu: 20, usedVcpu: 4 }],
  pools: [
    pool({ id: 'a', quotaGroup: 'q', cap: 6 }),
    pool({ id: 'b', zone: 'b', option: 'spot', pricePerHour: eur('0.04') }),
  ],
  classes: [
    {
      id: 'web',
      unit: 'requests/s',
      headroom: 0.5,
      spotMax: 0.5,
      zoneLossFraction: 0.6,
      demand: [
        { units: 100, memoryGiB: 0 },
        { units: 200, memoryGiB: 80 },
      ],
      allowed: [
        { pool: 'a', units: 50 },
        { pool: 'b', units: 60 },
      ],
      shortagePenaltyPerUnitHour: eur('1'),
    },
  ],
  budget: eur('2'),
  hourlyCeilings: [{ account: 'cloud', perHour: eur('0.6') }],
};

const rules = (rows: Parameters<typeof checkPlan>[1]): PlanRule[] => [
  ...new Set(checkPlan(two, rows).violations.map((violation) => violation.rule)),
];

describe('checkPlan', () => {
  it('finds each broken rule', () => {
    const row = (poolId: string, counts: number[]) => ({ class: 'web', pool: poolId, counts });
    expect(rules([row('a', [2, 4])])).toEqual([]);
    expect(rules([row('a', [0, 7])])).toEqual(['cap', 'quota', 'hourly-ceiling']);
    expect(rules([row('a', [0, 5])])).toEqual(['quota']);
    expect(rules([row('a', [0, 3]), row('b', [0, 3])])).toEqual(['spot']);
    expect(rules([row('b', [0, 1])])).toEqual(['spot']);
    expect(rules([row('a', [0, 1]), row('a', [1, 0])])).toEqual(['shape']);
    expect(rules([row('a', [0.5, 1])])).toEqual(['shape']);
    expect(rules([row('c', [0, 1])])).toContain('allowed');
    expect(checkPlan({ ...two, budget: eur('0.9') }, [row('a', [0, 4])]).violations).toEqual([
      { rule: 'budget', detail: 'costs 0.92, the budget is 0.9' },
    ]);
  });

  it('takes the largest of cover, memory and zone loss as shortage', () => {
    const short = (counts: number[], other: number[]) =>
      checkPlan(two, [
        { class: 'web', pool: 'a', counts },
        { class: 'web', pool: 'b', counts: other },
      ]).shortage.map((cell) => [cell.phase, cell.units]);
    // Cover with headroom: 150 and 300. Zone a lost leaves b: 60 and 120 must stay.
    expect(short([3, 4], [1, 4])).toEqual([]);
    expect(short([3, 6], [1, 0])).toEqual([['peak', 120]]);
    // Three machines hold 48 of the 120 GiB; 72 GiB stand for 180 units, more than the 130 that cover misses.
    expect(short([2, 1], [1, 2])).toEqual([['peak', 180]]);
    // 80 GiB with headroom are 120; eight machines hold 80: 40 GiB missing are 100 units of this class.
    const heavy = { ...two, pools: two.pools.map((entry) => ({ ...entry, memoryGiB: 10 })) };
    const [first, second] = [
      { class: 'web', pool: 'a', counts: [3, 4] },
      { class: 'web', pool: 'b', counts: [1, 4] },
    ];
    expect(
      checkPlan(
        heavy,
        [first, second].flatMap((row) => row ?? []),
      ).shortage,
    ).toEqual([{ class: 'web', phase: 'peak', units: 100 }]);
  });
});

describe('costOf', () => {
  it('adds hours and starts exactly', () => {
    expect(startsOf([2, 1, 3])).toEqual([2, 0, 2]);
    const cost = costOf(two, [{ class: 'web', pool: 'a', counts: [2, 4] }]);
    // 2 × 0.5 h + 4 × 2 h = 9 machine-hours at 0.1, four starts at 0.03
    expect(cost.running).toEqual(eur('0.9'));
    expect(cost.starts).toEqual(eur('0.12'));
    expect(cost.total).toEqual(eur('1.02'));
    expect(cost.byPhase).toEqual([
      { phase: 'ramp', cost: eur('0.16') },
      { phase: 'peak', cost: eur('0.86') },
    ]);
    expect(cost.byPool).toEqual([{ pool: 'a', machineHours: '9', starts: 4, cost: eur('1.02') }]);
  });
});

describe('the search for whole machines', () => {
  it('keeps every rule and its own books, whatever it is given', () => {
    fc.assert(
      fc.property(randomProblem, fc.integer({ min: 1, max: 1000 }), (problem, seed) => {
        const model = compileModel(problem);
        const random = seededNumbers(seed);
        const allocation = new Allocation(model);
        for (let pair = 0; pair < model.pairs.count; pair += 1) {
          allocation.shift(pair, 0, model.phaseCount - 1, Math.floor(random() * 6));
        }
        enforceCaps(allocation);
        expect(checkPlan(problem, planRows(problem, allocation)).violations).toEqual([]);
        repair(allocation, { guide: null, noise: random });
        const repaired = allocation.objective();
        const prices = ruleValues(model);
        prices.all.set(prices.all.map(() => random() * 0.02));
        const guide = guideFrom(model, { ...prices, cap: new Float64Array(model.cap.length) });
        improve(allocation, { stop: never, guide });
        const parts = Float64Array.from(allocation.x, () => random() * 6);
        search(allocation, { rounds: 5, stop: never, random, guide, parts });
        expect(allocation.objective()).toBeLessThanOrEqual(repaired + 1e-6);
        const check = checkPlan(problem, planRows(problem, allocation));
        expect(check.violations).toEqual([]);
        expect(allocation.cost).toBeCloseTo(Number(check.cost.total.amount), 6);
        for (const [g, item] of problem.classes.entries()) {
          for (const [k, phase] of problem.phases.entries()) {
            const found = check.shortage.find((cell) => cell.class === item.id && cell.phase === phase.id);
            expect(allocation.shortage(g * model.phaseCount + k)).toBeCloseTo(found?.units ?? 0, 5);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the bound', () => {
  it('holds for any prices at all', () => {
    fc.assert(
      fc.property(randomProblem, fc.integer({ min: 1, max: 1000 }), (problem, seed) => {
        const model = compileModel(problem);
        const prices = ruleValues(model);
        const random = seededNumbers(seed);
        prices.all.set(prices.all.map(() => random() * 0.02));
        const allocation = new Allocation(model);
        repair(allocation, { guide: null, noise: () => 0 });
        expect(new Relaxation(model).solve(prices)).toBeLessThanOrEqual(allocation.objective() + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('climbs to what the linear model costs', () => {
    const { budget: _, hourlyCeilings: __, ...rest } = two;
    const demand = [100, 200].map((units) => ({ units, memoryGiB: 0 }));
    const free = { ...rest, classes: two.classes.map((item) => ({ ...item, zoneLossFraction: 0, demand })) };
    const model = compileModel(free);
    const ascent = new PriceAscent(model, new Allocation(model).objective());
    let steps = 0;
    while (ascent.advance(100) && steps < 200) steps += 1;
    // Per unit-hour a costs 0.002 and b 0.000667: half each, as the spot share allows.
    const running = (150 * 0.5 + 300 * 2) * (0.5 * (0.1 / 50) + 0.5 * (0.04 / 60));
    const starts = 300 * (0.5 * (0.03 / 50) + 0.5 * (0.03 / 60));
    expect(ascent.bound).toBeLessThanOrEqual(running + starts + 1e-9);
    expect(ascent.bound).toBeGreaterThan((running + starts) * 0.99);
  });
});

describe('problemFaults', () => {
  it('accepts a sound problem and names what contradicts itself', () => {
    expect(problemFaults(two)).toEqual([]);
    const faults = problemFaults({
      ...two,
      pools: [
        ...two.pools,
        pool({ id: 'a', cap: Number.NaN, quotaGroup: 'nowhere', pricePerHour: eur('-1') }),
      ],
    });
    expect(faults).toEqual([
      'pool a is listed twice',
      'pool a: cap is NaN, outside 0 … 1000000',
      'pool a: price is negative',
      'pool a: quota group nowhere is unknown',
    ]);
  });

  it.each<[string, Partial<PlanningProblem>]>([
    ['there is no phase', { phases: [], classes: [] }],
    ['phase p: hours is 0, outside', { phases: [{ id: 'p', hours: 0 }] }],
    ['phase p: hours until it starts is NaN', { phases: [{ id: 'p', hours: 1, startsInHours: Number.NaN }] }],
    ['budget is in USD, the problem in EUR', { budget: { currency: 'USD', amount: '5' } }],
    ['budget is NaN, which is no amount of money', { budget: eur('NaN') }],
    ['budget is 1e400, which is no amount of money', { budget: eur('1e400') }],
    ['budget is negative', { budget: eur('-1') }],
    ['quota q: used is NaN', { quotaGroups: [{ id: 'q', limitVcpu: 1, usedVcpu: Number.NaN }] }],
    ['pool a: lead time in hours is NaN', { pools: [pool({ id: 'a', leadTimeHours: Number.NaN })] }],
    ['pool a: cap is 10000000, outside', { pools: [pool({ id: 'a', cap: 1e7 })] }],
    [
      'class web: demand is Infinity',
      { classes: two.classes.map((item) => ({ ...item, demand: [{ units: Infinity, memoryGiB: 0 }] })) },
    ],
    [
      'class web: traffic of a is NaN',
      {
        links: [{ id: 'l', freeMbps: 1 }],
        classes: two.classes.map((item) => ({
          ...item,
          allowed: [{ pool: 'a', units: 1, traffic: { link: 'l', mbps: Number.NaN } }],
        })),
      },
    ],
  ])('refuses: %s', (fault, change) => {
    expect(problemFaults({ ...two, ...change }).join('; ')).toContain(fault);
  });
});

describe('explanation', () => {
  it('speaks both languages', () => {
    const reason: PlanReason = {
      code: 'shortage',
      params: {
        class: 'web',
        phase: 'peak',
        others: 0,
        units: '120',
        unit: 'requests/s',
        causes: 'quota, zone-loss',
      },
    };
    expect(reasonText(reason, 'en-US')).toBe(
      'web is short of 120 requests/s in peak: quota is used up, too little can be placed outside one zone.',
    );
    expect(explanationText([reason], 'zh-CN')).toEqual([
      'web 在峰值阶段缺少 120 请求/秒：配额已用尽、单个可用区之外可放置的容量不足。',
    ]);
  });
});
