import type { READINESS_VERDICTS, Reason, ReadinessLine } from '@springtide/contracts';
import { addMs, type Instant } from '@springtide/kernel';
import { CHECK_RULES, type ReadinessCheck } from './check-rules.js';
import type { ReadinessSubject } from './subject.js';

export type ReadinessVerdict = (typeof READINESS_VERDICTS)[number];

/** A line as it was found, before anybody answered for it. */
export type FoundLine = Omit<ReadinessLine, 'override'>;

export type NotNeeded = Readonly<{ check: ReadinessCheck; reason: Reason }>;

export type Findings = Readonly<{ lines: readonly FoundLine[]; notNeeded: readonly NotNeeded[] }>;

export type Finding = Readonly<{
  check: ReadinessCheck;
  /** Apart from the check itself, what makes the line's key. */
  id: string;
  subject: string;
  verdict: ReadinessVerdict;
  finding: Reason;
  action?: Reason;
  by: string;
  /** Left out: nothing was measured. */
  at?: Instant;
}>;

export function lineOf(subject: ReadinessSubject, found: Finding): FoundLine {
  const rule = CHECK_RULES[found.check];
  return {
    key: `${found.check}/${found.id}`,
    check: found.check,
    subject: found.subject,
    verdict: found.verdict,
    blocking: rule.blocking,
    owner: rule.owner,
    dueAt: subject.isTrial ? subject.startsAt : addMs(subject.startsAt, -rule.dueMs),
    finding: found.finding,
    action: found.verdict === 'green' ? null : (found.action ?? null),
    evidence: { by: found.by, measuredAt: found.at ?? null },
  };
}

const WORST: readonly ReadinessVerdict[] = ['green', 'unknown', 'amber', 'red'];

/** What is not known is worse than green and better than a doubt that was measured. */
export function worstOf(verdicts: Iterable<ReadinessVerdict>): ReadinessVerdict {
  let worst: ReadinessVerdict | undefined;
  for (const verdict of verdicts) {
    if (worst === undefined || WORST.indexOf(verdict) > WORST.indexOf(worst)) worst = verdict;
  }
  return worst ?? 'unknown';
}

export type Counts = Readonly<Record<ReadinessVerdict, number> & { blocking: number }>;

/** Overridden lines keep their colour; they no longer stand in the way. */
export function countsOf(lines: readonly Pick<ReadinessLine, 'verdict' | 'blocking' | 'override'>[]): Counts {
  const of = (verdict: ReadinessVerdict): number => lines.filter((line) => line.verdict === verdict).length;
  const blocking = lines.filter(
    (line) => line.verdict === 'red' && line.blocking && line.override === null,
  ).length;
  return { green: of('green'), amber: of('amber'), red: of('red'), unknown: of('unknown'), blocking };
}

/** Somebody's answer for one finding of one plan. */
export type StoredOverride = Readonly<{
  planId: string;
  key: string;
  /** The finding that was seen. Another finding on the same line is another matter. */
  code: string;
  reason: string;
  by: string;
  at: Instant;
}>;

export function withOverrides(
  lines: readonly FoundLine[],
  planId: string,
  overrides: readonly StoredOverride[],
): readonly ReadinessLine[] {
  return lines.map((line) => {
    const given = overrides.findLast(
      (one) => one.planId === planId && one.key === line.key && one.code === line.finding.code,
    );
    const override =
      given === undefined || line.verdict === 'green'
        ? null
        : { reason: given.reason, by: given.by, at: given.at };
    return { ...line, override };
  });
}
