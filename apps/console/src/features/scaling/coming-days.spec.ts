import type { ScalingInput } from '@springtide/contracts';
import { comingDays } from './coming-days.js';
import { NOTHING_YET } from './scaling-draft.js';

/** A Wednesday, noon in Shanghai. */
const NOW = '2026-11-11T04:00:00.000Z';
const evenings: ScalingInput['strategies'][number] = {
  ...{ id: 'evenings', kind: 'scheduled', timeZone: 'Asia/Shanghai', holidays: ['2026-11-13'] },
  rules: [{ days: ['thu', 'fri', 'sat'], from: '22:00', to: '01:30', machines: 12, holidays: 'except' }],
};
const byHand = (machines: number, until: string | null): ScalingInput['strategies'][number] => ({
  ...{ id: 'by-hand', kind: 'manual', machines, until },
});
const told = (strategies: ScalingInput['strategies'], now = NOW) =>
  comingDays({ ...NOTHING_YET, floor: 2, strategies }, now).map(
    ({ from, until, machines, by, missing }) =>
      `${from.slice(5, 16)} ${until.slice(5, 16)} ${machines} ${by} ${missing}`,
  );

describe('the coming seven days', () => {
  it('begin and end with rules, over midnight and around holidays, inside floor and ceiling', () => {
    expect(told([evenings])).toEqual([
      '11-11T04:00 11-12T14:00 null null 0',
      '11-12T14:00 11-12T17:30 10 evenings 2',
      '11-12T17:30 11-14T14:00 null null 0',
      '11-14T14:00 11-14T17:30 10 evenings 2',
      '11-14T17:30 11-18T04:00 null null 0',
    ]);
  });

  it('are decided by the highest want, and a number set by hand ends when it is to', () => {
    expect(told([evenings, byHand(1, '2026-11-12T15:00:00.000Z')]).slice(0, 3)).toEqual([
      '11-11T04:00 11-12T14:00 2 by-hand 0',
      '11-12T14:00 11-12T17:30 10 evenings 2',
      '11-12T17:30 11-14T14:00 null null 0',
    ]);
    expect(told([byHand(4, null)])).toEqual(['11-11T04:00 11-18T04:00 4 by-hand 0']);
    expect(told([])).toEqual(['11-11T04:00 11-18T04:00 null null 0']);
  });

  it('follow the clock on the wall when winter time begins', () => {
    const days = ['sat', 'sun', 'mon'] as const;
    const rules = [{ days: [...days], from: '08:00', to: '09:00', machines: 5, holidays: 'also' as const }];
    const berlin = { ...evenings, timeZone: 'Europe/Berlin', rules } as typeof evenings;
    expect(told([berlin], '2026-10-24T00:00:00.000Z').filter((line) => line.includes(' 5 '))).toEqual([
      '10-24T06:00 10-24T07:00 5 evenings 0',
      '10-25T07:00 10-25T08:00 5 evenings 0',
      '10-26T07:00 10-26T08:00 5 evenings 0',
    ]);
  });
});
