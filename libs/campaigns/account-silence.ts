import { asSpringtideError, msBetween, type ErrorCode, type Instant } from '@springtide/kernel';

/** What an account that answers never says. Throttling and conflicts are answers: what is asked then gets its turn. */
const SILENT: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout', 'internal', 'unknown']);

export function isSilence(code: ErrorCode): boolean {
  return SILENT.has(code);
}

/** How long an account has not answered, while one piece of work waits for it. */
export class AccountSilence {
  private since: Instant | undefined;

  constructor(
    private readonly now: () => Instant,
    /** So long others wait with it. */
    private readonly patienceMs: number,
  ) {}

  /** @param code what the last question failed with; undefined when it was answered. @returns whether nobody answered. */
  note(code: ErrorCode | undefined): boolean {
    const silent = code !== undefined && isSilence(code);
    this.since = silent ? (this.since ?? this.now()) : undefined;
    return silent;
  }

  isTooLong(): boolean {
    return this.since !== undefined && msBetween(this.since, this.now()) >= this.patienceMs;
  }

  /** @returns undefined when nobody answered. @throws what was answered, when that is an error. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      this.note(undefined);
      return answer;
    } catch (thrown) {
      if (!this.note(asSpringtideError(thrown).code)) throw thrown;
      return undefined;
    }
  }
}
