import type { Instant } from '@springtide/kernel';

/** The promises, in the words in which they are shown. */
export const INVARIANTS = {
  I1: 'every machine with our marks has exactly one live row in the ledger',
  I2: 'every machine in the ledger exists in its cloud, or is reported as lost',
  I3: 'no intent has more machines than it asked for',
  I4: 'nothing is deleted that is not ours by tag, mark and ledger',
  I5: 'a closed campaign has nothing left in any cloud',
  I6: 'no run commits more money or machines than were approved',
  I7: 'shares sum to 100 and point at healthy machines',
  I8: 'nothing is bought outside an approved, unexpired envelope',
  I9: 'an acknowledged write is never lost',
  I10: 'one effect per key, however often it is delivered',
  I11: 'every effect goes back to an audited decision, and the audit chain holds',
  I12: 'a listing that is not believed deletes nothing and loses nothing',
} as const;

export type InvariantId = keyof typeof INVARIANTS;

export type Violation = Readonly<{
  invariant: InvariantId;
  happened: string;
  /** For machines and money. */
  means: string;
  /** What to do. */
  next: string;
  /** Ids of machines, intents, runs … that prove it. */
  evidence: readonly string[];
}>;

/** What may be in the middle of its work: it is a violation once it has stayed so for its patience. */
export type Suspicion = Violation & Readonly<{ key: string; patienceMs: number; since: Instant }>;

/** `since`: from when its patience runs, where rows or clouds tell; otherwise it runs from the first look that found it. */
export type Suspected = Omit<Suspicion, 'since'> & Partial<Pick<Suspicion, 'since'>>;

export type Verdict = Readonly<{
  invariant: InvariantId;
  outcome: 'holds' | 'violated' | 'not judged';
  /** How many machines, rows or entrances were looked at. */
  checked: number;
  violations: readonly Violation[];
  watched: readonly Suspicion[];
  /** Why it is not judged; null otherwise. */
  because: string | null;
}>;

/** What one rule found; the judge makes a verdict of it. */
export type Finding = Readonly<{
  checked: number;
  violations: readonly Violation[];
  suspicions: readonly Suspected[];
  /** What could not be judged, and why. */
  gaps: readonly string[];
}>;

export function finding(parts: Partial<Finding> & Pick<Finding, 'checked'>): Finding {
  return { violations: [], suspicions: [], gaps: [], ...parts };
}

export function joined(...parts: readonly Finding[]): Finding {
  return {
    checked: parts.reduce((sum, part) => sum + part.checked, 0),
    violations: parts.flatMap((part) => part.violations),
    suspicions: parts.flatMap((part) => part.suspicions),
    gaps: parts.flatMap((part) => part.gaps),
  };
}

/** The first few names, and how many more there are. */
export function few(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
