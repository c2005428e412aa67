/**
 * Two clocks: `life`, on which machines start and end and which a test may move forward, and `wall`, the cloud's own
 * watch, by which it judges timestamps and which may be wrong.
 */
export class CloudClock {
  private advancedMs = 0;
  private pinned: number | undefined;
  offsetMs = 0;

  constructor(private readonly real: () => number) {}

  life(): number {
    return this.pinned ?? this.real() + this.advancedMs;
  }

  /** What was due at an instant happens at that instant, however late anybody looks. */
  at(instant: number, act: () => void): void {
    this.pinned = instant;
    try {
      act();
    } finally {
      this.pinned = undefined;
    }
  }

  wall(): number {
    return this.real() + this.offsetMs;
  }

  advance(ms: number): void {
    this.advancedMs += ms;
  }

  /** An instant of life as the cloud shows it. */
  shown(life: number): Date {
    return new Date(life + this.offsetMs);
  }

  /** An instant as a caller names it, in life. */
  heard(shown: number): number {
    return shown - this.offsetMs;
  }

  reset(): void {
    this.advancedMs = 0;
    this.offsetMs = 0;
  }
}

/** `2026-11-11T00:00Z`: how ECS shows times. */
export function minuteStamp(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}

/** `2026-11-11T00:00:00Z`. */
export function secondStamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
