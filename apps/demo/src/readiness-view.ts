import type { CampaignReadiness } from '@springtide/contracts';
import { screen } from './screen.js';

/** In one line what was measured, and each finding that stands in the way. */
export function showReadiness({ latest }: CampaignReadiness): void {
  if (latest === null) return;
  const { green, amber, red, unknown } = latest;
  screen.say(
    `Readiness: ${green} green, ${amber} amber, ${red} red, ${unknown} not measured; the approval keeps the check.`,
  );
  for (const { verdict, subject, finding } of latest.lines) {
    if (verdict === 'red') screen.say(`Not ready: ${subject}. ${finding.text}`);
  }
}
