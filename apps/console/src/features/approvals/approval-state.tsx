import type { ApprovalBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const TONES: Readonly<Record<ApprovalBody['status'], Tone>> = {
  requested: 'busy',
  approved: 'good',
  rejected: 'bad',
  expired: 'warn',
  superseded: 'idle',
};

export function ApprovalState({ status }: Readonly<{ status: ApprovalBody['status'] }>) {
  const text = useText();
  return <Badge tone={TONES[status]}>{text(`approval.status.${status}`)}</Badge>;
}
