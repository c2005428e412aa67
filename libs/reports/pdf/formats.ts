import type { ReportLanguage } from '@springtide/contracts';

export type Formats = Readonly<{
  number(value: number, digits?: number): string;
  /** To the currency's smallest coin: the amount never passes through a binary number. The report's data has every digit. */
  money(amount: string, currency: string): string;
  /** What an hour costs, to four places. */
  rate(amount: string, currency: string): string;
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
  const inMoney = (amount: string, currency: string, digits: Intl.NumberFormatOptions = {}): string =>
    new Intl.NumberFormat(language, {
      ...{ style: 'currency', currency, currencyDisplay: 'code' },
      ...digits,
    }).format(amount as Intl.StringNumericLiteral);
  return {
    number: (value, digits = 0) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value),
    money: (amount, currency) => inMoney(amount, currency),
    rate: (amount, currency) => inMoney(amount, currency, { maximumFractionDigits: 4 }),
    instant: (at) => instant.format(new Date(at)),
    clock: (at) => clock.format(new Date(at)),
  };
}
