import type { Page } from '@springtide/provider-kit';

type OffsetPage<R> = Readonly<{ rows: readonly R[]; total: number }>;

/** More would only spend calls: who changes the list so fast has to be listed again later. */
const MOST_PASSES = 3;

/**
 * Walks a list that is cut by offset and limit. Such pages move while machines come and go, so a pass proves the list
 * only if the total stayed the same and as many different ids came as it says. A pass in which the total moved is
 * walked again; one that came short of a total that stood still was cut, and is left incomplete.
 * Every row is given out once, however often it was seen.
 */
export async function* offsetListing<R, T>(
  limit: number,
  read: (offset: number, limit: number) => Promise<OffsetPage<R>>,
  idOf: (row: R) => string,
  toItem: (row: R) => T | undefined,
): AsyncIterable<Page<T>> {
  const given = new Set<string>();
  for (let pass = 1; ; pass += 1) {
    const seen = new Set<string>();
    const totals = new Set<number>();
    for (let offset = 0; ;) {
      const { rows, total } = await read(offset, limit);
      offset += rows.length;
      totals.add(total);
      const fresh = rows.filter((row) => !given.has(idOf(row)));
      for (const row of rows) {
        seen.add(idOf(row));
        given.add(idOf(row));
      }
      const atEnd = rows.length === 0 || offset >= total;
      const complete = atEnd && totals.size === 1 && seen.size === total;
      const items = fresh.flatMap((row) => toItem(row) ?? []);
      if (!atEnd || complete || items.length > 0) yield { items, complete };
      if (complete) return;
      if (atEnd) break;
    }
    if (totals.size === 1 || pass === MOST_PASSES) {
      yield { items: [], complete: false };
      return;
    }
  }
}
