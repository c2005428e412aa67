import { reasonSentence, type ReportLanguage } from '@springtide/contracts';
import type { PlanReason } from './capacity-plan.js';

export type ExplanationLanguage = ReportLanguage;

/** One reason as a plain sentence. */
export function reasonText(reason: PlanReason, language: ExplanationLanguage): string {
  return reasonSentence({ ...reason, text: reason.code }, { language });
}

export function explanationText(
  reasons: readonly PlanReason[],
  language: ExplanationLanguage,
): readonly string[] {
  return reasons.map((reason) => reasonText(reason, language));
}
