import { hardestPhase, lowestShare, servedShare, type ComparedPhase } from './served-share.js';

const phase = (name: ComparedPhase['phase'], demand: number, short: number): ComparedPhase => ({
  phase: name,
  ...{ machinesBefore: 1, machinesAfter: 1, shortBefore: 0, shortAfter: short },
  ...{ demandBefore: 100, demandAfter: demand },
});

describe('the served share', () => {
  it('never reads as whole when something is missing', () => {
    expect(servedShare(phase('peak', 1_000_000, 1), 'After')).toBe(0.9999);
    expect(servedShare(phase('peak', 1_000, 0), 'After')).toBe(1);
    expect(servedShare(phase('peak', 0, 0), 'After')).toBe(1);
  });

  it('is told of the phase that lacks the largest part, not the most requests', () => {
    const phases = [phase('ramp', 10, 5), phase('peak', 1_000, 100), phase('decay', 10, 0)];
    expect(hardestPhase(phases)?.phase).toBe('ramp');
    expect([lowestShare(phases, 'Before'), lowestShare(phases, 'After')]).toEqual([1, 0.5]);
    expect(hardestPhase([phase('peak', 10, 0)])).toBeUndefined();
  });
});
