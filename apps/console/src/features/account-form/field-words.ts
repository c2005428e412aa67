import type { Text } from '../../i18n/language.js';
import { accountFormEnUS } from '../../i18n/account-form.en-US.js';

export type FieldWords = Readonly<{ words: string; known: boolean }>;

/** The name of a field in the reader's language; of one that nobody translated yet, its own name as words. */
export function fieldWords(text: Text, name: string): FieldWords {
  const key = `account.field.${name}`;
  if (isWord(key)) return { words: text(key), known: true };
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return { words: `${words.charAt(0).toUpperCase()}${words.slice(1)}`, known: false };
}

function isWord(key: string): key is keyof typeof accountFormEnUS {
  return Object.hasOwn(accountFormEnUS, key);
}
