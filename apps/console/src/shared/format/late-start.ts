import type { LateStart } from '@springtide/contracts';
import type { Text } from '../../i18n/language.js';

/** What becomes of a phase that could not begin in time. */
export function lateStartText(text: Text, lateStart: LateStart | undefined): string {
  if (lateStart === undefined) return text('overview.late-start.untold');
  return text(`overview.late-start.${lateStart.policy}`, { minutes: lateStart.afterMinutes });
}
