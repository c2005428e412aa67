import type { RehearsalBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

type Verdict = 'running' | 'passed' | 'not-passed' | 'failed';

const TONES: Readonly<Record<Verdict, Tone>> = {
  running: 'busy',
  passed: 'good',
  'not-passed': 'bad',
  failed: 'warn',
};

/** A rehearsal that could not be carried out says nothing about the plan, so it is not a verdict on it. */
export function RehearsalVerdict({ rehearsal }: Readonly<{ rehearsal: RehearsalBody }>) {
  const text = useText();
  const verdict = verdictOf(rehearsal);
  return <Badge tone={TONES[verdict]}>{text(`rehearsal.status.${verdict}`)}</Badge>;
}

function verdictOf({ status, result }: RehearsalBody): Verdict {
  if (status === 'running') return 'running';
  if (status === 'failed' || result === null) return 'failed';
  return result.passed ? 'passed' : 'not-passed';
}
