import { roundMoney, type Money } from '@springtide/kernel';
import type { CampaignCost, CostFigures } from './campaign-cost.js';
import type { CostGroup, CostLine } from './cost-groups.js';
import { toCsv, type Cell } from './csv.js';
import { textTable } from './text-table.js';

const CSV_COLUMNS =
  'campaign_id as_of basis row account provider service region zone machine_type purchase_option machines ' +
  'billed_seconds price_per_hour currency amount';

/** The whole report as JSON text; amounts stay exact decimal strings. */
export function costAsJson(cost: CampaignCost): string {
  return `${JSON.stringify(cost, null, 2)}\n`;
}

/** One line per group of machines alike, then one total per currency and kind of capacity. Amounts are exact. */
export function costAsCsv(cost: CampaignCost): string {
  const head = CSV_COLUMNS.split(' ');
  const common: Cell[] = [cost.campaignId, cost.asOf, cost.basis];
  const lines = cost.rows.map((line): Cell[] => [
    ...common,
    'line',
    ...lineCells(line),
    cost.currency,
    { amount: line.amount.amount },
  ]);
  const totals = [
    ['total bought', cost.actualToDate] as const,
    ['total private', cost.private.actualToDate] as const,
    ...cost.otherCurrencies.map((amount) => ['total in another currency', amount] as const),
  ].map(([row, amount]): Cell[] => [
    ...common,
    row,
    ...Array.from({ length: 9 }, () => ''),
    '',
    amount.currency,
    { amount: amount.amount },
  ]);
  return toCsv([head, ...lines, ...totals]);
}

/** For a terminal. Amounts are shown to the cent, rounded once from the exact ones; the exports carry all digits. */
export function costAsTable(cost: CampaignCost): string {
  const notes = [
    `${cost.currency}, as of ${cost.asOf}, from ${cost.basis === 'settled' ? 'settled cost' : 'running seconds'}`,
    ...(cost.runningMachines > 0
      ? [`${cost.runningMachines} machines run; what was bought costs ${shown(cost.burnPerHour)} per hour`]
      : []),
    ...(cost.unratedMachines > 0
      ? [`${cost.unratedMachines} machines have no known price and are in no figure`]
      : []),
    ...cost.otherCurrencies.map((amount) => `in no figure: ${shown(amount)} ${amount.currency}`),
  ];
  const parts = [figuresTable(cost), groupTable('service', cost.byService), groupTable('pool', cost.byPool)];
  return `${[...parts, groupTable('phase', cost.byPhase), linesTable(cost.rows), notes.join('\n')].join('\n\n')}\n`;
}

function figuresTable(cost: CampaignCost): string {
  const row = (name: string, figures: CostFigures, budget: Money | null): string[] => [
    name,
    budget === null ? '' : shown(budget),
    shown(figures.planned),
    shown(figures.actualToDate),
    shown(figures.committed),
    shown(figures.projected),
  ];
  return textTable(
    ['capacity', 'budget', 'planned', 'actual', 'committed', 'projected'],
    [row('bought', cost, cost.budget), row('private', cost.private, null)],
    1,
  );
}

function groupTable(name: string, rows: readonly CostGroup[]): string {
  return textTable(
    [name, 'planned', 'actual', 'private planned', 'private actual'],
    rows.map((row) => [
      row.key,
      shown(row.planned),
      shown(row.actualToDate),
      shown(row.privatePlanned),
      shown(row.privateActualToDate),
    ]),
    1,
  );
}

function linesTable(rows: readonly CostLine[]): string {
  return textTable(
    ['account', 'service', 'zone', 'machine type', 'option', 'machines', 'seconds', 'price/h', 'amount'],
    rows.map((line) => [
      line.accountName,
      line.service,
      line.zone,
      line.machineType,
      line.purchaseOption,
      String(line.machines),
      String(line.seconds),
      line.pricePerHour?.amount ?? 'unrated',
      shown(line.amount),
    ]),
    5,
  );
}

function lineCells(line: CostLine): Cell[] {
  return [
    line.accountName,
    line.provider,
    line.service,
    line.region,
    line.zone,
    line.machineType,
    line.purchaseOption,
    line.machines,
    line.seconds,
    line.pricePerHour === null ? '' : { amount: line.pricePerHour.amount },
  ];
}

function shown(amount: Money): string {
  const [whole = '0', cents = ''] = roundMoney(amount, 2).amount.split('.');
  return `${whole}.${cents.padEnd(2, '0')}`;
}
