import type { RunBrief } from '@springtide/contracts';
import { nextStep, type Applied } from './index.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 11, 0, minute)).toISOString();

/** Ramp 20–40, peak 40–60, decay 60–70; each prepared ten minutes ahead. */
const brief = (minute: number, change: Partial<RunBrief> = {}): RunBrief => ({
  now: at(minute),
  control: 'run',
  revision: 1,
  phases: [
    { name: 'ramp', prepareAt: at(10), startsAt: at(20), endsAt: at(40) },
    { name: 'peak', prepareAt: at(30), startsAt: at(40), endsAt: at(60) },
    { name: 'decay', prepareAt: at(50), startsAt: at(60), endsAt: at(70) },
  ],
  services: ['web'],
  guardEveryMs: 60_000,
  ...change,
});

const done = (...steps: string[]): Applied =>
  steps.map((text) => {
    const [phase, stage, revision = '1'] = text.split('.');
    return { phase, stage, revision: Number(revision) } as Applied[number];
  });

function told(step: ReturnType<typeof nextStep>): string {
  if (step.kind === 'apply') return `${step.phase}.${step.stage}.${step.revision}`;
  if (step.kind === 'skip') return `skip ${step.phase}.${step.revision}`;
  return step.kind === 'wait' ? `wait ${step.ms / 60_000} for ${step.reason}` : `back: ${step.reason}`;
}

describe('the next step of a run', () => {
  it.each([
    ['long before, it looks again now and then', brief(0), done(), 'wait 5 for next-phase'],
    ['just before, it sleeps to the moment', brief(8), done(), 'wait 2 for next-phase'],
    ['the lead time before a phase, it grows', brief(10), done(), 'ramp.grow.1'],
    ['what was done is not done again', brief(16), done('ramp.grow'), 'wait 4 for next-phase'],
    ['when the phase begins, it is carried out whole', brief(20), done('ramp.grow'), 'ramp.full.1'],
    ['the next one is prepared beside it', brief(30), done('ramp.full'), 'peak.grow.1'],
    ['the running phase comes first', brief(30), done('ramp.grow'), 'ramp.full.1'],
    [
      'preparing a smaller phase does not stop the peak from being held',
      brief(52, { revision: 2 }),
      done('peak.full', 'decay.grow'),
      'peak.full.2',
    ],
    ['then the smaller one again', brief(52, { revision: 2 }), done('peak.full.2'), 'decay.grow.2'],
    ['armed late, it starts with what runs', brief(45), done(), 'peak.full.1'],
    ['at the last phase it waits for the end', brief(66), done('decay.full'), 'wait 4 for end'],
    ['at the end it goes back', brief(70), done('decay.full'), 'back: finished'],
    ['stopped, it goes back at once', brief(45, { control: 'abort' }), done(), 'back: aborted'],
    ['paused, it waits', brief(45, { control: 'pause' }), done(), 'wait 5 for paused'],
    ['paused, it still ends', brief(68, { control: 'pause' }), done(), 'wait 2 for paused'],
    ['paused beyond its end, it goes back', brief(71, { control: 'pause' }), done(), 'back: finished'],
    [
      'held it waits for a person',
      brief(25, { control: 'hold', heldUntil: at(27) }),
      done(),
      'wait 2 for held',
    ],
    [
      'a hold ends with what was approved',
      brief(25, { control: 'hold', heldUntil: at(25) }),
      done(),
      'back: finished',
    ],
    ['without phases there is nothing to wait for', brief(0, { phases: [] }), done(), 'back: finished'],
  ])('%s', (_what, given, applied, wanted) => {
    expect(told(nextStep(given, applied))).toBe(wanted);
  });

  it('prepares every phase that lies within the lead time, in order', () => {
    const short = brief(0, {
      phases: [
        { name: 'ramp', prepareAt: at(0), startsAt: at(10), endsAt: at(11) },
        { name: 'peak', prepareAt: at(0), startsAt: at(11), endsAt: at(12) },
      ],
    });
    expect(told(nextStep(short, done()))).toBe('ramp.grow.1');
    expect(told(nextStep(short, done('ramp.grow')))).toBe('peak.grow.1');
    const later = { ...short, now: at(10) };
    expect(told(nextStep(later, done('ramp.grow', 'peak.grow')))).toBe('ramp.full.1');
  });
});

describe('a start that comes too late', () => {
  const skipping = (minute: number, change: Partial<RunBrief> = {}) => {
    const given = brief(minute, change);
    const startBy = [at(25), at(45), at(65)];
    return { ...given, phases: given.phases.map((phase, k) => ({ ...phase, startBy: startBy[k] ?? '' })) };
  };

  it.each([
    ['at the last moment in time it begins', skipping(25), done(), 'ramp.full.1'],
    ['after it the phase only lets go', skipping(26), done(), 'ramp.late.1'],
    ['which is done once', skipping(26), done('ramp.late'), 'wait 4 for next-phase'],
    ['the next phase is prepared as ever', skipping(30), done('ramp.late'), 'peak.grow.1'],
    ['one that was over before anybody looked is told', skipping(42), done(), 'skip ramp.1'],
    ['once, before what runs', skipping(42), done('ramp.late'), 'peak.full.1'],
    ['all of them are told before the end', skipping(70), done('ramp.late', 'peak.late'), 'skip decay.1'],
    ['then it goes back', skipping(70), done('ramp.late', 'peak.late', 'decay.late'), 'back: finished'],
    ['stopped, it tells nothing first', skipping(70, { control: 'abort' }), done(), 'back: aborted'],
  ])('%s', (_what, given, applied, wanted) => {
    expect(told(nextStep(given, applied))).toBe(wanted);
  });
});
