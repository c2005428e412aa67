import { storyText, type ReportLanguage, type ScalingDecision, type Sentence } from '@springtide/contracts';
import { timeText } from './readable.js';

/** What is told, in one's language; in English where that is not known. */
export function toldText(
  sentences: readonly Sentence[] | undefined,
  english: string,
  language: ReportLanguage,
): string {
  return storyText(sentences ?? [], { language, timeOf: timeText }) ?? english;
}

/** How a decision came about, step by step. */
export function reasonTexts(
  { reasons, reasonSentences }: Pick<ScalingDecision, 'reasons' | 'reasonSentences'>,
  language: ReportLanguage,
): readonly string[] {
  return reasons.map((reason, step) => toldText(reasonSentences?.slice(step, step + 1), reason, language));
}
