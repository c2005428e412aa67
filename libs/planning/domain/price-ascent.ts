import type { PlannerModel } from './planner-model.js';
import { ruleValues, type Prices, type RuleValues } from './prices.js';
import { Relaxation } from './relaxation.js';
import { raiseTypical, setTolls, typicalPrices, typicalTolls } from './rules-to-meet.js';

/**
 * Climbs to the prices with the highest bound by the volume algorithm (Barahona and Anbil, 2000): steps along what
 * the average of all answers so far leaves unmet. That average, in parts of machines, comes close to the optimum of
 * the linear model, and is what whole machines are rounded from. Can be stopped after any step.
 */
export class PriceAscent {
  /** The highest bound so far, proven by `prices`. */
  bound: number;
  /** Machines per pair and phase beyond the delivered ones, in parts; keeps every pool's cap. */
  readonly machines: Float64Array;
  private readonly relaxation: Relaxation;
  private readonly best: RuleValues;
  private readonly trial: RuleValues;
  private readonly average: Float64Array;
  private readonly typical: Float64Array;
  private readonly direction: Float64Array;
  private goal: number;
  private length = 0.1;
  private weight = 0.1;
  private failures = 0;
  private stalls = 0;
  private checked = 0;
  private sinceCheck = 0;
  /** First prices that may still be tried: over ten thousand pools a single trial takes long. */
  private trials: number;

  constructor(
    private readonly model: PlannerModel,
    /** The objective of any plan: no bound can be higher. */
    private readonly ceiling: number,
    /** Something is missing: prices may be of the size of penalties, for whole phases. */
    private readonly isScarce = false,
  ) {
    this.relaxation = new Relaxation(model);
    this.best = ruleValues(model);
    this.trial = ruleValues(model);
    const typical = typicalPrices(model);
    this.typical = typical.all;
    this.direction = new Float64Array(typical.all.length);
    this.machines = new Float64Array(model.pairs.count * model.phaseCount);
    this.trials = MOST_TRIED / Math.max(1, this.machines.length);
    this.findFirst(typical);
    this.bound = this.relaxation.solve(this.best);
    this.average = this.relaxation.done.all.slice();
    this.blend(1);
    this.checked = this.bound;
    this.goal = Math.min(ceiling, this.bound + Math.abs(this.bound) * 0.2 + ceiling * 1e-4);
  }

  private findFirst(typical: RuleValues): void {
    this.best.cover.set(typical.cover.map((value) => value * FIRST_COVER));
    this.best.memory.set(typical.memory.map((value) => value * FIRST_MEMORY));
    this.bound = this.relaxation.solve(this.best);
    for (let pass = 0; pass < SCALING_PASSES && this.scaleClasses(); pass += 1);
    this.findMagnitudes(typical);
  }

  /** Doubles or halves the first prices of whole classes where that raises the bound; returns whether it did. */
  private scaleClasses(): boolean {
    const { classCount, phaseCount: K } = this.model;
    let raised = false;
    for (let g = 0; g < classCount; g += 1) {
      for (const factor of FACTORS) {
        this.trial.all.set(this.best.all);
        for (const prices of [this.trial.cover, this.trial.memory]) {
          for (let cell = g * K; cell < (g + 1) * K; cell += 1)
            prices[cell] = (prices[cell] as number) * factor;
        }
        if (!this.isBetter()) continue;
        raised = true;
        break;
      }
    }
    return raised;
  }

  /**
   * Cells may be orders of magnitude off, where others take the cheap pools that would have been enough, or where there
   * is too little for all: steps measured by a typical price that is too low would never arrive.
   */
  private findMagnitudes(typical: RuleValues): void {
    if (this.isScarce) {
      for (const cells of this.phases()) this.findMagnitude(cells, FAR_MAGNITUDES, ['cover', 'memory']);
    }
    for (let cell = 0; cell < this.best.cover.length; cell += 1) {
      // A cell that asks for nothing has no price.
      if (this.best.cover[cell] === 0) continue;
      this.findMagnitude([cell], MAGNITUDES, ['cover']);
      const factor = (this.best.cover[cell] as number) / FIRST_COVER / (typical.cover[cell] as number);
      if (factor <= 1) continue;
      if (this.isScarce) raiseTypical(this.model, typical, cell, factor);
      else typical.cover[cell] = (typical.cover[cell] as number) * factor;
    }
    typicalTolls(this.model, typical);
  }

  /** The cells of each phase: what runs at one time is short together. */
  private phases(): readonly (readonly number[])[] {
    const { classCount, phaseCount: K } = this.model;
    return Array.from({ length: K }, (_, k) => Array.from({ length: classCount }, (__, g) => g * K + k));
  }

  private findMagnitude(
    cells: readonly number[],
    factors: readonly number[],
    kinds: readonly CellPrice[],
  ): void {
    for (const factor of factors) {
      for (let times = 0; times < MOST_MAGNITUDES && this.raised(cells, factor, kinds); times += 1);
    }
  }

  /** Whether the bound rises with these cells' prices times a factor, alone or with tolls; they are kept then. */
  private raised(cells: readonly number[], factor: number, kinds: readonly CellPrice[]): boolean {
    if (cells.every((cell) => this.best.cover[cell] === 0)) return false;
    this.trial.all.set(this.best.all);
    for (const cell of cells) {
      for (const kind of kinds) this.trial[kind][cell] = (this.best[kind][cell] as number) * factor;
    }
    if (this.isBetter()) return true;
    if (factor < 1 || !setTolls(this.model, this.trial, cells)) return false;
    return this.isBetter();
  }

