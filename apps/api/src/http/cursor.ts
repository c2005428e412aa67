import type { z } from 'zod';
import { invalidRequest } from './http-refusal.js';

/** Cursors are opaque to callers: what is inside may change with any version. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws HttpRefusal 400 for a cursor that this interface did not give. */
export function decodeCursor<T extends z.ZodType>(
  cursor: string | undefined,
  schema: T,
): z.output<T> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(fromText(cursor));
  if (parsed.success) return parsed.data;
  throw invalidRequest('The cursor is not one that this interface gave.', [
    { path: 'query.cursor', message: 'use `next` of the page before, unchanged' },
  ]);
}

function fromText(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The page of `limit` from up to `limit + 1` rows, and where the next one begins. */
export function cutPage<T>(
  rows: readonly T[],
  limit: number,
  positionOf: (last: T) => unknown,
): { items: readonly T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null };
}
