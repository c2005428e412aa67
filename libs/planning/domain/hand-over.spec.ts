import { contestedPools, withLanes } from './hand-over.js';
import type { PlanningProblem } from './problem.js';

const pool = {
  id: 'home',
  account: 'private',
  region: 'r',
  zone: 'r/z',
  machineType: 'm',
  family: 'f',
  arch: 'amd64',
  option: 'private' as const,
  vcpu: 2,
  memoryGiB: 4,
  pricePerHour: { currency: 'EUR', amount: '0.1' },
  startCost: { currency: 'EUR', amount: '0' },
  cap: 4,
  quotaGroup: null,
  interruptionPerHour: 0,
};
const member = (id: string) => ({
  id,
  unit: 'requests/s',
  headroom: 0,
  spotMax: 0,
  zoneLossFraction: 0,
  demand: [
    { units: 10, memoryGiB: 0 },
    { units: 10, memoryGiB: 0 },
  ],
  allowed: [{ pool: 'home', units: 10 }],
  shortagePenaltyPerUnitHour: { currency: 'EUR', amount: '10' },
});
const problem: PlanningProblem = {
  currency: 'EUR',
  objective: 'private-first',
  phases: [
    { id: 'ramp', hours: 1 },
    { id: 'peak', hours: 1 },
  ],
  quotaGroups: [],
  pools: [pool],
  classes: [member('shop'), member('checkout')],
};

describe('machines that would change hands between two phases', () => {
  const swap = [
    { class: 'shop', pool: 'home', counts: [3, 1] },
    { class: 'checkout', pool: 'home', counts: [1, 3] },
  ];
  it('are found where both owners together do not fit', () => {
    expect(contestedPools(problem, swap)).toEqual(['home']);
  });
  it('are no trouble where they fit, or where one class has the pool alone', () => {
    expect(contestedPools(problem, [{ class: 'shop', pool: 'home', counts: [4, 0] }])).toEqual([]);
    const fits = [
      { class: 'shop', pool: 'home', counts: [1, 2] },
      { class: 'checkout', pool: 'home', counts: [1, 2] },
    ];
    expect(contestedPools(problem, fits)).toEqual([]);
  });
  it('are found where they fit only beside nobody: what other campaigns were promised is not there', () => {
    const calm = [
      { class: 'shop', pool: 'home', counts: [1, 2] },
      { class: 'checkout', pool: 'home', counts: [1, 1] },
    ];
    const promising = (promised: readonly number[]) => ({ ...problem, pools: [{ ...pool, promised }] });
    expect(contestedPools(promising([0, 1]), calm)).toEqual([]);
    expect(contestedPools(promising([2, 0]), calm)).toEqual(['home']);
  });
  it('leave to other campaigns what was promised to them, once and not by each lane', () => {
    const split = withLanes({ ...problem, pools: [{ ...pool, promised: [2, 0] }] }, swap, ['home']);
    const free = (k: number) => split.pools.map(({ cap, promised = [] }) => cap - (promised[k] ?? 0));
    expect(free(0)).toEqual([1, 1]);
    expect(free(1)).toEqual([2, 2]);
  });
  it('stay with their class: the lanes add up to the pool, and nobody else may use them', () => {
    const split = withLanes(problem, swap, ['home']);
    expect(split.pools.map((one) => one.cap)).toEqual([2, 2]);
    expect(split.classes.map((one) => one.allowed.map((entry) => entry.pool))).toEqual([
      ['home @lane:shop'],
      ['home @lane:checkout'],
    ]);
  });
});
