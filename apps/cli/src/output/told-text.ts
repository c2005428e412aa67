import { storyText, type ReportLanguage, type Sentence } from '@springtide/contracts';
import { timeText } from './readable.js';

/** What is told, in one's language; in English where that is not known. */
export function toldText(
  sentences: readonly Sentence[] | undefined,
  english: string,
  language: ReportLanguage,
): string {
  return storyText(sentences ?? [], { language, timeOf: timeText }) ?? english;
}
