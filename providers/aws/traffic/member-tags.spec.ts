import fc from 'fast-check';
import { fromMemberTags, toMemberTags } from './member-tags.js';

const member = fc.record({
  id: fc.stringMatching(/^[a-z0-9-]{1,40}$/),
  address: fc.ipV4(),
  port: fc.integer({ min: 1, max: 65_535 }),
});

describe('members written as tags', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 100 }), (members) => {
        const tags = toMemberTags(members);
        expect(tags).toBeDefined();
        expect(fromMemberTags(tags ?? new Map())).toEqual(members);
        for (const value of tags?.values() ?? []) expect(value.length).toBeLessThanOrEqual(256);
      }),
    );
  });

  it('keeps an IPv6 address and an id with an equals sign apart', () => {
    const odd = [{ id: 'a=b', address: 'fd00::1', port: 80 }];
    expect(fromMemberTags(toMemberTags(odd) ?? new Map())).toEqual(odd);
  });

  it('says when there are more than fit', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => {
      return { id: `i-0123456789abcdef${n}`, address: '10.200.100.100', port: 8080 };
    });
    expect(toMemberTags(many)).toBeUndefined();
  });

  it('overlooks the tags of others', () => {
    expect(fromMemberTags(new Map([['Name', 'a=1.2.3.4|80']]))).toEqual([]);
  });
});
