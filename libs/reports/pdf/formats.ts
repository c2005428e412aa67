import type { ReportLanguage } from '@springtide/contracts';

export type Formats = Readonly<{
  number(value: number, digits?: number): string;
  /** Exact up to four places: the amount never passes through a binary number. */
  money(amount: string, currency: string): string;
  instant(at: string): string;
  clock(at: string): string;
}>;

/** Numbers and times as readers of the language write them, in the campaign's own time zone. */
export function formatsFor(language: ReportLanguage, timeZone: string): Formats {
  const instant = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
    timeZone,
  });
  const clock = new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  return {
    number: (value, digits = 0) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value),
    money: (amount, currency) =>
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        currencyDisplay: 'code',
        minimumFractionDigits: 2,
        maximumFractionDigits: 4,
      }).format(amount as Intl.StringNumericLiteral),
    instant: (at) => instant.format(new Date(at)),
    clock: (at) => clock.format(new Date(at)),
  };
}
