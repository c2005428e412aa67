import type { AccountBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const TONES: Readonly<Record<AccountBody['status'], Tone>> = {
  unverified: 'idle',
  healthy: 'good',
  failing: 'bad',
  disabled: 'warn',
};

export function AccountStatus({ status }: Readonly<{ status: AccountBody['status'] }>) {
  const text = useText();
  return <Badge tone={TONES[status]}>{text(`account.status.${status}`)}</Badge>;
}

/** "9 of 10": what is granted of what is needed. */
export function grantedOf(account: AccountBody): { granted: number; needed: number } {
  const permissions = account.health?.permissions ?? [];
  return { granted: permissions.filter((one) => one.granted).length, needed: permissions.length };
}
