import { useMemo } from 'react';
import { useLanguage, type Language } from '../../i18n/language.js';

export type MoneyText = Readonly<{ currency: string; amount: string }>;

export type Format = Readonly<{
  /** To the currency's smallest coin; what is less than that is never shown as nothing. No digit passes a binary number. */
  money(value: MoneyText): string;
  /** What something costs per hour, to four places: hours are cheap and thousands are bought. */
  rate(value: MoneyText): string;
  /** The same with its sign, for differences. */
  moneyDifference(value: MoneyText): string;
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
    rate: ({ currency, amount }) =>
      new Intl.NumberFormat(language, {
        ...{ style: 'currency', currency, signDisplay: 'negative', maximumFractionDigits: 4 },
      }).format(amount as Intl.StringNumericLiteral),
    moneyDifference: ({ currency, amount }) =>
      new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'exceptZero' }).format(
        amount as Intl.StringNumericLiteral,
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
  // The formatter takes decimal text and keeps every digit of it.
  const coins = new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'negative' });
  const smallest = 10 ** -(coins.resolvedOptions().maximumFractionDigits ?? 2);
  const size = Math.abs(Number(amount));
  if (size > 0 && size < smallest / 2) return `< ${coins.format(smallest)}`;
  return coins.format(amount as Intl.StringNumericLiteral);
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
