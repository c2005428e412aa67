import { ScalingInput, type ScalingStrategy } from '@springtide/contracts';

export type StrategyKind = ScalingStrategy['kind'];
export type Of<K extends StrategyKind> = Extract<ScalingStrategy, { kind: K }>;

/** While somebody types, a number may be missing. */
type Typed<T> = { readonly [K in keyof T]: T[K] extends number ? number | null : T[K] };

export type RuleDraft = Typed<Of<'scheduled'>['rules'][number]>;
/** Holidays are typed or pasted as text, one day per line. */
export type ScheduleDraft = Omit<Of<'scheduled'>, 'holidays' | 'rules'> &
  Readonly<{ holidays: string; rules: readonly RuleDraft[] }>;
export type ManualDraft = Typed<Of<'manual'>>;
export type MetricDraft = Typed<Of<'metric'>>;
export type ForecastDraft = Typed<Of<'predictive'>>;
export type StrategyDraft = ManualDraft | ScheduleDraft | MetricDraft | ForecastDraft | Of<'campaign'>;

/** The key stays while the name is changed: the name that was read, or one that no name can be. */
export type StrategyRow = Readonly<{ key: string; strategy: StrategyDraft }>;

/** Strategies of a service as somebody types them. */
export type ScalingDraft = Readonly<{
  floor: number | null;
  ceiling: number | null;
  cooldownSeconds: number | null;
  /** In hundredths, as people say it. */
  largestScaleIn: number | null;
  /** Money is text from end to end; without an amount, the month has no limit. */
  money: Readonly<{ amount: string; currency: string }>;
  strategies: readonly StrategyRow[];
}>;

const CURRENCY = 'CNY';

export const NOTHING_YET: ScalingInput = {
  ...{ strategies: [], floor: 0, ceiling: 10, cooldownSeconds: 600, largestScaleIn: 0.25 },
  moneyPerMonth: null,
};

export function draftOf(settings: ScalingInput): ScalingDraft {
  const { floor, ceiling, cooldownSeconds, largestScaleIn, moneyPerMonth, strategies } = settings;
  return {
    ...{ floor, ceiling, cooldownSeconds },
    largestScaleIn: Math.round(largestScaleIn * 1e8) / 1e6,
    money: moneyPerMonth ?? { amount: '', currency: CURRENCY },
    strategies: strategies.map((strategy) => ({ key: strategy.id, strategy: strategyDraft(strategy) })),
  };
}

function strategyDraft(strategy: ScalingStrategy): StrategyDraft {
  return strategy.kind === 'scheduled' ? { ...strategy, holidays: strategy.holidays.join('\n') } : strategy;
}

/** Paths of what is wrong, as the API names them. */
export type WrongPlaces = ReadonlySet<string>;

export type Checked =
  Readonly<{ input: ScalingInput; wrong: undefined }> | Readonly<{ input: undefined; wrong: WrongPlaces }>;

/** By the contract that the API checks by. */
export function check(draft: ScalingDraft): Checked {
  const parsed = ScalingInput.safeParse(bodyOf(draft));
  if (parsed.success) return { input: parsed.data, wrong: undefined };
  return { input: undefined, wrong: new Set(parsed.error.issues.map(({ path }) => path.join('.'))) };
}

function bodyOf(draft: ScalingDraft): unknown {
  const { floor, ceiling, cooldownSeconds, largestScaleIn, money, strategies } = draft;
  const amount = money.amount.trim();
  return {
    ...{ floor, ceiling, cooldownSeconds },
    largestScaleIn: largestScaleIn === null ? null : largestScaleIn / 100,
    moneyPerMonth: amount === '' ? null : { amount, currency: money.currency.trim().toUpperCase() },
    strategies: strategies.map(({ strategy }) =>
      strategy.kind === 'scheduled' ? { ...strategy, holidays: daysOf(strategy.holidays) } : strategy,
    ),
  };
}

function daysOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,，、;；]+/u).filter((day) => day !== ''))];
}

const NAMES: Readonly<Record<StrategyKind, string>> = {
  manual: 'by-hand',
  scheduled: 'schedule',
  metric: 'metric',
  predictive: 'forecast',
  campaign: 'campaigns',
};

const OFFICE_HOURS: RuleDraft = {
  ...{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  ...{ machines: null, holidays: 'except' },
};

export function anotherRule(rules: readonly RuleDraft[]): readonly RuleDraft[] {
  return [...rules, rules.at(-1) ?? OFFICE_HOURS];
}

/** One more strategy with a name that none has. */
export function withStrategy(draft: ScalingDraft, kind: StrategyKind, timeZone: string): ScalingDraft {
  const { strategies } = draft;
  const taken = new Set(strategies.map(({ strategy }) => strategy.id));
  let id = NAMES[kind];
  for (let count = 2; taken.has(id); count += 1) id = `${NAMES[kind]}-${count}`;
  const keys = new Set(strategies.map(({ key }) => key));
  let added = 1;
  while (keys.has(newKey(added))) added += 1;
  return {
    ...draft,
    strategies: [...strategies, { key: newKey(added), strategy: fresh(kind, id, timeZone) }],
  };
}

/** A name is never so long. */
function newKey(count: number): string {
  return `${'new'.padEnd(61, '-')}${count}`;
}

function fresh(kind: StrategyKind, id: string, timeZone: string): StrategyDraft {
  switch (kind) {
    case 'manual':
      return { id, kind, machines: null, until: null };
    case 'scheduled':
      return { id, kind, timeZone, holidays: '', rules: [OFFICE_HOURS] };
    case 'metric':
      return { id, kind, metric: '', targetPerMachine: null, url: '', query: '' };
    case 'predictive':
      return { id, kind, seriesId: '', capacityPerMachine: null, quantile: 'p90', leadSeconds: 600 };
    case 'campaign':
      return { id, kind };
  }
}
