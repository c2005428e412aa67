import { SpringtideError, type Instant } from '@springtide/kernel';
import type { ScalingStrategy } from './scaling.js';

type Scheduled = Extract<ScalingStrategy, { kind: 'scheduled' }>;
type Rule = Scheduled['rules'][number];

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MS = 86_400_000;

/** The rule with the most machines among those that hold now, by the wall clock of the schedule's zone. */
export function ruleInForce(strategy: Scheduled, now: Instant): Rule | undefined {
  const wall = wallClock(strategy.timeZone, now);
  const holds = strategy.rules.filter((rule) => {
    if (rule.from < rule.to) {
      return rule.from <= wall.time && wall.time < rule.to && onDay(strategy, rule, wall.day);
    }
    const sinceYesterday = wall.time < rule.to && onDay(strategy, rule, dayBefore(wall.day));
    return sinceYesterday || (rule.from <= wall.time && onDay(strategy, rule, wall.day));
  });
  return holds.toSorted((a, b) => b.machines - a.machines)[0];
}

function onDay({ holidays }: Scheduled, rule: Rule, day: string): boolean {
  const holiday = holidays.includes(day);
  if (rule.holidays === 'only') return holiday;
  if (rule.holidays === 'except' && holiday) return false;
  const weekday = WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'sun';
  return rule.days.includes(weekday);
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

type WallClock = Readonly<{ day: string; time: string }>;

/** @throws invalid-argument when the zone is unknown. */
function wallClock(timeZone: string, now: Instant): WallClock {
  const parts = new Map<string, string>(
    formatFor(timeZone)
      .formatToParts(new Date(now))
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: string) => parts.get(name) ?? '';
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  } catch (cause) {
    throw new SpringtideError(
      'invalid-argument',
      `"${timeZone}" is no time zone, so nobody can say when its schedule holds`,
      {
        nextStep: 'Use a name such as Asia/Shanghai.',
        cause,
      },
    );
  }
}
