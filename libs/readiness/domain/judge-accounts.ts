import { decimal, multiplyMoney, sumMoney } from '@springtide/kernel';
import type { AccountFacts } from './facts.js';
import { judgeReservation } from './judge-reservations.js';
import { lineOf, type Finding, type FoundLine } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

const DAY = 86_400_000;
/** When a credential should be changed, in days. */
const CREDENTIAL_DAYS = 90;
/** Signed calls are refused by clouds from about five minutes of difference on. */
const MOST_SKEW_MS = 60_000;

/** May we, does the cloud still know us, and is there money. */
export function judgeAccount(
  subject: ReadinessSubject,
  account: AccountFacts,
  at: string,
): readonly FoundLine[] {
  const found = [
    judgePermissions(account),
    ...judgeClock(account),
    judgeCredential(account, at),
    ...judgeBalance(subject, account),
    ...judgeReservation(subject, account),
  ];
  return found.map((finding) => lineOf(subject, finding));
}

function judgePermissions(account: AccountFacts): Finding {
  const { report, name } = account;
  const about = { check: 'permissions', id: name, subject: name, by: 'verify', at: report.at } as const;
  if (!report.known) {
    const refused = report.code === 'unauthenticated' || report.code === 'permission-denied';
    const finding = say(refused ? 'account-refused' : 'account-unreached', { why: report.why });
    const action = say(refused ? 'enter-credential' : 'verify-account');
    return { ...about, verdict: 'red', finding, action };
  }
  const { identity, missing, granted } = report.value;
  if (missing.length > 0) {
    const text = missing.map(({ action, neededFor }) => `${action} (needed for ${neededFor})`).join(', ');
    const finding = say('permissions-missing', { missing: text });
    return { ...about, verdict: 'red', finding, action: say('grant-permissions') };
  }
  if (granted === 0)
    return { ...about, verdict: 'unknown', finding: say('permissions-untried', { identity }) };
  return { ...about, verdict: 'green', finding: say('permissions-granted', { identity, granted }) };
}

function judgeClock({ report, name }: AccountFacts): readonly Finding[] {
  const skew = report.known ? Math.abs(report.value.clockSkewMs ?? 0) : 0;
  if (skew <= MOST_SKEW_MS) return [];
  const finding = say('clock-skewed', { seconds: Math.round(skew / 1000) });
  const about = {
    check: 'permissions',
    id: `clock/${name}`,
    subject: name,
    by: 'verify',
    at: report.at,
  } as const;
  return [{ ...about, verdict: 'amber', finding, action: say('set-clock') }];
}

function judgeCredential({ name, credentialCreatedAt }: AccountFacts, at: string): Finding {
  const days = Math.max(0, Math.floor((Date.parse(at) - Date.parse(credentialCreatedAt)) / DAY));
  const old = days > CREDENTIAL_DAYS;
  return {
    check: 'credential',
    id: name,
    subject: name,
    verdict: old ? 'amber' : 'green',
    finding: old ? say('credential-old', { days, most: CREDENTIAL_DAYS }) : say('credential-young', { days }),
    action: say('rotate-credential'),
    by: 'the account’s own record',
    at,
  };
}

function judgeBalance(subject: ReadinessSubject, account: AccountFacts): readonly Finding[] {
  if (account.isPrivate) return [];
  const rows = subject.use.flatMap(({ poolId, machines, hours }) => {
    const pool = subject.pools.find((one) => one.id === poolId && one.accountId === account.id);
    return pool === undefined ? [] : [multiplyMoney(pool.pricePerHour, decimal(machines).times(hours))];
  });
  const needed = sumMoney(subject.currency, rows);
  const amount = shown(needed.amount);
  const params = { amount, currency: subject.currency };
  const about = { check: 'balance', id: account.name, subject: account.name } as const;
  const action = say('look-at-balance', params);
  const balance = account.report.known ? account.report.value.balance : null;
  if (balance?.currency !== subject.currency) {
    return [{ ...about, by: 'nothing', verdict: 'unknown', finding: say('balance-untold', params), action }];
  }
  const measured = { ...about, by: 'verify', at: account.report.at, action } as const;
  const left = decimal(balance.amount);
  const told = { ...params, left: shown(balance.amount) };
  if (left.lessThan(needed.amount)) {
    return [{ ...measured, verdict: 'red', finding: say('balance-short', told) }];
  }
  const tight = left.lessThan(decimal(needed.amount).times(BALANCE_COMFORT));
  const finding = say(tight ? 'balance-tight' : 'balance-enough', told);
  return [{ ...measured, verdict: tight ? 'amber' : 'green', finding }];
}

/** A fallback may be dearer, and the account pays for more than campaigns. */
const BALANCE_COMFORT = 1.5;

function shown(amount: string): string {
  return decimal(amount).toDecimalPlaces(2).toString();
}
