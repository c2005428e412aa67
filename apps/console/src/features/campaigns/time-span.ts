import type { Phase } from '@springtide/contracts';

export type TimeSpan = Readonly<{ from: number; to: number }>;

/** From the first phase's start to the last one's end, in milliseconds; undefined without phases. */
export function timeSpan(phases: readonly Phase[]): TimeSpan | undefined {
  const first = phases[0];
  const last = phases.at(-1);
  if (!first || !last) return undefined;
  const from = new Date(first.startsAt).getTime();
  return { from, to: Math.max(from + 1, new Date(last.endsAt).getTime()) };
}
