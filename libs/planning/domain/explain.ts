import { decimal, type Money } from '@springtide/kernel';
import type { CapacityPlan, PlanReason, PlanRow } from './capacity-plan.js';
import type { LimitKind } from './limits.js';
import type { PlanningClass, PlanningPool, PlanningProblem } from './problem.js';
import type { LimitPrice, ShadowPrices } from './shadow-prices.js';

type Draft = Omit<CapacityPlan, 'reasons'>;

/** Pools named per class; fewer where there are many classes, since nobody reads a hundred lines. */
const MOST_POOLS = 6;
const MOST_LINES = 18;
const MOST_LIMITS = 5;

/** The reasons of a plan, most important first. */
export function explain(problem: PlanningProblem, plan: Draft, shadow: ShadowPrices): readonly PlanReason[] {
  return [
    ...shortageReasons(problem, plan),
    ...(plan.budgetNeeded === null ? [] : [budgetReason(problem, plan, shadow)]),
    privateShare(problem, plan),
    ...privateFull(problem, plan),
    ...problem.classes.flatMap((item) => poolReasons(problem, plan, item)),
    ...problem.classes.flatMap((item) => alternatives(problem, plan, item)),
    // What a limit would save is mixed with what it would serve while something is missing; reliefs tell that.
    ...(plan.shortage.length > 0 ? [] : bindingReasons(problem, plan, shadow)),
    boundReason(plan),
  ];
}

function boundReason({ gap, shortage, solver }: Draft): PlanReason {
  if (gap === null) return { code: 'solver-missing', params: {} };
  // The gap is measured by the bound; a reader thinks of parts of this plan's cost.
  const params = { gapPercent: percent(gap / (1 + gap)), solver: solver.name };
  const isBest = params.gapPercent === '0';
  if (shortage.length > 0) return { code: isBest ? 'proven-best-short' : 'proven-gap-short', params };
  return { code: isBest ? 'proven-best' : 'proven-gap', params };
}

/** One sentence per class, about its worst phase: the plan has all of them. */
function shortageReasons(problem: PlanningProblem, plan: Draft): PlanReason[] {
  return [...Map.groupBy(plan.shortage, (cell) => cell.class).entries()].flatMap(([id, cells]) => {
    const [worst, ...others] = cells.toSorted((a, b) => b.units - a.units);
    if (worst === undefined) return [];
    const causes = [...new Set(cells.flatMap((cell) => cell.causes))].join(', ');
    const unit = problem.classes.find((item) => item.id === id)?.unit ?? '';
    const units = round(worst.units);
    const params = { class: id, phase: worst.phase, others: others.length, units, unit, causes };
    return [{ code: 'shortage', params }];
  });
}

function budgetReason(problem: PlanningProblem, plan: Draft, shadow: ShadowPrices): PlanReason {
  const code = plan.shortage.some((cell) => cell.causes.includes('budget'))
    ? 'budget-short'
    : 'budget-binding';
  const params = {
    budget: problem.budget?.amount ?? '0',
    needed: plan.budgetNeeded?.amount ?? '0',
    missing: decimal(plan.budgetNeeded?.amount ?? 0)
      .minus(problem.budget?.amount ?? 0)
      .toString(),
    currency: problem.currency,
  };
  const saving = shadow.budget <= 0 ? {} : { savingPerUnit: round(shadow.budget) };
  return { code, params: { ...params, ...saving } };
}

/** The same plan with another figure for the budget that would carry all demand. */
export function withBudgetNeeded(plan: CapacityPlan, budget: Money, needed: Money): CapacityPlan {
  const missing = decimal(needed.amount).minus(budget.amount).toString();
  const reasons = plan.reasons.map((reason): PlanReason => {
    if (reason.code !== 'budget-short') return reason;
    return { ...reason, params: { ...reason.params, needed: needed.amount, missing } };
  });
  return { ...plan, budgetNeeded: needed, reasons };
}

function privateShare(problem: PlanningProblem, plan: Draft): PlanReason {
  const hours = { private: 0, public: 0 };
  for (const row of plan.machines) {
    const side = poolOf(problem, row.pool)?.option === 'private' ? 'private' : 'public';
    for (const [k, count] of row.counts.entries()) hours[side] += count * (problem.phases[k]?.hours ?? 0);
  }
  return {
    code: 'private-share',
    params: {
      privateMachineHours: round(hours.private),
      publicMachineHours: round(hours.public),
      privateCost: plan.cost.private.amount,
      publicCost: plan.cost.public.amount,
      currency: problem.currency,
    },
  };
}

