import { SpringtideError } from '@springtide/kernel';
import type { Page } from '@springtide/provider-kit';

type Numbered<T> = Readonly<{ items: readonly T[]; total: number }>;

/**
 * Older products page by number and tell a total. Complete is what reached it: a page that comes back empty before is
 * an error, because the list has moved under the reader.
 */
export async function* numberedPages<T>(
  what: string,
  read: (pageNumber: number) => Promise<Numbered<T>>,
): AsyncGenerator<Page<T>> {
  let seen = 0;
  for (let number = 1; ; number += 1) {
    const { items, total } = await read(number);
    seen += items.length;
    const complete = seen >= total;
    if (!complete && items.length === 0) throw cutShort(what, seen, total);
    yield { items, complete };
    if (complete) return;
  }
}

type Tokened<T> = Readonly<{ items: readonly T[]; next: string | undefined }>;

export async function* tokenPages<T>(
  read: (token: string | undefined) => Promise<Tokened<T>>,
): AsyncGenerator<Page<T>> {
  let next: string | undefined;
  do {
    const page = await read(next);
    next = page.next;
    yield { items: page.items, complete: next === undefined };
  } while (next !== undefined);
}

export async function allOf<T>(pages: AsyncIterable<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const { items } of pages) all.push(...items);
  return all;
}

function cutShort(what: string, seen: number, total: number): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `the listing of ${what} ended after ${seen} of ${total}; nothing can be concluded from what is missing`,
    { effect: 'none', retry: 'same' },
  );
}
