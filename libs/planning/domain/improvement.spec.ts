import fc from 'fast-check';
import { randomProblem } from '../testing/random-problem.js';
import { Allocation, type Change } from './allocation.js';
import { guideFrom, type Guide } from './guide.js';
import { improveClass } from './improvement.js';
import { compileModel, type PlannerModel } from './planner-model.js';
import { ruleValues } from './prices.js';
import { enforceCaps, repair } from './rounding.js';
import { seededNumbers } from './search.js';

type Span = Readonly<{ g: number; from: number; to: number }>;

/** Prices that prove little: what is ruled out by them must be ruled out rightly all the same. */
function anyGuide(model: PlannerModel, random: () => number): Guide {
  const prices = ruleValues(model);
  prices.all.set(prices.all.map(() => (random() < 0.5 ? 0 : random() * 0.2)));
  // Nobody pays for what nobody asks for.
  prices.memory.set(prices.memory.map((price, cell) => (model.memoryNeed[cell] === 0 ? 0 : price)));
  prices.zone.set(
    prices.zone.map((price, row) => (model.zoneNeed[Math.floor(row / model.zoneCount)] === 0 ? 0 : price)),
  );
  return guideFrom(model, { ...prices, cap: new Float64Array(model.cap.length) });
}

function spansOf(model: PlannerModel): readonly Span[] {
  const phases = Array.from({ length: model.phaseCount }, (_, k) => k);
  return Array.from({ length: model.classCount }, (_, g) => g).flatMap((g) =>
    phases.flatMap((from) => phases.slice(from).map((to) => ({ g, from, to }))),
  );
}

function moreThanEnough(model: PlannerModel, random: () => number): Allocation {
  const allocation = new Allocation(model);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    allocation.shift(pair, 0, model.phaseCount - 1, Math.floor(random() * 8));
  }
  enforceCaps(allocation);
  repair(allocation, { guide: null, noise: random });
  return allocation;
}

/** The most that one machine for another saves, found by trying all of them. */
function bestSwap(allocation: Allocation, { g, from, to }: Span): number {
  const own = allocation.model.pairs.ofClass[g] ?? [];
  let best = 0;
  for (const out of own.filter((pair) => allocation.removable(pair, from, to) > 0)) {
    for (const into of own.filter((pair) => pair !== out)) {
      const changes: Change[] = [
        { pair: out, sign: -1 },
        { pair: into, sign: 1 },
      ];
      if (allocation.penaltyDelta(changes, from, to) !== 0 || !allocation.affords(changes, from, to))
        continue;
      const delta = allocation.weightedDelta(out, from, to, -1) + allocation.weightedDelta(into, from, to, 1);
      best = Math.max(best, -delta);
    }
  }
  return best;
}

function isShort(allocation: Allocation, { g, from, to }: Span): boolean {
  const { phaseCount } = allocation.model;
  return Array.from({ length: to - from + 1 }, (_, i) => g * phaseCount + from + i).some(
    (cell) => allocation.shortage(cell) > 0,
  );
}

describe('exchanges within a class', () => {
  it('leave no machine that another would replace at a gain, by whatever prices they are ruled out', () => {
    let seen = 0;
    fc.assert(
      fc.property(randomProblem, fc.integer({ min: 1, max: 1000 }), (problem, seed) => {
        const model = compileModel(problem);
        const random = seededNumbers(seed);
        const allocation = moreThanEnough(model, random);
        const improving = { stop: () => false, guide: anyGuide(model, random) };
        for (let g = 0; g < model.classCount; g += 1) {
          while (improveClass(allocation, g, improving));
          for (const span of spansOf(model).filter((one) => one.g === g && !isShort(allocation, one))) {
            seen += 1;
            expect(bestSwap(allocation, span)).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 2_000, seed: 1 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});