/** Private pools that run at their cap in some phase: from there on the gap is bought. */
function privateFull(problem: PlanningProblem, plan: Draft): PlanReason[] {
  const all = problem.pools.filter((pool) => pool.option === 'private' && pool.cap > 0);
  const peaks = peaksOf(plan.machines);
  const full = all.filter((pool) => (peaks.get(pool.id) ?? 0) >= pool.cap);
  if (full.length === 0) return [];
  return [
    {
      code: 'private-full',
      params: { full: full.length, of: all.length, pools: full.map((p) => p.id).join(', ') },
    },
  ];
}

type UsedPool = Readonly<{ pool: PlanningPool; machines: number; units: number; unitPrice: Money }>;

function poolReasons(problem: PlanningProblem, plan: Draft, item: PlanningClass): PlanReason[] {
  const used = plan.machines
    .filter((row) => row.class === item.id)
    .flatMap((row): UsedPool[] => {
      const pool = poolOf(problem, row.pool);
      return pool === undefined
        ? []
        : [
            {
              ...{ pool, machines: Math.max(...row.counts) },
              ...{ units: unitsOf(item, pool), unitPrice: unitPrice(item, pool) },
            },
          ];
    })
    .toSorted((a, b) => decimal(a.unitPrice.amount).comparedTo(b.unitPrice.amount));
  const linesEach = Math.floor(MOST_LINES / problem.classes.length);
  const reasons = used
    .toSorted((a, b) => b.machines - a.machines)
    .slice(0, Math.max(1, Math.min(MOST_POOLS, linesEach)))
    .map((entry): PlanReason => ({
      code: 'pool-chosen',
      params: {
        class: item.id,
        pool: entry.pool.id,
        option: entry.pool.option,
        machines: entry.machines,
        pricePerHour: entry.pool.pricePerHour.amount,
        units: entry.units,
        unit: item.unit,
        currency: problem.currency,
      },
    }));
  return [...reasons, ...cheaperFull(problem, plan, item, used.at(-1))];
}

/** Allowed pools cheaper than the dearest one used that have nothing left: why the plan pays more than the least price. */
function cheaperFull(
  problem: PlanningProblem,
  plan: Draft,
  item: PlanningClass,
  dearest: UsedPool | undefined,
): PlanReason[] {
  if (dearest === undefined) return [];
  const units = new Map(item.allowed.map((entry) => [entry.pool, entry.units]));
  const peaks = peaksOf(plan.machines);
  const full = problem.pools.filter((pool) => {
    const own = units.get(pool.id);
    if (own === undefined || (peaks.get(pool.id) ?? 0) < pool.cap) return false;
    return decimal(pool.pricePerHour.amount).div(own).lt(dearest.unitPrice.amount);
  });
  if (full.length === 0) return [];
  const params = {
    class: item.id,
    dearest: dearest.pool.id,
    full: full.length,
    allowed: item.allowed.length,
  };
  return [{ code: 'cheaper-pools-full', params }];
}

const MOST_ALTERNATIVES = 3;

/** Where to turn in the phase of most demand, with the price per unit there. */
function alternatives(problem: PlanningProblem, plan: Draft, item: PlanningClass): PlanReason[] {
  const most = Math.max(0, ...item.demand.map((demand) => demand.units));
  const peak = problem.phases[item.demand.findIndex((demand) => demand.units === most)];
  const row = plan.fallbacks.find((entry) => entry.class === item.id && entry.phase === peak?.id);
  if (row === undefined || row.pools.length === 0) return [];
  const pools = row.pools.slice(0, MOST_ALTERNATIVES).flatMap((id) => {
    const pool = poolOf(problem, id);
    if (pool === undefined) return [];
    const price = decimal(pool.pricePerHour.amount).toDecimalPlaces(4).toString();
    return [`${id} (${price} ${problem.currency}/h)`];
  });
  return [{ code: 'alternatives', params: { class: item.id, phase: row.phase, pools: pools.join(', ') } }];
}

/** What saves less than this share of the plan's cost is not worth a sentence. */
const WORTH_TELLING = 1e-4;

