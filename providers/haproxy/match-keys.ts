import { BlockList, isIP } from 'node:net';
import type { RouteMatch } from '@springtide/provider-kit';

export type NumberedMatch = Readonly<{ number: number; match: RouteMatch }>;

/**
 * What the header map looks for in the request's headers as HAProxy sees them: names in lower case, each line whole,
 * everything but letters, digits and `-._~` as `%` and two hexadecimal digits.
 */
export function headerKey(header: string, value: string): string {
  return encode(`\r\n${header.toLowerCase()}: ${value}\r\n`);
}

/** Key and number, in the order in which they are tried. A key that comes again can never win. */
export function headerEntries(matches: readonly NumberedMatch[]): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  for (const { number, match } of matches) {
    if (!('header' in match.when)) continue;
    const key = headerKey(match.when.header, match.when.value);
    if (!entries.has(key)) entries.set(key, number);
  }
  return entries;
}

/**
 * HAProxy finds the narrowest range that an address lies in, but the first match must win: so each range carries the
 * lowest number of all ranges that hold it.
 */
export function sourceEntries(matches: readonly NumberedMatch[]): ReadonlyMap<string, number> {
  const ranges = matches.flatMap(({ number, match }) =>
    'sourceRanges' in match.when ? match.when.sourceRanges.map((range) => ({ range, number })) : [],
  );
  return new Map(
    ranges.map(({ range }) => {
      const holders = ranges.filter((other) => holds(other.range, range)).map(({ number }) => number);
      return [range, Math.min(...holders)];
    }),
  );
}

function holds(outer: string, inner: string): boolean {
  const [outerAddress = '', outerBits = ''] = outer.split('/');
  const [innerAddress = '', innerBits = ''] = inner.split('/');
  const family = isIP(outerAddress) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(outerAddress) !== isIP(innerAddress) || Number(outerBits) > Number(innerBits)) return false;
  const list = new BlockList();
  list.addSubnet(outerAddress, Number(outerBits), family);
  return list.check(innerAddress, family);
}

function encode(text: string): string {
  const percent = (char: string): string =>
    `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return text.replaceAll(/[^A-Za-z0-9._~-]/g, percent);
}
