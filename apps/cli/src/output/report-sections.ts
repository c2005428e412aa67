import { REPORT_ROLES, type AfterActionReport, type StoredReport } from '@springtide/contracts';
import { moneyText, numberText, percentText, timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';

export function reportSectionsOf(stored: StoredReport): Section[] {
  const { content } = stored;
  const money = (amount: string): string => moneyText({ currency: content.cost.currency, amount });
  return [
    factsOf([
      ['Campaign', content.name],
      ['Report', stored.revision === null ? 'as it looks now, not kept' : `revision ${stored.revision}`],
      ['State', content.state],
      ['Hash', stored.hash],
      ['Intact', stored.intact ? 'yes' : 'NO: the content was changed after it was kept'],
      ['Machines', `${content.machines.created} created, ${content.machines.planned} planned at most`],
      ['Spent', `${money(content.cost.bought)} bought, ${money(content.cost.private)} private`],
      ['Planned', `${money(content.cost.planned)}, budget ${money(content.cost.budget)}`],
      ['Left over', content.leftovers.length],
    ]),
    phaseTable(content),
    readyTable(content),
    tableOf(
      [
        ['cause', (row) => row.cause],
        ['machines', (row) => row.machines],
        ['bought', (row) => money(row.bought)],
        ['private', (row) => money(row.private)],
      ],
      content.cost.byCause,
      'Cost by cause',
    ),
    tableOf(
      [
        ['cause', (row) => row.code],
        ['pool', (row) => row.pool],
        ['count', (row) => row.count],
      ],
      content.failures,
      'Failures',
    ),
    ['For the next plan', ...content.suggestions.map(({ text }) => `- ${text}`)].join('\n'),
    signatureTable(stored),
  ];
}

function phaseTable({ phases }: AfterActionReport): Section {
  return tableOf(
    [
      ['phase', (row) => row.name],
      ['demand/s', (row) => numberText(row.demandRps)],
      ['planned/s', (row) => numberText(row.plannedCapacityRps)],
      ['ready/s', (row) => numberText(row.readyCapacityRps)],
      ['covered', (row) => percentText(row.coveredShare)],
    ],
    phases,
    'Phases',
  );
}

function readyTable({ timeToReadyByType, timeToReady }: AfterActionReport): Section {
  const all = timeToReady === null ? [] : [{ ...timeToReady, machineType: 'all' }];
  return tableOf(
    [
      ['type', (row) => row.machineType],
      ['machines', (row) => row.machines],
      ['50 %', (row) => numberText(row.p50)],
      ['95 %', (row) => numberText(row.p95)],
      ['99 %', (row) => numberText(row.p99)],
      ['slowest', (row) => numberText(row.max)],
    ],
    [...timeToReadyByType, ...all],
    'From order to traffic, in seconds',
  );
}

function signatureTable({ signatures }: StoredReport): Section {
  const rows = REPORT_ROLES.map((role) => ({ role, signature: signatures.find((one) => one.role === role) }));
  return tableOf(
    [
      ['role', (row) => row.role],
      ['signed by', (row) => row.signature?.by ?? '-'],
      ['at', (row) => timeText(row.signature?.at ?? null)],
      ['holds', (row) => (row.signature === undefined ? '' : row.signature.valid ? 'yes' : 'NO')],
      ['comment', (row) => row.signature?.comment ?? ''],
    ],
    rows,
    'Signatures',
  );
}
