import type { ErrorCode } from '@springtide/kernel';

/** One finished call to a cloud, for metrics. `code` is `ok` or the error code; nothing here names a machine. */
export type ObservedCall = Readonly<{
  provider: string;
  account: string;
  operation: string;
  code: 'ok' | ErrorCode;
  durationMs: number;
}>;

export interface CallObserver {
  observe(call: ObservedCall): void;
}
