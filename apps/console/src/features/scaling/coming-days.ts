import { ruleInForce, type ScalingInput, type ScalingStrategy } from '@springtide/contracts';
import { HOUR, addMs, type Instant } from '@springtide/kernel';
import { instantOf, wallOf } from '../campaign-form/zone-time.js';

const DAY = 24 * HOUR;
const DAYS = 7;

/** What numbers set by hand and schedules want during a time; machines null: nothing, so that those there are stay. */
export type Span = Readonly<{
  from: Instant;
  until: Instant;
  machines: number | null;
  /** The strategy that decides. */
  by: string | null;
  /** Wanted beyond the ceiling. */
  missing: number;
}>;

/** The coming seven days by what can be known of them: what metrics and forecasts will say is not. */
export function comingDays({ strategies, floor, ceiling }: ScalingInput, now: Instant): readonly Span[] {
  const end = addMs(now, DAYS * DAY);
  const edges = strategies
    .flatMap((strategy) => edgesOf(strategy, now))
    .filter((edge) => now < edge && edge < end);
  const starts = [...new Set([now, ...edges])].toSorted();
  const spans: Span[] = [];
  for (const [index, from] of starts.entries()) {
    const until = starts[index + 1] ?? end;
    const { machines, by } = highestAt(strategies, from);
    const within = machines === null ? null : Math.min(ceiling, Math.max(floor, machines));
    const next = { from, until, by, machines: within, missing: Math.max(0, (machines ?? 0) - ceiling) };
    const last = spans.at(-1);
    if (last?.by === by && last.machines === next.machines) {
      spans[spans.length - 1] = { ...next, from: last.from };
    } else spans.push(next);
  }
  return spans;
}

type Highest = Pick<Span, 'machines' | 'by'>;

function highestAt(strategies: readonly ScalingStrategy[], at: Instant): Highest {
  const wants = strategies.map((strategy) => ({ machines: wantAt(strategy, at), by: strategy.id }));
  const none: Highest = { machines: null, by: null };
  return wants.reduce<Highest>(
    (highest, want) => ((want.machines ?? -1) > (highest.machines ?? -1) ? want : highest),
    none,
  );
}

function wantAt(strategy: ScalingStrategy, at: Instant): number | null {
  if (strategy.kind === 'scheduled') return ruleInForce(strategy, at)?.machines ?? null;
  if (strategy.kind !== 'manual') return null;
  const isOver = strategy.until !== null && Date.parse(strategy.until) <= Date.parse(at);
  return isOver ? null : strategy.machines;
}

/** Instants at which a strategy may begin to want something else; a day before and after, since days differ by zone. */
function edgesOf(strategy: ScalingStrategy, now: Instant): readonly Instant[] {
  if (strategy.kind === 'manual') return strategy.until === null ? [] : [addMs(strategy.until, 0)];
  if (strategy.kind !== 'scheduled') return [];
  const { timeZone, rules } = strategy;
  const times = [...new Set(['00:00', ...rules.flatMap(({ from, to }) => [from, to])])];
  const days = Array.from({ length: DAYS + 2 }, (_, index) => {
    return wallOf(Date.parse(now) + (index - 1) * DAY, timeZone).slice(0, 'YYYY-MM-DD'.length);
  });
  return days
    .flatMap((day) => times.map((time) => instantOf(`${day}T${time}`, timeZone)))
    .flatMap((at) => (at === undefined ? [] : [new Date(at).toISOString()]));
}
