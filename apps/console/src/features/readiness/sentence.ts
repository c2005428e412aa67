import type { Reason } from '@springtide/contracts';
import { knownKey, useText, type TextParams } from '../../i18n/language.js';

/** What the server said, in the reader's language; a code that this console does not know yet stays English. */
export function useSentence(): (reason: Reason) => string {
  const text = useText();
  return ({ code, params, text: english }) => {
    const key = knownKey(`readiness.say.${code}`);
    if (!key) return english;
    const phase = typeof params['phase'] === 'string' ? knownKey(`phase.${params['phase']}`) : undefined;
    const words: TextParams = phase ? { ...params, phase: text(phase) } : params;
    return text(key, words);
  };
}
