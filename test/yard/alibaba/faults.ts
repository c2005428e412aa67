import { z } from 'zod';

export const FAULT_KINDS = [
  'lost-request',
  'lost-answer',
  'late-request',
  'delay',
  'throttle',
  'stock',
  'quota',
  'balance',
  'bad-gateway',
  'truncate',
  'error',
] as const;

/** What goes wrong; README.md says what each kind stands for. */
const faultSchema = z.strictObject({
  /** `RunInstances`, `ecs:RunInstances` or `*`. */
  operation: z.string(),
  kind: z.enum(FAULT_KINDS),
  /** How many calls it hits; default 1. */
  times: z.number().int().min(1).optional(),
  /** For `delay` and `late-request`. */
  delayMs: z.number().min(0).optional(),
  /** For `error`. */
  code: z.string().optional(),
  status: z.number().int().optional(),
  message: z.string().optional(),
});

export type Fault = Readonly<z.infer<typeof faultSchema>>;
export type FaultKind = Fault['kind'];

export function readFaults(value: unknown): readonly Fault[] {
  return z.array(faultSchema).parse(Array.isArray(value) ? value : [value]);
}

/** The ordered list of faults still to happen; a call takes the first one that names its action. */
export class FaultList {
  private pending: { fault: Fault; left: number }[] = [];

  add(faults: readonly Fault[]): void {
    this.pending.push(...faults.map((fault) => ({ fault, left: fault.times ?? 1 })));
  }

  clear(): void {
    this.pending = [];
  }

  take(product: string, action: string): Fault | undefined {
    const names = new Set([action, `${product}:${action}`, '*']);
    const entry = this.pending.find(({ fault }) => names.has(fault.operation));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    this.pending = this.pending.filter(({ left }) => left > 0);
    return entry.fault;
  }

  list(): readonly Fault[] {
    return this.pending.map(({ fault, left }) => ({ ...fault, times: left }));
  }
}
