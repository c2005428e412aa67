import fc from 'fast-check';
import { sharesReceived, sharesGiven, shareWeights, type WeighedMember } from './share-weights.js';

function servers(sizes: Readonly<Record<string, number>>, healthy = true): WeighedMember[] {
  return Object.entries(sizes).flatMap(([group, size]) =>
    Array.from({ length: size }, (_, n) => ({ name: `${group}:${n}`, group, healthy, weight: 0 })),
  );
}

function weighedWith(
  all: readonly WeighedMember[],
  shares: Readonly<Record<string, number>>,
  most = 256,
): WeighedMember[] {
  const weights = shareWeights(all, shares, most);
  return all.map((server) => ({ ...server, weight: weights.get(server.name) ?? -1 }));
}

describe('shareWeights', () => {
  it.each([100, 256])('gives exactly the whole percents asked for, whatever the sizes, up to %d', (most) => {
    const size = fc.integer({ min: 1, max: 120 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (h, b, c, x, y) => {
          const home = Math.min(x, y);
          const burst = Math.abs(x - y);
          const shares = { home, burst, other: 100 - home - burst };
          const result = weighedWith(servers({ home: h, burst: b, other: c }), shares, most);
          expect(sharesReceived(result)).toEqual(shares);
          expect(
            result.every(({ weight }) => Number.isInteger(weight) && weight >= 0 && weight <= most),
          ).toBe(true);
        },
      ),
    );
  });

  it('comes within 50/256 of a percent point for any share', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.5, max: 99.5, noNaN: true }), (h, b, burst) => {
        const result = weighedWith(servers({ home: h, burst: b }), { home: 100 - burst, burst });
        const applied = sharesReceived(result);
        expect(Math.abs((applied['burst'] ?? 0) - burst)).toBeLessThanOrEqual(50 / 256 + 0.2);
      }),
    );
  });

  it('splits a group as evenly as integers allow', () => {
    const result = weighedWith(servers({ home: 3, burst: 1 }), { home: 50, burst: 50 });
    const home = result.filter(({ group }) => group === 'home').map(({ weight }) => weight);
    expect(Math.max(...home) - Math.min(...home)).toBeLessThanOrEqual(1);
  });

  it('counts the healthy, and lets the ill come back at the weight of their siblings', () => {
    const all = servers({ home: 4, burst: 4 }).map((server, n) => ({ ...server, healthy: n % 2 === 0 }));
    const result = weighedWith(all, { home: 75, burst: 25 });
    expect(sharesReceived(result)).toEqual({ home: 75, burst: 25 });
    expect(sharesGiven(result)).toEqual({ home: 75, burst: 25 });
    for (const server of result) {
      const sibling = result.find(({ group, healthy }) => healthy && group === server.group);
      expect(server.weight).toBeGreaterThanOrEqual(sibling?.weight ?? 0);
    }
  });

  it('keeps a group of ill members at its share for the moment they recover', () => {
    const all = [...servers({ home: 2 }), ...servers({ burst: 2 }, false)];
    const result = weighedWith(all, { home: 60, burst: 40 });
    expect(sharesReceived(result)).toEqual({ home: 100, burst: 0 });
    expect(sharesReceived(result.map((server) => ({ ...server, healthy: true })))).toEqual({
      home: 60,
      burst: 40,
    });
  });

  it('hands the share of a group that is no longer there to the others', () => {
    expect(sharesGiven(weighedWith(servers({ home: 3 }), { home: 20, burst: 80 }))).toEqual({ home: 100 });
  });

  it('gives everything 0 without any share', () => {
    const result = weighedWith(servers({ home: 2, burst: 1 }), { home: 0 });
    expect(result.map(({ weight }) => weight)).toEqual([0, 0, 0]);
    expect(sharesReceived(result)).toEqual({ home: 0, burst: 0 });
  });
});
