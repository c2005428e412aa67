import { reasonSentence, type Reason, type ReportLanguage } from '@springtide/contracts';

type Explained = Readonly<{ reasons: readonly Reason[] }>;

/** The same with its reasons in the asked language. English is what was stored, and hashed, with the plan. */
export function toldIn<T extends Explained>(language: ReportLanguage, explained: T): T {
  if (language === 'en-US') return explained;
  const reasons = explained.reasons.map((reason) => ({
    ...reason,
    text: reasonSentence(reason, { language }),
  }));
  return { ...explained, reasons };
}
