import { useMemo } from 'react';
import { useLanguage, type Language } from '../../i18n/language.js';

type MoneyText = Readonly<{ currency: string; amount: string }>;

export type Format = Readonly<{
  /** Exact up to six decimals: the amount never passes through a binary number. */
  money(value: MoneyText): string;
  /** To cents, for sentences: the exact amount stands beside them. */
  moneyToCents(value: MoneyText): string;
  /** The same with its sign, for differences. */
  moneyDifference(value: MoneyText): string;
  /** A decimal as text, without a currency, to six places. */
  amount(value: string): string;
  number(value: number, digits?: number): string;
  /** With its sign, for differences. */
  difference(value: number, digits?: number): string;
  percent(ratio: number): string;
  /** With its time zone, always. */
  instant(iso: string, timeZone?: string): string;
  time(iso: string, timeZone?: string): string;
  /** A day alone. */
  day(iso: string, timeZone: string): string;
  /** Hours and minutes for narrow places; the zone is named beside them. */
  clock(iso: string, timeZone: string): string;
  /** "3 minutes ago". */
  ago(iso: string, now: number): string;
}>;

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatFor(language), [language]);
}

export function formatFor(language: Language): Format {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return {
    money: ({ currency, amount }) => moneyText(language, currency, amount),
    moneyToCents: ({ currency, amount }) =>
      new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'negative' }).format(
        amount as Intl.StringNumericLiteral,
      ),
    moneyDifference: ({ currency, amount }) =>
      new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'exceptZero' }).format(
        amount as Intl.StringNumericLiteral,
      ),
    amount: (value) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: 6, signDisplay: 'negative' }).format(
        value as Intl.StringNumericLiteral,
      ),
    number: (value, digits = 1) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value),
    difference: (value, digits = 1) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: digits, signDisplay: 'exceptZero' }).format(
        value,
      ),
    percent: (ratio) =>
      new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(ratio),
    instant: (iso, timeZone) =>
      dateText(language, iso, { dateStyle: 'medium', timeStyle: 'medium' }, timeZone),
    time: (iso, timeZone) => dateText(language, iso, { timeStyle: 'medium' }, timeZone),
    day: (iso, timeZone) =>
      new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone }).format(new Date(iso)),
    clock: (iso, timeZone) =>
      new Intl.DateTimeFormat(language, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZone,
      }).format(new Date(iso)),
    ago: (iso, now) => {
      const gap = new Date(iso).getTime() - now;
      const [unit, length] = STEPS.find(([, step]) => Math.abs(gap) >= step) ?? (['second', 1_000] as const);
      return relative.format(Math.round(gap / length), unit);
    },
  };
}

function moneyText(language: Language, currency: string, amount: string): string {
  const style = {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
    signDisplay: 'negative',
  } as const;
  // The formatter takes decimal text and keeps every digit of it.
  return new Intl.NumberFormat(language, style).format(amount as Intl.StringNumericLiteral);
}

function dateText(
  language: Language,
  iso: string,
  style: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = new Date(iso);
  const written = new Intl.DateTimeFormat(language, { ...style, ...zone }).format(date);
  const named = new Intl.DateTimeFormat(language, { timeZoneName: 'short', ...zone }).formatToParts(date);
  return `${written} ${named.find((part) => part.type === 'timeZoneName')?.value ?? ''}`.trim();
}