function bindingReasons(problem: PlanningProblem, plan: Draft, shadow: ShadowPrices): PlanReason[] {
  const { currency } = problem;
  const least = Math.max(1e-6, Number(plan.cost.total.amount) * WORTH_TELLING);
  const strongest = (prices: readonly Priced[]) => strongestOf(prices, least);
  const limits = (Object.keys(LIMIT_REASONS) as LimitKind[]).flatMap((kind) =>
    strongest(shadow.limits.filter((limit) => limit.kind === kind).map(asPrice)).map(
      ({ id, value }): PlanReason => LIMIT_REASONS[kind](problem, id, round(value)),
    ),
  );
  const named = (prices: readonly (readonly number[])[], ids: readonly string[]) =>
    strongest(prices.map((perPhase, index) => asPrice({ id: ids[index] ?? '', perPhase })));
  const stock = named(
    shadow.stock,
    problem.pools.map((pool) => pool.id),
  ).map(({ id, value }): PlanReason => ({
    code: 'stock-binding',
    params: { pool: id, savingPerMachine: round(value), currency },
  }));
  const launches = named(
    shadow.launches,
    (problem.launchLimits ?? []).map((limit) => limit.id),
  ).map(({ id, value }): PlanReason => ({
    code: 'launch-limit-binding',
    params: { limit: id, savingPerStart: round(value), currency },
  }));
  const perClass = (values: readonly number[], code: 'zone-spread' | 'spot-limit') =>
    problem.classes.flatMap((item, g): PlanReason[] => {
      if ((values[g] ?? 0) <= 1e-6) return [];
      const share = code === 'zone-spread' ? item.zoneLossFraction : item.spotMax;
      return [{ code, params: { class: item.id, percent: percent(share) } }];
    });
  return [
    ...limits,
    ...stock,
    ...launches,
    ...perClass(shadow.zone, 'zone-spread'),
    ...perClass(shadow.spot, 'spot-limit'),
  ];
}

/** How the price of each kind of limit is told. */
const LIMIT_REASONS: Readonly<
  Record<LimitKind, (problem: PlanningProblem, id: string, saving: string) => PlanReason>
> = {
  quota: ({ currency }, quota, savingPerVcpu) => ({
    code: 'quota-binding',
    params: { quota, savingPerVcpu, currency },
  }),
  'hourly-ceiling': ({ currency, hourlyCeilings = [] }, account, savingPerUnit) => {
    const ceiling = hourlyCeilings.find((entry) => (entry.account ?? '*') === account);
    const perHour = ceiling?.perHour.amount ?? '';
    const params = { account, perHour, savingPerUnit, one: 1, currency };
    return { code: 'hourly-ceiling-binding', params };
  },
  subnet: ({ currency }, subnet, savingPerAddress) => ({
    code: 'subnet-binding',
    params: { subnet, savingPerAddress, currency },
  }),
  link: ({ currency }, link, savingPerMbps) => ({
    code: 'link-binding',
    params: { link, savingPerMbps, currency },
  }),
  promised: ({ currency }, pool, savingPerMachine) => ({
    code: 'promised-binding',
    params: { pool, savingPerMachine, currency },
  }),
  'zone-share': ({ currency }, what, saving) => ({
    code: 'zone-share-binding',
    params: { what, saving, currency },
  }),
  'spot-pool-share': ({ currency }, what, saving) => ({
    code: 'spot-pool-share-binding',
    params: { what, saving, currency },
  }),
};

type Priced = Readonly<{ id: string; value: number }>;

function asPrice({ id, perPhase }: Pick<LimitPrice, 'id' | 'perPhase'>): Priced {
  return { id, value: perPhase.reduce((total, price) => total + price, 0) };
}

function strongestOf(prices: readonly Priced[], least: number): readonly Priced[] {
  return prices
    .filter((entry) => entry.value > least)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, MOST_LIMITS);
}

function poolOf(problem: PlanningProblem, id: string): PlanningPool | undefined {
  return problem.pools.find((pool) => pool.id === id);
}

/** The most machines of every used pool that run in any phase. */
function peaksOf(rows: readonly PlanRow[]): ReadonlyMap<string, number> {
  const byPool = Map.groupBy(rows, (row) => row.pool);
  return new Map(
    [...byPool].map(([pool, own]) => {
      const sums = own[0]?.counts.map((_, k) => own.reduce((sum, row) => sum + (row.counts[k] ?? 0), 0));
      return [pool, Math.max(0, ...(sums ?? []))];
    }),
  );
}

function unitsOf(item: PlanningClass, pool: PlanningPool): number {
  return item.allowed.find((entry) => entry.pool === pool.id)?.units ?? 1;
}

function unitPrice(item: PlanningClass, pool: PlanningPool): Money {
  const { currency, amount } = pool.pricePerHour;
  return { currency, amount: decimal(amount).div(unitsOf(item, pool)).toString() };
}

function round(value: number): string {
  return decimal(value).toSignificantDigits(6).toString();
}

function percent(share: number): string {
  return decimal(share).times(100).toDecimalPlaces(2).toString();
}
