import {
  readinessSentence,
  type CampaignReadiness,
  type ReadinessBody,
  type ReadinessLine,
  type Reason,
  type ReportLanguage,
} from '@springtide/contracts';
import { timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';

const ORDER: readonly ReadinessLine['verdict'][] = ['red', 'amber', 'unknown', 'green'];

/** Worst first: what stands in the way is what people came to see. */
export function readinessSections(
  { gate, latest, history }: CampaignReadiness,
  language: ReportLanguage,
): Section[] {
  const say = (reason: Reason): string => readinessSentence(reason, { language });
  if (latest === null) {
    return [factsOf([['Gate', gate]]), 'The current plan was never checked. Run: springtide readiness check'];
  }
  return [
    factsOf([
      ['Gate', gate],
      ['Verdict', latest.verdict],
      ['In the way', latest.blocking],
      ['Checked', `${timeText(latest.checkedAt)} by ${latest.checkedBy}`],
      ['Fresh until', timeText(latest.freshUntil)],
      ['Plan', latest.planId],
      ['Hash', latest.hash],
    ]),
    lineTable(latest, say),
    actionsText(latest, say),
    notNeededText(latest, say),
    tableOf(
      [
        ['checked', (row) => timeText(row.checkedAt)],
        ['by', (row) => row.checkedBy],
        ['verdict', (row) => row.verdict],
        ['red', (row) => row.red],
        ['amber', (row) => row.amber],
        ['unknown', (row) => row.unknown],
        ['green', (row) => row.green],
        ['in the way', (row) => row.blocking],
      ],
      history,
      'Checks before',
    ),
  ].filter((section) => section !== '');
}

type Say = (reason: Reason) => string;

function lineTable(latest: ReadinessBody, say: Say): Section {
  const lines = latest.lines.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return tableOf(
    [
      ['verdict', (row) => (row.override === null ? row.verdict : `${row.verdict}, overridden`)],
      ['blocks', (row) => (row.verdict === 'red' && row.blocking && row.override === null ? 'yes' : '')],
      ['key', (row) => row.key],
      ['finding', (row) => say(row.finding)],
      ['owner', (row) => row.owner],
      ['due', (row) => timeText(row.dueAt)],
      ['measured', (row) => timeText(row.evidence.measuredAt)],
      ['by', (row) => row.evidence.by],
    ],
    lines,
    'Findings',
  );
}

function actionsText({ lines }: ReadinessBody, say: Say): Section {
  const open = lines.flatMap(({ key, verdict, action }) =>
    verdict === 'green' || action === null ? [] : [`- ${key}: ${say(action)}`],
  );
  return open.length === 0 ? '' : ['What to do', ...open].join('\n');
}

function notNeededText({ notNeeded }: ReadinessBody, say: Say): Section {
  if (notNeeded.length === 0) return '';
  return ['Not needed', ...notNeeded.map(({ check, reason }) => `- ${check}: ${say(reason)}`)].join('\n');
}
