import { readinessSentence, type Reason } from '@springtide/contracts';
import { useLanguage } from '../../i18n/language.js';

/** What the server said, in the reader's language; a code that this console does not know yet stays English. */
export function useSentence(): (reason: Reason) => string {
  const language = useLanguage();
  return (reason) => readinessSentence(reason, { language });
}
