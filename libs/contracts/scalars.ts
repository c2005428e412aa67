import { z } from 'zod';

/** UUID of a row of ours. */
export const Id = z.uuid();

/** Instant in UTC, ISO 8601. */
export const InstantText = z.iso
  .datetime({ offset: true, error: 'an instant with its offset, for example 2026-11-11T00:00:00+08:00' })
  .meta({ description: 'ISO 8601 instant' });

/** A zone of the IANA time zone database. */
export const TimeZoneText = z
  .string()
  .min(1)
  .max(60)
  .refine(isTimeZone, { error: 'there is no such time zone; use a name such as Asia/Shanghai' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Exact amount: a plain decimal string and its ISO 4217 currency. */
export const MoneyBody = z
  .object({
    currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters, for example EUR'),
    amount: z
      .string('text, so that no digit is lost: a number in quotes, for example "12.50"')
      .regex(/^-?\d{1,18}(\.\d{1,20})?$/, 'a plain decimal number, for example "12.50"'),
  })
  .meta({ id: 'Money' });

/** Cursor-paged list: at most `limit` items, `next` to go on, null at the end. No totals: they cost more than they tell. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
