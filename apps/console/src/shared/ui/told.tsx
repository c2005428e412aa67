import { storyText, type Sentence } from '@springtide/contracts';
import { useLanguage } from '../../i18n/language.js';
import { useFormat } from '../format/format.js';

type Props = Readonly<{
  sentences: readonly Sentence[] | undefined;
  /** What the server wrote in English; shown where a sentence is not known here, or there is none. */
  english: string;
  timeZone?: string;
  nameOf?: (pool: string) => string;
}>;

/** What somebody is told, in the reader's language. */
export function Told({ sentences = [], english, timeZone, nameOf }: Props) {
  const language = useLanguage();
  const format = useFormat();
  const timeOf = (instant: string): string => format.instant(instant, timeZone);
  const told = storyText(sentences, { language, timeOf, ...(nameOf ? { nameOf } : {}) });
  return told === undefined ? <span lang="en">{english}</span> : <span>{told}</span>;
}
