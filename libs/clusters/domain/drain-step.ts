/** What a drain was ordered to do, and what it met last. */
export type DrainState = Readonly<{
  escalation: 'force' | 'give-up';
  /** Negative once the time for respecting budgets is over. */
  leftMs: number;
  /** Since then. */
  forcingMs: number;
  pass: Readonly<{ empty: boolean; leaving: number; heldCount: number }>;
}>;

export type DrainStep = 'empty' | 'respect' | 'override' | 'gave-up';

/** Forced pods end within their grace; what is there after this long will not go. */
const FORCE_WITHIN_MS = 120_000;

/** What comes after a pass: respect budgets while there is time, then as ordered. */
export function nextDrainStep({ escalation, leftMs, forcingMs, pass }: DrainState): DrainStep {
  if (pass.empty) return 'empty';
  if (leftMs > 0) return 'respect';
  if (escalation === 'give-up') return 'gave-up';
  return forcingMs < FORCE_WITHIN_MS ? 'override' : 'gave-up';
}
