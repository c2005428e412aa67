import type { RunBrief } from '@springtide/contracts';
import { msBetween } from '@springtide/kernel';
import { nextStep, type Applied } from './run-steps.js';

/** Looks of the guard for which a phase that is due leaves the one before it to its end. */
const PATIENCE = 2;

/** When the phase that is carried out makes room: at once for a newer revision, and for what is due when it had its time. */
export class Turns {
  #dueSince: string | undefined;
  #isOver = false;

  constructor(
    private readonly heeds: boolean,
    private readonly revision: number,
    /** As if the phase were carried out. */
    private readonly done: Applied,
  ) {}

  /** How long nothing can become newer by itself. */
  lookAgainMs(brief: RunBrief): number {
    if (!this.heeds || this.#isOver) return Infinity;
    const next = nextStep(brief, this.done);
    return next.kind === 'wait' ? next.ms : PATIENCE * brief.guardEveryMs;
  }

  /** Once: that its turn is over. */
  endsNow(brief: RunBrief): boolean {
    const next = nextStep(brief, this.done);
    if (!this.heeds || this.#isOver || next.kind !== 'apply') return false;
    this.#dueSince ??= brief.now;
    const waitedMs = msBetween(this.#dueSince, brief.now);
    this.#isOver = next.revision > this.revision || waitedMs >= PATIENCE * brief.guardEveryMs;
    return this.#isOver;
  }
}
