import { sentence, type WayBackNext, type WayBackPhase } from '@springtide/contracts';
import {
  currentPhase,
  entered,
  held,
  holdOf,
  lookedAt,
  newWayBack,
  proved,
  type WayBack,
  type WayBackLook,
} from '@springtide/campaigns/domain';
import { msBetween, type Instant } from '@springtide/kernel';

/** What stands behind the phases in a test: what is still open at each, told in words. */
export type FakePhaseWork = Readonly<Partial<Record<WayBackPhase, () => readonly string[]>>>;

/** The way back of one run, by the real rules over the phases of a test. */
export class FakeWayBack {
  /** As a command leaves it in truth. */
  progress: WayBack = newWayBack('', false);

  constructor(
    private readonly work: FakePhaseWork,
    private readonly unitMs: number,
  ) {}

  current(): WayBackPhase | null {
    return currentPhase(this.progress);
  }

  look(phase: WayBackPhase, at: Instant): WayBackNext {
    const hold = holdOf(this.progress, phase, at);
    if (hold !== null) {
      this.progress = held(this.progress, phase, hold);
      return { next: phase, waitMs: Math.min(this.unitMs * 10, Math.max(1, msBetween(at, hold.until))) };
    }
    this.progress = entered(this.progress, phase, this.limits(), at);
    const open = this.openAt(phase, at).map((text) => sentence('quoted', { text }));
    const look: WayBackLook = { open, waitMs: this.unitMs / 10 };
    const turn =
      phase === 'proof'
        ? proved(this.progress, { ...look, apartMs: this.unitMs / 10 }, at)
        : lookedAt(this.progress, phase, look, at);
    this.progress = turn.wayBack;
    return { next: turn.next, waitMs: turn.waitMs };
  }

  private openAt(phase: WayBackPhase, at: Instant): readonly string[] {
    if (phase !== 'drain') return this.work[phase]?.() ?? [];
    const deadline = this.progress.phases.find((row) => row.name === 'drain')?.deadline ?? at;
    return deadline <= at ? [] : ['connections'];
  }

  private limits() {
    const all = this.unitMs * 10;
    return {
      weights: this.unitMs,
      drain: this.unitMs / 4,
      evict: all,
      terminate: all,
      gone: all,
      satellites: all,
      reservations: all,
      timers: all,
      proof: null,
      'bill-check': null,
    };
  }
}
