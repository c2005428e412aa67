import type { CampaignReadiness, ReadinessBody, ReadinessLine } from '@springtide/contracts';
import { timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';

const ORDER: readonly ReadinessLine['verdict'][] = ['red', 'amber', 'unknown', 'green'];

/** Worst first: what stands in the way is what people came to see. */
export function readinessSections({ gate, latest, history }: CampaignReadiness): Section[] {
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
    lineTable(latest),
    actionsText(latest),
    notNeededText(latest),
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

function lineTable(latest: ReadinessBody): Section {
  const lines = latest.lines.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return tableOf(
    [
      ['verdict', (row) => (row.override === null ? row.verdict : `${row.verdict}, overridden`)],
      ['blocks', (row) => (row.verdict === 'red' && row.blocking && row.override === null ? 'yes' : '')],
      ['key', (row) => row.key],
      ['finding', (row) => row.finding.text],
      ['owner', (row) => row.owner],
      ['due', (row) => timeText(row.dueAt)],
      ['measured', (row) => timeText(row.evidence.measuredAt)],
      ['by', (row) => row.evidence.by],
    ],
    lines,
    'Findings',
  );
}

function actionsText({ lines }: ReadinessBody): Section {
  const open = lines.filter(({ verdict, action }) => verdict !== 'green' && action !== null);
  if (open.length === 0) return '';
  return ['What to do', ...open.map(({ key, action }) => `- ${key}: ${action?.text ?? ''}`)].join('\n');
}

function notNeededText({ notNeeded }: ReadinessBody): Section {
  if (notNeeded.length === 0) return '';
  return ['Not needed', ...notNeeded.map(({ check, reason }) => `- ${check}: ${reason.text}`)].join('\n');
}
