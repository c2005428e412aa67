import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, Page } from '../contract/compute.js';
import type { Call, CallControl, CallRunner } from './call-runner.js';

/** `complete` false: the listing ended without saying that it was all. It proves nothing about what is missing. */
export type Collected<T> = Readonly<{ items: readonly T[]; complete: boolean }>;

/** Reads a listing to its end. An error in the middle is thrown: a part of a list is not a list. */
export async function collect<T>(listing: AsyncIterable<Page<T>>): Promise<Collected<T>> {
  const items: T[] = [];
  let complete = false;
  for await (const page of listing) {
    items.push(...page.items);
    complete = page.complete;
  }
  return { items, complete };
}

export function listingCall(
  runner: CallRunner,
  operation: Call['operation'],
  region: string,
  control: CallControl | undefined,
): Call {
  const deadline = runner.deadline('listing', control);
  return { operation, kind: 'read', region, deadline, priority: control?.priority };
}

type Open<T> = (options: CallOptions) => AsyncIterable<Page<T>>;

/**
 * A listing through the call path, page by page. The first page is repeated like any read; an error on a later page
 * ends the listing, because a provider's cursor does not survive it. Iterating again starts a new listing.
 */
export function guardedListing<T>(runner: CallRunner, call: Call, open: Open<T>): AsyncIterable<Page<T>> {
  return {
    async *[Symbol.asyncIterator]() {
      let { iterator, step } = await runner.run(call, async (options) => {
        const opened = open(options)[Symbol.asyncIterator]();
        return { iterator: opened, step: await opened.next() };
      });
      try {
        while (step.done !== true) {
          const page = step.value;
          yield page;
          if (page.complete) return;
          step = await runner.runOnce(call, async () => iterator.next());
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

/** @throws unavailable when the listing ended early: the caller asked for all of it. */
export async function collectComplete<T>(
  listing: AsyncIterable<Page<T>>,
  what: string,
): Promise<readonly T[]> {
  const { items, complete } = await collect(listing);
  if (complete) return items;
  throw new SpringtideError(
    'unavailable',
    `the list of ${what} ended before it was complete; what is missing from it may still exist`,
    { effect: 'none' },
  );
}
