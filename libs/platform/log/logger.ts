import { pino } from 'pino';

/**
 * Structured log. Fields are an allow list by convention of the callers: ids, codes, counts and durations;
 * never a credential, a request body or a header.
 */
export interface Logger {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  child(fields: Record<string, unknown>): Logger;
}

/** Errors are logged as code and message only: stacks and causes may carry what a cloud echoed back. */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    base: { pid: process.pid },
    serializers: {
      error: (thrown: unknown) =>
        thrown instanceof Error
          ? { type: thrown.name, message: thrown.message, code: (thrown as { code?: unknown }).code }
          : { message: String(thrown) },
    },
  });
}

export const silentLogger: Logger = pino({ level: 'silent' });
