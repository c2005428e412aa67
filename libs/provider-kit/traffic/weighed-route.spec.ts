import { shareWeights, sharesGiven } from './share-weights.js';
import {
  refuseOtherWriter,
  refusePointingAtNothing,
  routeState,
  sharesOfStaying,
  type LiveMember,
} from './weighed-route.js';

function member(group: string, n: number, weight: number, healthy = true): LiveMember {
  const id = `i-${group}-${n}`;
  return {
    name: `${group}/${id}`,
    group,
    weight,
    healthy,
    member: { id, address: `192.0.2.${n}`, port: 80 },
  };
}

describe('a route of members that have weights of their own', () => {
  it('shows what groups receive: the ill get nothing, and who has no weight beside others is leaving', () => {
    const live = [
      member('home', 1, 60),
      member('home', 2, 60, false),
      member('home', 3, 0),
      member('b', 4, 40),
    ];
    const { groups } = routeState('shop', 'http://shop.example', live);
    expect(groups.map(({ name, weight }) => [name, weight])).toEqual([
      ['home', 60],
      ['b', 40],
    ]);
    expect(groups[0]?.members.map(({ draining }) => draining)).toEqual([false, false, true]);
  });

  it('hands the share of an emptied group over, to others with a share first, to anybody before nobody', () => {
    const shares = { home: 20, burst: 80 };
    expect(sharesOfStaying(shares, [member('home', 1, 20)])).toEqual(shares);
    const idle = [member('idle', 1, 0, false), member('spare', 2, 0)];
    expect(sharesOfStaying({ burst: 100 }, idle)).toEqual({ idle: 1, spare: 1 });
    const weights = shareWeights(idle, sharesOfStaying({ burst: 100 }, idle), 100);
    expect([...weights.values()].every((weight) => weight > 0)).toBe(true);
    // Nobody was led anywhere before: who joins waits for a share.
    expect(sharesOfStaying({ idle: 0 }, idle)).toEqual({ idle: 0 });
  });

  it('is never pointed at nothing', () => {
    const live = [member('home', 1, 100), member('ill', 2, 0, false)];
    for (const group of ['ill', 'nobody']) {
      expect(() => refusePointingAtNothing('shop', live, { home: 99, [group]: 1 })).toThrow(
        expect.objectContaining({ code: 'failed-precondition', effect: 'none' }),
      );
    }
    expect(() => refusePointingAtNothing('shop', live, { home: 100, ill: 0, nobody: 0 })).not.toThrow();
  });

  it('notices somebody else who writes weights, and takes no illness for one', () => {
    const shares = { home: 63, burst: 37 };
    const live = [member('home', 1, 0), member('home', 2, 0), member('home', 3, 0), member('burst', 4, 0)];
    const weights = shareWeights(live, shares, 100);
    const set = live.map((each) => ({ ...each, weight: weights.get(each.name) ?? 0 }));
    expect(sharesGiven(set)).toEqual(shares);
    expect(() => refuseOtherWriter('shop', set, shares)).not.toThrow();
    const written = set.map((each) => (each.group === 'burst' ? { ...each, weight: 1 } : each));
    expect(() => refuseOtherWriter('shop', written, shares)).toThrow(
      expect.objectContaining({ code: 'conflict', effect: 'maybe' }),
    );
    const ill = written.map((each) => (each.group === 'burst' ? { ...each, healthy: false } : each));
    expect(() => refuseOtherWriter('shop', ill, shares)).not.toThrow();
  });
});
