import { parseArgs } from 'node:util';
import { SpringtideError, asSpringtideError } from '@springtide/kernel';

export type VerifierOptions = Readonly<{
  /** Null: one look, and the exit code says what it found. */
  everyMs: number | null;
  json: boolean;
}>;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `--once` | `--every 60s`, and `--json`. @throws invalid-argument. */
export function verifierOptions(args: readonly string[]): VerifierOptions {
  const { once, every, json } = parsed(args);
  if (once === true && every !== undefined) throw usage('--once and --every exclude each other');
  return { everyMs: once === true ? null : durationMs(every ?? '60s'), json: json === true };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { once: { type: 'boolean' }, every: { type: 'string' }, json: { type: 'boolean' } },
    });
    return values;
  } catch (thrown) {
    throw usage(asSpringtideError(thrown).message);
  }
}

function durationMs(text: string): number {
  const [, amount, unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(amount) * UNITS[unit as keyof typeof UNITS];
  if (ms > 0) return ms;
  throw usage(`"${text}" is no duration such as 60s or 5m`);
}

function usage(why: string): SpringtideError {
  return new SpringtideError('invalid-argument', `springtide verify: ${why}; nothing was looked at`, {
    nextStep: 'Use it as: springtide verify [--once | --every 60s] [--json].',
  });
}
