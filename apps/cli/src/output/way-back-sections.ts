import { sentence, type ReportLanguage, type RunBody } from '@springtide/contracts';
import { priceText, timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';
import { toldText } from './told-text.js';

type WayBack = NonNullable<RunBody['wayBack']>;

/** The way back phase by phase, what is in its way, and what is left; nothing before it is begun or held. */
export function wayBackSections({ wayBack, safeHold }: RunBody, language: ReportLanguage): Section[] {
  return [
    ...(safeHold === null ? [] : [safeHoldFacts(safeHold, language)]),
    ...(wayBack === null ? [] : [phaseTable(wayBack, language)]),
    ...(wayBack === null || wayBack.obstacles.length === 0 ? [] : [obstacleTable(wayBack)]),
    ...(wayBack === null || wayBack.leftovers.length === 0 ? [] : [leftoverTable(wayBack)]),
  ];
}

function safeHoldFacts(hold: NonNullable<RunBody['safeHold']>, language: ReportLanguage): Section {
  const told = sentence('engine.safe-hold', { until: hold.until });
  return factsOf([
    ['SAFE HOLD', toldText([told], hold.reason, language)],
    ['Since', timeText(hold.since)],
    ['Ends at the latest', timeText(hold.until)],
    ['Costs per hour', priceText(hold.costPerHour)],
    ['Choose', 'springtide run go-on <run>, or springtide run abort <run>'],
  ]);
}

function phaseTable(wayBack: WayBack, language: ReportLanguage): Section {
  const round = wayBack.round === 1 ? '' : `, round ${wayBack.round}`;
  return tableOf(
    [
      ['phase', (row) => row.name],
      ['state', (row) => row.state],
      ['since', (row) => timeText(row.startedAt)],
      ['deadline', (row) => timeText(row.deadline)],
      ['waits for', (row) => toldText(row.waitsForSentences, row.waitsFor, language)],
      ['hold', (row) => (row.hold === null ? '' : `${row.hold.by}, until ${timeText(row.hold.until)}`)],
    ],
    wayBack.phases,
    `Way back${round}${wayBack.billCheckAt === null ? '' : `; bills are looked at from ${timeText(wayBack.billCheckAt)} on (springtide campaign bill-check)`}`,
  );
}

function obstacleTable(wayBack: WayBack): Section {
  return tableOf(
    [
      ['account', (row) => row.account],
      ['region', (row) => row.region],
      ['kind', (row) => row.kind],
      ['since', (row) => timeText(row.since)],
      ['tries', (row) => row.tries],
      ['next try', (row) => (row.nextTry === null ? 'a person decides' : timeText(row.nextTry))],
      ['why', (row) => `${row.code}: ${row.message}`],
    ],
    wayBack.obstacles,
    'In the way',
  );
}

function leftoverTable(wayBack: WayBack): Section {
  return tableOf(
    [
      ['what', (row) => row.kind],
      ['id', (row) => row.id],
      ['account', (row) => row.account],
      ['state', (row) => row.state],
      ['since', (row) => timeText(row.since)],
      ['per hour', (row) => priceText(row.costPerHour)],
      ['abandoned', (row) => row.abandoned ?? ''],
    ],
    wayBack.leftovers,
    'Still there: these may cost money',
  );
}
