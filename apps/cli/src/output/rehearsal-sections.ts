import type { RehearsalBody, RehearsalResult, ReportLanguage, TwinTime } from '@springtide/contracts';
import { durationText, moneyText, numberText, timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';
import { toldText } from './told-text.js';

export function rehearsalSections(rehearsal: RehearsalBody, language: ReportLanguage): Section[] {
  const { result } = rehearsal;
  const head = factsOf([
    ['Rehearsal', rehearsal.id],
    ['Plan', `${rehearsal.planId} (${rehearsal.planHash.slice(0, 12)})`],
    ['Storm', `${rehearsal.storm}, seed ${rehearsal.seed}`],
    ['Demand', demandText(rehearsal)],
    ['Verdict', verdictText(rehearsal)],
  ]);
  if (result === null) return rehearsal.failure === null ? [head] : [head, rehearsal.failure];
  const { machines, cost, timeToReadySeconds: ready } = result;
  return [
    head,
    ...(result.findings.length === 0 ? [] : [findingsText(result, language)]),
    tableOf(
      [
        ['phase', (row) => row.name],
        ['demand /s', (row) => numberText(row.demandRps)],
        ['planned /s', (row) => (row.plannedRps === null ? '-' : numberText(row.plannedRps))],
        ['served', (row) => shareText(row.servedShare)],
        ['planned', (row) => shareText(row.plannedShare)],
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
    tableOf(
      [
        ['twin of', (row) => row.accountName],
        ['boot (p50, p95)', (row) => twinTimeText(row.boot)],
        ['create call (p50, p95)', (row) => twinTimeText(row.createCall)],
      ],
      result.twins,
      'What the twins take',
    ),
    result.story
      .map(({ at, detail, sentences }) => `${timeText(at)}  ${toldText(sentences, detail, language)}`)
      .join('\n'),
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

function findingsText({ findings, findingSentences }: RehearsalResult, language: ReportLanguage): Section {
  return findings
    .map((text, place) => `- ${toldText(findingSentences?.slice(place, place + 1), text, language)}`)
    .join('\n');
}

function demandText({ replay, result }: RehearsalBody): string {
  if (replay === null) return 'as planned';
  const laid = result?.replay;
  if (laid === undefined || laid === null)
    return `replay of series ${replay.seriesId}, times ${replay.multiple}`;
  const aligned = laid.aligned === 'peaks' ? 'its peak on the peak' : 'its start on the first phase';
  const highest = `up to ${numberText(laid.highestRps)}/s where ${numberText(laid.plannedHighestRps)}/s were planned`;
  return `replay of "${laid.name}" times ${laid.multiple}, ${aligned}: ${highest}`;
}

function shareText(share: number | null): string {
  return share === null ? '-' : `${Math.floor(share * 10_000) / 100} %`;
}

function twinTimeText({ basis, measurements, p50Seconds, p95Seconds }: TwinTime): string {
  const times = `${numberText(p50Seconds)} s, ${numberText(p95Seconds)} s`;
  return basis === 'measured'
    ? `${times}; measured ${measurements} times`
    : `${times}; as declared, ${measurements} measured`;
}

function verdictText({ status, result }: RehearsalBody): string {
  if (status === 'running') return 'under way';
  if (result === null) return 'not carried out';
  return result.passed ? 'held' : `${result.findings.length} findings`;
}
