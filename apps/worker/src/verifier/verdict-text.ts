import { INVARIANTS, type Judgement, type Verdict, type Violation } from '@springtide/oracle';

/** `12 invariants: 11 hold, 1 not judged (I2)`. */
export function summaryOf({ verdicts }: Pick<Judgement, 'verdicts'>): string {
  const named = (outcome: Verdict['outcome']) => verdicts.filter((verdict) => verdict.outcome === outcome);
  const list = (some: readonly Verdict[]) => some.map(({ invariant }) => invariant).join(', ');
  const [violated, open] = [named('violated'), named('not judged')];
  return [
    `${verdicts.length} invariants: ${named('holds').length} hold`,
    ...(violated.length === 0 ? [] : [`${violated.length} VIOLATED (${list(violated)})`]),
    ...(open.length === 0 ? [] : [`${open.length} not judged (${list(open)})`]),
  ].join(', ');
}

/** One look in full, for people. */
export function reportOf(judgement: Judgement): string {
  const lines = judgement.verdicts.flatMap((verdict) => [
    `  ${verdict.invariant.padEnd(4)}${verdict.outcome.padEnd(11)}${INVARIANTS[verdict.invariant]} (${verdict.checked} looked at)`,
    ...(verdict.because === null ? [] : [`      because ${verdict.because}`]),
    ...verdict.violations.flatMap(violationLines),
  ]);
  return [`${judgement.at}  ${summaryOf(judgement)}`, ...lines].join('\n');
}

export function violationLines({ happened, means, next, evidence }: Violation): readonly string[] {
  return [
    `      What happened: ${happened}.`,
    `      What it means: ${means}.`,
    `      What to do:    ${next}.`,
    `      Evidence:      ${evidence.filter((id) => id !== '').join(' ')}`,
  ];
}

/** One look as a line of JSON. */
export function jsonOf({ at, verdicts }: Judgement): string {
  return JSON.stringify({ at, summary: summaryOf({ verdicts }), verdicts });
}
