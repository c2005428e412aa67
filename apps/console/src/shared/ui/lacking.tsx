import type { Permission } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useMay } from '../api/use-may.js';

/** Why buttons are off: said in words, since nobody can point at a button that is off by the keyboard. */
export function Lacking({ permission }: Readonly<{ permission: Permission }>) {
  const text = useText();
  if (useMay(permission) !== false) return null;
  return (
    <p className="quiet" role="note">
      {text('common.lacking', { permission })}
    </p>
  );
}
