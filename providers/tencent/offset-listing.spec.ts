import { collect } from '@springtide/provider-kit';
import { offsetListing } from './offset-listing.js';

type Read = (offset: number, limit: number) => { rows: string[]; total: number };

function listed(read: Read) {
  return collect(
    offsetListing(
      2,
      async (offset, limit) => read(offset, limit),
      (row) => row,
      (row) => row,
    ),
  );
}

function from(all: readonly string[]): Read {
  return (offset, limit) => ({ rows: all.slice(offset, offset + limit), total: all.length });
}

describe('offsetListing', () => {
  it('is complete when every row came once', async () => {
    expect(await listed(from(['a', 'b', 'c']))).toEqual({ items: ['a', 'b', 'c'], complete: true });
    expect(await listed(from([]))).toEqual({ items: [], complete: true });
  });

  it('goes by the rows that came, where the cloud gives fewer than asked for', async () => {
    const read: Read = (offset) => ({ rows: ['a', 'b', 'c'].slice(offset, offset + 1), total: 3 });
    expect(await listed(read)).toEqual({ items: ['a', 'b', 'c'], complete: true });
  });

  it('is not complete when it came short of a total that stood still', async () => {
    const read: Read = (offset) => ({ rows: offset === 0 ? ['a', 'b'] : [], total: 4 });
    expect(await listed(read)).toEqual({ items: ['a', 'b'], complete: false });
  });

  it('is not complete when a row moved onto two pages and another onto none', async () => {
    const read: Read = (offset) => ({ rows: offset === 0 ? ['a', 'b'] : ['b', 'c'], total: 4 });
    expect(await listed(read)).toEqual({ items: ['a', 'b', 'c'], complete: false });
  });

  it('walks again when the total moved, and gives every row once', async () => {
    const all = ['a', 'b', 'c'];
    let calls = 0;
    const read: Read = (offset, limit) => {
      calls += 1;
      if (calls === 2) all.unshift('new');
      return from(all)(offset, limit);
    };
    const { items, complete } = await listed(read);
    expect([items.toSorted(), complete]).toEqual([['a', 'b', 'c', 'new'], true]);
  });

  it('gives up on a list that never stands still', async () => {
    let total = 2;
    const read: Read = (offset) => {
      total += 1;
      return {
        rows: [`row-${offset}-${total}`, `row-${offset}-${total}x`],
        total: Math.min(total, offset + 3),
      };
    };
    expect((await listed(read)).complete).toBe(false);
  });
});
