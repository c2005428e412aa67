import { SpringtideError } from './errors.js';

/** An instant in UTC, ISO 8601 with milliseconds and `Z`: what crosses wires and tables. */
export type Instant = string;

/** The only source of "now" outside workflows; injected, so that a rehearsal and a test can own time. */
export interface Clock {
  now(): Date;
  sleep(ms: number): Promise<void>;
}

/** @throws invalid-argument when the text is no ISO 8601 instant. */
export function parseInstant(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    throw new SpringtideError('invalid-argument', `"${text}" is not an ISO 8601 instant`);
  }
  return date;
}

export function toInstant(date: Date): Instant {
  return date.toISOString();
}

export function addMs(instant: Instant, ms: number): Instant {
  return new Date(parseInstant(instant).getTime() + ms).toISOString();
}

/** Milliseconds from `a` to `b`; negative when `b` is earlier. */
export function msBetween(a: Instant, b: Instant): number {
  return parseInstant(b).getTime() - parseInstant(a).getTime();
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
