import fc from 'fast-check';
import { appliedShares, currentShares, shareWeights, type WeighedServer } from './share-weights.js';

function servers(sizes: Readonly<Record<string, number>>, healthy = true): WeighedServer[] {
  return Object.entries(sizes).flatMap(([group, size]) =>
    Array.from({ length: size }, (_, n) => ({ name: `${group}:${n}`, group, healthy, weight: 0 })),
  );
}

function weighedWith(
  all: readonly WeighedServer[],
  shares: Readonly<Record<string, number>>,
): WeighedServer[] {
  const weights = shareWeights(all, shares);
  return all.map((server) => ({ ...server, weight: weights.get(server.name) ?? -1 }));
}

describe('shareWeights', () => {
  it('gives exactly the whole percents asked for, whatever the sizes of the groups', () => {
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
          const result = weighedWith(servers({ home: h, burst: b, other: c }), shares);
          expect(appliedShares(result)).toEqual(shares);
          expect(result.every(({ weight }) => Number.isInteger(weight) && weight >= 0 && weight <= 256)).toBe(
            true,
          );
        },
      ),
    );
  });

  it('comes within 50/256 of a percent point for any share', () => {
    const size = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0.5, max: 99.5, noNaN: true }), (h, b, burst) => {
        const result = weighedWith(servers({ home: h, burst: b }), { home: 100 - burst, burst });
        const applied = appliedShares(result);
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
    expect(appliedShares(result)).toEqual({ home: 75, burst: 25 });
    expect(currentShares(result)).toEqual({ home: 75, burst: 25 });
    for (const server of result) {
      const sibling = result.find(({ group, healthy }) => healthy && group === server.group);
      expect(server.weight).toBeGreaterThanOrEqual(sibling?.weight ?? 0);
    }
  });

  it('keeps a group of ill members at its share for the moment they recover', () => {
    const all = [...servers({ home: 2 }), ...servers({ burst: 2 }, false)];
    const result = weighedWith(all, { home: 60, burst: 40 });
    expect(appliedShares(result)).toEqual({ home: 100, burst: 0 });
    expect(appliedShares(result.map((server) => ({ ...server, healthy: true })))).toEqual({
      home: 60,
      burst: 40,
    });
  });

  it('gives everything 0 without any share', () => {
    const result = weighedWith(servers({ home: 2, burst: 1 }), { home: 0 });
    expect(result.map(({ weight }) => weight)).toEqual([0, 0, 0]);
    expect(appliedShares(result)).toEqual({ home: 0, burst: 0 });
  });
});
