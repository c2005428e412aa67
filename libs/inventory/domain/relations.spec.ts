import type { Observed, ObservedRelation } from './observed.js';
import { allRelations, relationNews } from './relations.js';

const IMAGE: ObservedRelation = { kind: 'made-from', to: 'image', id: 'img-1' };
const NETWORK: ObservedRelation = { kind: 'inside', to: 'network', id: 'net-1' };
const ROUTER: ObservedRelation = { kind: 'inside', to: 'router', id: 'net-1' };

function disk(id: string, relations: readonly ObservedRelation[]): Observed {
  return { kind: 'disk', id, name: id, region: 'r1', facts: {}, labels: {}, relations };
}

describe('relations', () => {
  it('of something new are all won, each once', () => {
    const news = relationNews(new Map(), [disk('d-1', [IMAGE, NETWORK, IMAGE]), disk('d-2', [])]);
    expect(news).toEqual({
      lost: [],
      won: [
        { from: 'd-1', to: IMAGE },
        { from: 'd-1', to: NETWORK },
      ],
    });
  });

  it('that stay are left alone; the same id of another type is another one', () => {
    const before = new Map([
      ['d-1', disk('d-1', [IMAGE, NETWORK])],
      ['d-2', disk('d-2', [IMAGE])],
    ]);
    const news = relationNews(before, [disk('d-1', [ROUTER, IMAGE]), disk('d-2', [IMAGE])]);
    expect(news).toEqual({ lost: [{ from: 'd-1', to: NETWORK }], won: [{ from: 'd-1', to: ROUTER }] });
  });

  it('of what is not seen here are not touched, and nothing is asked of what has none', () => {
    const image: Observed = { id: 'img-1', name: 'shop', region: 'r1', arch: 'amd64' };
    expect(relationNews(new Map([['d-1', disk('d-1', [IMAGE])]]), [image])).toEqual({ lost: [], won: [] });
    expect(allRelations(image)).toEqual([]);
  });
});
