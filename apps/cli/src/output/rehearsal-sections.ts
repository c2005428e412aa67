import type { RehearsalBody } from '@springtide/contracts';
import { durationText, moneyText, numberText, timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';

export function rehearsalSections(rehearsal: RehearsalBody): Section[] {
  const { result } = rehearsal;
  const head = factsOf([
    ['Rehearsal', rehearsal.id],
    ['Plan', `${rehearsal.planId} (${rehearsal.planHash.slice(0, 12)})`],
    ['Storm', `${rehearsal.storm}, seed ${rehearsal.seed}`],
    ['Verdict', verdictText(rehearsal)],
  ]);
  if (result === null) return rehearsal.failure === null ? [head] : [head, rehearsal.failure];
  const { machines, cost, timeToReadySeconds: ready } = result;
  return [
    head,
    ...(result.findings.length === 0 ? [] : [result.findings.map((finding) => `- ${finding}`).join('\n')]),
    tableOf(
      [
        ['phase', (row) => row.name],
        ['demand /s', (row) => numberText(row.demandRps)],
        ['served', (row) => `${Math.floor(row.servedShare * 10_000) / 100} %`],
        ['short', (row) => durationText(row.shortMinutes * 60)],
        ['machines', (row) => row.machinesReady],
      ],
      result.phases,
    ),
    factsOf([
      [
        'Machines',
        `${machines.created} made, ${machines.planned} planned, ${machines.refused} refused, ${machines.leftover} left`,
      ],
      [
        'Cost',
        `${moneyText(cost.actual)}, planned ${moneyText(cost.planned)}, budget ${moneyText(cost.budget)}`,
      ],
      [
        'Ready after',
        ready === null
          ? 'no machine was bought'
          : `${durationText(ready.p50)} (p50), ${durationText(ready.p95)} (p95)`,
      ],
      ['Lived through', `${numberText(result.virtualHours)} h in ${durationText(result.realSeconds)}`],
    ]),
    result.story.map(({ at, detail }) => `${timeText(at)}  ${detail}`).join('\n'),
  ];
}

export function rehearsalRows(items: readonly RehearsalBody[]): Section {
  return tableOf(
    [
      ['asked', (row) => timeText(row.requestedAt)],
      ['by', (row) => row.requestedBy],
      ['storm', (row) => row.storm],
      ['seed', (row) => row.seed],
      ['verdict', verdictText],
      ['id', (row) => row.id],
    ],
    items,
  );
}

function verdictText({ status, result }: RehearsalBody): string {
  if (status === 'running') return 'under way';
  if (result === null) return 'not carried out';
  return result.passed ? 'held' : `${result.findings.length} findings`;
}
