import type { ReactNode } from 'react';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

const MARKS: Readonly<Record<Tone, string>> = { good: '✓', busy: '◐', warn: '▲', bad: '✕', idle: '○' };

/** A state in words with a mark of its own: the colour only repeats it. */
export function Badge({ tone, children }: Readonly<{ tone: Tone; children: ReactNode }>) {
  return (
    <span className={`badge ${tone}`}>
      <span aria-hidden="true">{MARKS[tone]}</span> {children}
    </span>
  );
}
