import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';

export function parseMoney(text: string): { currency: string; amount: string } {
  const parts = /^([A-Z]{3})\s*(\d{1,18}(?:\.\d{1,20})?)$/.exec(text.trim());
  const [, currency, amount] = parts ?? [];
  if (currency !== undefined && amount !== undefined) return { currency, amount };
  throw new CliFailure(
    `"${text}" is not an amount; nothing was sent.`,
    EXIT.usage,
    'Write it like "EUR 500" or "CNY 12.50".',
  );
}
