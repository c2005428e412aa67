/** Named durations of the ledger. One set per policy profile; a rehearsal or the demo compresses them. */
export type EffectsPolicy = Readonly<{
  /** How long a mutating call may take before its outcome counts as unknown. */
  callDeadlineMs: number;
  /** How long a create intent lives without being renewed by its run. */
  leaseMs: number;
  /** Where the cloud has timers: how long after the lease the machines end themselves. */
  timerMarginMs: number;
  /** What must be left of that margin; below it the timer is moved. Longer than a reconciler and a way back need. */
  timerLeastMs: number;
  /** Machines of an account and region whose timers are moved with one renewal; the rest follow with the next. */
  timerMoves: number;
  /** The reconciler leaves younger machines alone. */
  graceMs: number;
  /** A listing that shrank by more than this share proves nothing. */
  maxShrink: number;
  /** Share of money set aside on top of the planned hours. */
  reservationMargin: number;
  /** Overrides the provider's declared lag, for clouds in this room. Null: the provider's own. */
  visibilityLagMs: number | null;
  /** How long a token is trusted to give the same machines when it is sent again. */
  tokenLifeMs: number;
  /** How long the reconciler still looks at an account after the last machine was bought there. */
  watchMs: number;
  /** How often it looks at every other account that is registered: machines may be there that no book knows of. */
  surveyMs: number;
  /** An effect that came no further for so long is stuck: people see it, and choose. */
  stuckMs: number;
}>;

export const STANDARD_EFFECTS: EffectsPolicy = {
  callDeadlineMs: 60_000,
  leaseMs: 15 * 60_000,
  timerMarginMs: 4 * 3_600_000,
  timerLeastMs: 80 * 60_000,
  timerMoves: 200,
  graceMs: 15 * 60_000,
  maxShrink: 0.2,
  reservationMargin: 0.1,
  visibilityLagMs: null,
  tokenLifeMs: 12 * 3_600_000,
  watchMs: 7 * 24 * 3_600_000,
  surveyMs: 3_600_000,
  stuckMs: 10 * 60_000,
};

export const DEMO_EFFECTS: EffectsPolicy = {
  ...STANDARD_EFFECTS,
  callDeadlineMs: 15_000,
  leaseMs: 90_000,
  graceMs: 20_000,
  visibilityLagMs: 3_000,
  surveyMs: 30_000,
  stuckMs: 60_000,
};
