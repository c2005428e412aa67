import type { BucketSize } from './cloud-book.js';

/** What goes wrong; README.md says what each kind stands for. */
export type FaultKind =
  | 'lost-request'
  | 'lost-answer'
  | 'late-request'
  | 'delay'
  | 'throttle'
  | 'capacity'
  | 'quota'
  | 'bad-gateway'
  | 'error';

export type Fault = Readonly<{
  /** An action such as `RunInstances`, or `*`. */
  operation: string;
  kind: FaultKind;
  /** How many calls it hits; default 1. */
  times?: number;
  /** For `delay` and `late-request`. */
  delayMs?: number;
  /** For `error`. */
  code?: string;
  status?: number;
  message?: string;
}>;

const KINDS: ReadonlySet<string> = new Set<FaultKind>([
  'lost-request',
  'lost-answer',
  'late-request',
  'delay',
  'throttle',
  'capacity',
  'quota',
  'bad-gateway',
  'error',
]);

export function readFault(value: unknown): Fault {
  const fault = value as Fault;
  if (typeof fault?.operation !== 'string' || !KINDS.has(fault.kind)) {
    throw new Error(`a fault needs an operation and a kind out of ${[...KINDS].join(', ')}`);
  }
  return fault;
}

/** The ordered list of faults still to happen; a call takes the first one that names its action. */
export class FaultList {
  private pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.pending = [];
  }

  take(action: string): Fault | undefined {
    const entry = this.pending.find(({ fault }) => fault.operation === action || fault.operation === '*');
    if (entry === undefined) return undefined;
    entry.left -= 1;
    this.pending = this.pending.filter(({ left }) => left > 0);
    return entry.fault;
  }

  list(): readonly Fault[] {
    return this.pending.map(({ fault, left }) => ({ ...fault, times: left }));
  }
}

/** One token bucket per key. */
export class Buckets {
  private readonly levels = new Map<string, { tokens: number; at: number }>();

  clear(): void {
    this.levels.clear();
  }

  take(key: string, size: BucketSize, now: number): boolean {
    const level = this.levels.get(key) ?? { tokens: size.burst, at: now };
    const tokens = Math.min(size.burst, level.tokens + ((now - level.at) / 1000) * size.perSecond);
    const granted = tokens >= 1;
    this.levels.set(key, { tokens: granted ? tokens - 1 : tokens, at: now });
    return granted;
  }
}
