import { pino, type LoggerOptions as LoggerSettings } from 'pino';
import { lineWriter, writeAll } from './line-writer.js';

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

export type LoggerOptions = Readonly<{
  name: string;
  level: string;
  /** Left out: to the output of the process. */
  write?: (text: string) => void;
}>;

const OUTPUT = 1;

/** Errors are logged as code and message only: stacks and causes may carry what a cloud echoed back. */
export function createLogger(options: LoggerOptions): Logger {
  outliveOutput();
  const settings = settingsOf(options);
  return pino(settings, lineWriter(options.write ?? ((text) => writeAll(OUTPUT, text))));
}

/** What else is printed and cannot be written must not end the process either. */
function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    if (stream.listenerCount('error') === 0) stream.on('error', leaveIt);
}

function leaveIt(): void {
  // The lines of the log tell how many of them are missing.
}

function settingsOf(options: LoggerOptions): LoggerSettings {
  return {
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
  };
}

export const silentLogger: Logger = pino({ level: 'silent' });
