import type { RouteMatch } from '@springtide/provider-kit';
import { headerEntries, headerKey, sourceEntries } from './match-keys.js';

const bySource = (name: string, ...sourceRanges: string[]): RouteMatch => ({
  name,
  group: 'next',
  when: { sourceRanges },
});
const byHeader = (name: string, value: string): RouteMatch => ({
  name,
  group: 'next',
  when: { header: 'X-Tester', value },
});
const numbered = (...matches: RouteMatch[]) => matches.map((match, at) => ({ number: at + 1, match }));

describe('keys of matches', () => {
  it('look for a whole header line, its name in lower case', () => {
    expect(headerKey('X-Tester', "a b;c\\'~*()!+é")).toBe(
      '%0D%0Ax-tester%3A%20a%20b%3Bc%5C%27~%2A%28%29%21%2B%E9%0D%0A',
    );
  });

  it('let the first of two equal headers win', () => {
    const entries = headerEntries(numbered(byHeader('one', 'yes'), byHeader('two', 'yes')));
    expect([...entries.values()]).toEqual([1]);
  });

  it('let the first match win where a later one is narrower, and the narrower where it comes first', () => {
    const wideFirst = numbered(
      bySource('wide', '10.0.0.0/8'),
      bySource('narrow', '10.1.0.0/16', '192.0.2.0/24'),
    );
    expect(Object.fromEntries(sourceEntries(wideFirst))).toEqual({
      '10.0.0.0/8': 1,
      '10.1.0.0/16': 1,
      '192.0.2.0/24': 2,
    });
    const narrowFirst = numbered(bySource('narrow', '10.1.0.0/16'), bySource('wide', '10.0.0.0/8', '::/0'));
    expect(Object.fromEntries(sourceEntries(narrowFirst))).toEqual({
      '10.1.0.0/16': 1,
      '10.0.0.0/8': 2,
      '::/0': 2,
    });
  });
});
