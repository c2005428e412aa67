import { explanationSections, type Reason, type ReportLanguage } from '@springtide/contracts';

/** Why a plan is as it is, under headings, for people. */
export function explanationText(reasons: readonly Reason[], language: ReportLanguage): string {
  return explanationSections(reasons, { language })
    .map(({ title, sentences }) => [title, ...sentences.map((sentence) => `- ${sentence}`)].join('\n'))
    .join('\n\n');
}
