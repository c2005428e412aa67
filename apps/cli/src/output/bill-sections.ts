import type { AccountBill, CampaignBillCheck } from '@springtide/contracts';
import { moneyText, priceText, timeText } from './readable.js';
import { factsOf, tableOf, type Section } from './render.js';

type Finding = AccountBill['findings'][number];

const STATES: Readonly<Record<AccountBill['state'], string>> = {
  clean: 'clean',
  differs: 'DIFFERS',
  incomplete: 'incomplete',
  'not-told': 'not told',
  unreadable: 'UNREADABLE',
};

const KINDS: Readonly<Record<Finding['kind'], string>> = {
  'after-end': 'charged after it was gone',
  'before-start': 'charged before it was there',
  above: 'more than expected',
  'other-currency': 'charged in another currency',
  'no-price': 'charged, no price is known',
  'not-yet': 'not on the bill yet',
  'no-charge': 'ran, and is not on the bill',
};

/** What the clouds charged for a campaign against what ran, account by account. */
export function billSections({ dueAt, nextAt, accounts }: CampaignBillCheck): Section[] {
  const due = dueAt === null ? 'once the campaign is closed' : timeText(dueAt);
  const next = nextAt === null ? (dueAt === null ? 'once it is due' : 'no more by itself') : timeText(nextAt);
  return [
    factsOf([
      ['Bills are due', due],
      ['Next look', next],
    ]),
    accounts.length === 0
      ? 'No bill was looked at yet. Look now: springtide campaign bill-check <campaign> --now'
      : accountTable(accounts),
    ...accounts.flatMap(findingSections),
  ];
}

function accountTable(accounts: readonly AccountBill[]): Section {
  return tableOf(
    [
      ['account', ({ bill }) => bill.accountName],
      ['state', ({ bill }) => STATES[bill.state]],
      ['looked at', ({ bill }) => timeText(bill.checkedAt)],
      ['machines', ({ bill }) => bill.machines],
      ['expected', ({ total }) => (total === undefined ? '-' : moneyText(total.expected))],
      ['billed', ({ total }) => (total === undefined ? '-' : moneyText(total.billed))],
      ['difference', ({ total }) => (total === undefined ? '-' : moneyText(total.difference))],
      ['%', ({ total }) => total?.percent ?? '-'],
      ['why', ({ bill }) => bill.reason ?? ''],
    ],
    accounts.flatMap(linesOf),
    'Bills',
  );
}

type Line = Readonly<{ bill: AccountBill; total: AccountBill['totals'][number] | undefined }>;

/** A line for every currency, never one for two. */
function linesOf(bill: AccountBill): Line[] {
  if (bill.totals.length === 0) return [{ bill, total: undefined }];
  return bill.totals.map((total) => ({ bill, total }));
}

function findingSections({ accountName, findings, findingsInAll }: AccountBill): Section[] {
  if (findings.length === 0) return [];
  const more = findingsInAll > findings.length ? `, the worst ${findings.length} of ${findingsInAll}` : '';
  return [
    tableOf(
      [
        ['what', (row) => KINDS[row.kind]],
        ['kind', (row) => row.resource],
        ['id', (row) => row.resourceId],
        ['from', (row) => timeText(row.from)],
        ['to', (row) => timeText(row.to)],
        ['expected', (row) => amountText(row.expected)],
        ['billed', (row) => amountText(row.billed)],
        ['unseen', (row) => amountText(row.unseen)],
      ],
      findings,
      `Found on the bill of ${accountName}${more}`,
    ),
  ];
}

function amountText(amount: Finding['billed']): string {
  return amount === null ? '-' : priceText(amount);
}
