import type { Cloud } from '../cloud/cloud.js';
import type { Region } from '../cloud/region.js';
import type { Params } from '../wire/wire-call.js';
import { WireError } from '../wire/wire-error.js';

/** One accepted call: signed, allowed, within its rate, and of the right shape. */
export type ActionCall = Readonly<{
  cloud: Cloud;
  /** @throws WireError when the call named none that exists. Products without regions never ask. */
  region: () => Region;
  secretId: string;
  requestId: string;
  params: Params;
}>;

/** Gives the answer's fields without its RequestId. @throws WireError */
export type Action = (call: ActionCall) => Readonly<Record<string, unknown>>;

/** By product and action: `cvm/RunInstances`. */
export type Actions = Readonly<Record<string, Action>>;

export type Filter = Readonly<{ Name: string; Values: readonly string[] }>;

const MAX_FILTERS = 10;
/** CVM's; the other products take more. */
const CVM_VALUES = 5;
export const OTHER_VALUES = 100;

/** What a filter compares, by its name; `tag:key` and `tag-key` come from `tags`. */
export type FilterWords<T> = Readonly<Record<string, (item: T) => string | readonly string[]>>;

/** @throws WireError InvalidFilter for a filter that the action does not have. */
export function filtered<T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  words: FilterWords<T>,
  tags?: (item: T) => readonly Readonly<{ Key: string; Value: string }>[],
  maxValues = CVM_VALUES,
): readonly T[] {
  if (filters === undefined || filters.length === 0) return items;
  checkFilters(filters, maxValues);
  const tests = filters.map(({ Name, Values }) => testOf(Name, new Set(Values), words, tags));
  return items.filter((item) => tests.every((test) => test(item)));
}

function checkFilters(filters: readonly Filter[], maxValues: number): void {
  if (filters.length > MAX_FILTERS || filters.some(({ Values }) => Values.length > maxValues)) {
    throw new WireError(
      'InvalidFilterValue.LimitExceeded',
      `At most ${MAX_FILTERS} filters of at most ${maxValues} values are taken.`,
    );
  }
}

function testOf<T>(
  name: string,
  values: ReadonlySet<string>,
  words: FilterWords<T>,
  tags: ((item: T) => readonly Readonly<{ Key: string; Value: string }>[]) | undefined,
): (item: T) => boolean {
  if (tags !== undefined && name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item) => tags(item).some((tag) => tag.Key === key && values.has(tag.Value));
  }
  if (tags !== undefined && name === 'tag-key')
    return (item) => tags(item).some(({ Key }) => values.has(Key));
  if (tags !== undefined && name === 'tag-value')
    return (item) => tags(item).some(({ Value }) => values.has(Value));
  const read = Object.hasOwn(words, name) ? words[name] : undefined;
  if (read === undefined) throw new WireError('InvalidFilter', `The filter \`${name}\` is not supported.`);
  return (item) => {
    const found = read(item);
    return typeof found === 'string' ? values.has(found) : found.some((word) => values.has(word));
  };
}

export type PageWish = Readonly<{ offset: number; limit: number }>;

/** @throws WireError where the Limit is larger than the action allows. */
export function pageWish(params: Params, largest = 100, usual = 20): PageWish {
  const offset = Number(params['Offset'] ?? 0);
  const limit = Number(params['Limit'] ?? usual);
  if (offset >= 0 && limit >= 0 && limit <= largest) return { offset, limit };
  throw new WireError(
    'InvalidParameterValue.LimitExceeded',
    `Offset must be 0 or more, Limit from 0 to ${largest}.`,
  );
}

export function pageOf<T>(items: readonly T[], { offset, limit }: PageWish): readonly T[] {
  return items.slice(offset, offset + limit);
}

/** `2026-11-11T00:00:00Z` */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `2026-11-11 08:00:00`, Beijing time, as the older products write it. */
export function localStamp(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
