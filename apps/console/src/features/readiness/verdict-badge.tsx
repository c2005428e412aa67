import type { ReadinessLine } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const TONES: Readonly<Record<ReadinessLine['verdict'], Tone>> = {
  green: 'good',
  amber: 'warn',
  red: 'bad',
  unknown: 'idle',
};

export function VerdictBadge({ verdict }: Readonly<{ verdict: ReadinessLine['verdict'] }>) {
  const text = useText();
  return <Badge tone={TONES[verdict]}>{text(`readiness.verdict.${verdict}`)}</Badge>;
}
