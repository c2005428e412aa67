import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { cutPage, readToken } from '../paging.js';

const MOST = 100;
const USUAL = 20;

/** Pages of the newer products: `MaxResults`, `NextToken`, `TotalCount`; newest first. */
export function tokenPage<T extends Readonly<{ order: number }>>(
  call: ApiCall,
  all: Iterable<T>,
  matches: (thing: T) => boolean,
): Readonly<{ items: readonly T[]; about: AnswerBody }> {
  const size = Math.min(call.number('MaxResults') ?? USUAL, MOST);
  const token = call.text('NextToken');
  const after = token === undefined ? {} : { after: readToken(token) };
  const sorted = [...all].toSorted((a, b) => b.order - a.order);
  const page = cutPage(sorted, { by: 'token', size, ...after }, matches);
  const next = page.next === '' ? {} : { NextToken: page.next };
  return { items: page.items, about: { TotalCount: page.total, MaxResults: size, ...next } };
}
