import { z } from 'zod';

export const FAULT_KINDS = [
  'lost-request',
  'lost-answer',
  'late-request',
  'delay',
  'throttle',
  'error',
  'bad-gateway',
  'truncate',
  'short-list',
] as const;

/**
 * `lost-request`: cut, nothing done. `lost-answer`: done, then cut. `late-request`: done `delayMs` later. `delay`: done
 * at once, answered `delayMs` later. `throttle`: refused as too many. `error`: any code, nothing done. `bad-gateway`:
 * done, answered with an HTML 502. `truncate`: a listing ends after its first page as if that were all. `short-list`: the
 * next page after a first one is empty, though the total still says that there is more.
 */
export const faultSchema = z.strictObject({
  /** An action such as `RunInstances`, or `*`. */
  action: z.string(),
  kind: z.enum(FAULT_KINDS),
  /** How many calls it hits. */
  times: z.int().positive().default(1),
  delayMs: z.number().min(0).default(0),
  code: z.string().default('InternalError'),
  message: z.string().default('An internal error has occurred. Retry your request.'),
});

export type Fault = Readonly<z.output<typeof faultSchema>>;

/** The ordered list of faults still to happen; a call takes the first one that names its action. */
export class FaultList {
  #pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#pending = [];
  }

  take(action: string, laterPage = false): Fault | undefined {
    const entry = this.#pending.find(
      ({ fault }) =>
        (fault.action === action || fault.action === '*') && (fault.kind !== 'short-list' || laterPage),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return entry.fault;
  }

  list(): readonly Fault[] {
    return this.#pending.map(({ fault, left }) => ({ ...fault, times: left }));
  }
}
