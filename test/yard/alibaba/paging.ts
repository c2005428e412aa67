import { invalidParameter } from './wire/wire-error.js';
import type { ApiCall } from './wire/api-call.js';

export type PageAsked =
  | Readonly<{ by: 'token'; size: number; after?: number }>
  | Readonly<{ by: 'number'; size: number; number: number }>;

export type PageLimits = Readonly<{ least: number; most: number; usual: number }>;

/** A token names where the page before ended, so that nothing is lost or doubled by what comes and goes meanwhile. */
export function askedPage(call: ApiCall, limits: PageLimits): PageAsked {
  const token = call.text('NextToken');
  const results = call.number('MaxResults');
  if (token !== undefined || results !== undefined) {
    const size = Math.min(
      Math.max(results ?? limits.usual, Math.min(limits.least, limits.most)),
      limits.most,
    );
    return { by: 'token', size, ...(token === undefined ? {} : { after: readToken(token) }) };
  }
  const size = Math.min(call.number('PageSize') ?? limits.usual, limits.most);
  return { by: 'number', size, number: call.number('PageNumber') ?? 1 };
}

export function writeToken(order: number): string {
  return Buffer.from(JSON.stringify({ after: order })).toString('base64url');
}

export function readToken(token: string): number {
  try {
    const read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as { after?: unknown };
    if (typeof read.after === 'number') return read.after;
  } catch {
    throw invalidParameter('NextToken', 'it is not one that was given out');
  }
  throw invalidParameter('NextToken', 'it is not one that was given out');
}

export type Page<T> = Readonly<{ items: readonly T[]; total: number; next: string }>;

/**
 * Where everything matches and is known in number: only the page itself is looked at. `below` comes newest first, from
 * just below where the page before ended.
 */
export function nextPage<T extends Readonly<{ order: number }>>(
  below: Iterable<T>,
  size: number,
  total: number,
): Page<T> {
  const items: T[] = [];
  let next = '';
  for (const thing of below) {
    const last = items.at(-1);
    if (items.length === size && last !== undefined) {
      next = writeToken(last.order);
      break;
    }
    items.push(thing);
  }
  return { items, total, next };
}

/** `all` comes newest first. One that matches is counted even when it is not on the page. */
export function cutPage<T extends Readonly<{ order: number }>>(
  all: Iterable<T>,
  asked: PageAsked,
  matches: (thing: T) => boolean,
  mostShown = Infinity,
): Page<T> {
  const items: T[] = [];
  let total = 0;
  let isMore = false;
  const skip = asked.by === 'number' ? (asked.number - 1) * asked.size : 0;
  for (const thing of all) {
    if (total >= mostShown) break;
    if (!matches(thing)) continue;
    total += 1;
    const isAfter = asked.by === 'number' ? total > skip : thing.order < (asked.after ?? Infinity);
    if (!isAfter) continue;
    if (items.length < asked.size) items.push(thing);
    else isMore = true;
  }
  const last = items.at(-1);
  const next = asked.by === 'token' && isMore && last !== undefined ? writeToken(last.order) : '';
  return { items, total, next };
}
