import { msBetween, type Instant } from '@springtide/kernel';
import { openCase, type Case } from './case.js';
import { doubtDeletesNothing, nothingOfOthersIsDeleted } from './deletion-rules.js';
import type { Evidence } from './evidence.js';
import { NO_HISTORY, distrustAfter, observed, remembered, type History } from './history.js';
import {
  INVARIANTS,
  few,
  type Finding,
  type InvariantId,
  type Suspicion,
  type Verdict,
} from './judgement.js';
import { everyMachineHasItsRow, everyRowHasItsMachine, noIntentHasTooMany } from './machine-rules.js';
import { purchasesStayInTheirEnvelope, spendStaysBelowItsCeiling } from './money-rules.js';
import { acknowledgedWritesSurvive, effectsAreAudited, oneEffectPerKey } from './promise-rules.js';
import { closedMeansBack } from './return-rules.js';
import { trafficStaysWhole } from './traffic-rules.js';

const RULES: Readonly<Record<InvariantId, (of: Case) => Finding>> = {
  I1: everyMachineHasItsRow,
  I2: everyRowHasItsMachine,
  I3: noIntentHasTooMany,
  I4: nothingOfOthersIsDeleted,
  I5: closedMeansBack,
  I6: spendStaysBelowItsCeiling,
  I7: trafficStaysWhole,
  I8: purchasesStayInTheirEnvelope,
  I9: acknowledgedWritesSurvive,
  I10: oneEffectPerKey,
  I11: effectsAreAudited,
  I12: doubtDeletesNothing,
};

export type Judgement = Readonly<{
  at: Instant;
  verdicts: readonly Verdict[];
  /** Give it to the next judgement: what stays wrong for too long is known only by what was seen before. */
  history: History;
}>;

/** Judges the twelve invariants from what clouds and database say. Pure; any number of times on the same evidence. */
export function judge(evidence: Evidence, before: History = NO_HISTORY): Judgement {
  const history = observed(before, evidence.listings);
  const of = openCase(evidence, history, before.since === null);
  const at = evidence.books.readAt;
  const verdicts = (Object.keys(INVARIANTS) as InvariantId[]).map((invariant) =>
    verdictOf(invariant, RULES[invariant](of), before, at),
  );
  const standing = verdicts.flatMap((verdict) =>
    verdict.watched.concat(verdict.violations.filter(isStanding)),
  );
  const distrust = distrustAfter(before, evidence.books.listings, at);
  return { at, verdicts, history: remembered(history, standing, distrust, at) };
}

function verdictOf(
  invariant: InvariantId,
  { checked, violations, suspicions, gaps }: Finding,
  before: History,
  at: Instant,
): Verdict {
  const dated = suspicions.map((suspicion): Suspicion => {
    return { ...suspicion, since: suspicion.since ?? before.suspicions.get(suspicion.key) ?? at };
  });
  const ripe = dated.filter(({ since, patienceMs }) => msBetween(since, at) >= patienceMs);
  const watched = dated.filter((suspicion) => !ripe.includes(suspicion));
  const proven = [...violations, ...ripe];
  const reasons = [...gaps, ...watched.map(waiting)];
  const outcome = proven.length > 0 ? 'violated' : reasons.length > 0 ? 'not judged' : 'holds';
  const because = outcome === 'not judged' ? few(reasons, 3) : null;
  return { invariant, outcome, checked, violations: proven, watched, because };
}

function waiting({ happened, since, patienceMs }: Suspicion): string {
  return `${happened}, since ${since}; it may be in the middle of its work for ${Math.ceil(patienceMs / 1_000)} s`;
}

function isStanding(violation: object): violation is Suspicion {
  return 'key' in violation;
}

export function violationsOf({ verdicts }: Judgement) {
  return verdicts.flatMap(({ violations }) => violations);
}