  private isBetter(): boolean {
    if (this.trials <= 0) return false;
    this.trials -= 1;
    const bound = this.relaxation.solve(this.trial);
    if (bound <= this.bound) return false;
    this.best.all.set(this.trial.all);
    this.bound = bound;
    return true;
  }

  /** Takes this many steps; false once further ones would hardly raise the bound. */
  advance(steps: number): boolean {
    for (let step = 0; step < steps; step += 1) {
      if (!this.step()) return false;
      this.sinceCheck += 1;
      if (this.sinceCheck < CHECK_AFTER) continue;
      const gain = this.bound - this.checked;
      const scale = Math.abs(this.bound);
      if (gain < STALLED * scale && this.weight <= FRESH_WEIGHT) this.stalls += 1;
      else this.stalls = 0;
      if (this.stalls === MOST_STALLS) return false;
      if (this.stalls > 0) {
        // The average may be too old to point upwards: let it move again, with steps to match.
        this.length = Math.max(this.length, FRESH_LENGTH);
        this.weight = FRESH_WEIGHT;
      } else if (gain < SLOW * scale) this.weight = Math.max(LEAST_WEIGHT, this.weight / 2);
      this.checked = this.bound;
      this.sinceCheck = 0;
    }
    return true;
  }

  /** The best prices so far, with those of the pools' caps that go with them. */
  prices(): Prices {
    this.relaxation.solve(this.best);
    return { ...this.best, cap: this.relaxation.capPrice.slice() };
  }

  private step(): boolean {
    const norm = this.aim();
    if (norm === 0 || this.bound >= this.ceiling) return false;
    if (this.bound > this.goal * 0.95) this.goal = this.bound * 1.05;
    this.goal = Math.min(this.goal, this.ceiling);
    const stride = (this.length * (this.goal - this.bound)) / norm;
    const { typical, direction } = this;
    for (let row = 0; row < typical.length; row += 1) {
      const value =
        (this.best.all[row] as number) + stride * (typical[row] as number) * (direction[row] as number);
      this.trial.all[row] = Math.max(0, value);
    }
    const bound = this.relaxation.solve(this.trial);
    this.blend(this.bestWeight());
    if (bound > this.bound) this.accept(bound);
    else this.refuse();
    return true;
  }

  /** What the average answer leaves unmet, measured in money; returns its squared length. */
  private aim(): number {
    const { typical, average, direction, best, relaxation } = this;
    const asked = relaxation.asked.all;
    let norm = 0;
    for (let row = 0; row < typical.length; row += 1) {
      let unmet = ((asked[row] as number) - (average[row] as number)) * (typical[row] as number);
      if (unmet < 0 && (best.all[row] as number) <= 0) unmet = 0;
      direction[row] = unmet;
      norm += unmet * unmet;
    }
    return norm;
  }

  /** The part of the new answer that leaves least unmet, within bounds that keep the average slow. */
  private bestWeight(): number {
    const { typical, average, relaxation } = this;
    const asked = relaxation.asked.all;
    const done = relaxation.done.all;
    let along = 0;
    let length = 0;
    for (let row = 0; row < typical.length; row += 1) {
      const scale = typical[row] as number;
      const unmet = ((asked[row] as number) - (average[row] as number)) * scale;
      const change = ((done[row] as number) - (average[row] as number)) * scale;
      along += unmet * change;
      length += change * change;
    }
    const exact = length === 0 ? this.weight : along / length;
    return Math.min(this.weight, Math.max(this.weight / 10, exact));
  }

  private blend(weight: number): void {
    const { average, machines, relaxation } = this;
    const done = relaxation.done.all;
    for (let row = 0; row < average.length; row += 1) {
      average[row] = (average[row] as number) + weight * ((done[row] as number) - (average[row] as number));
    }
    for (let i = 0; i < machines.length; i += 1) machines[i] = (machines[i] as number) * (1 - weight);
    for (let i = 0; i < relaxation.moveCount; i += 1) {
      const index = relaxation.moves[i] as number;
      machines[index] = (machines[index] as number) + weight * (relaxation.amounts[i] as number);
    }
  }

  private accept(bound: number): void {
    this.best.all.set(this.trial.all);
    this.bound = bound;
    this.failures = 0;
    this.length = Math.min(2, this.length * 1.1);
  }

  private refuse(): void {
    this.failures += 1;
    if (this.failures < 20) return;
    this.failures = 0;
    this.length *= 0.66;
  }
}

/** Parts of the typical prices to begin with. */
const FIRST_COVER = 0.9;
const FIRST_MEMORY = 0.2;
const FACTORS = [0.8, 1.25] as const;
const SCALING_PASSES = 12;
/** Pairs and phases that all trials may look at together. */
const MOST_TRIED = 2e7;
type CellPrice = 'cover' | 'memory';
const MAGNITUDES = [4, 1 / 4] as const;
const FAR_MAGNITUDES = [256, 32, 4] as const;
const MOST_MAGNITUDES = 8;
const CHECK_AFTER = 100;
const LEAST_WEIGHT = 0.001;
const SLOW = 0.01;
const STALLED = 1e-5;
const MOST_STALLS = 3;
const FRESH_LENGTH = 0.01;
const FRESH_WEIGHT = 0.02;
