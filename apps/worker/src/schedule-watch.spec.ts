import { Metrics, silentLogger, type Logger } from '@springtide/platform';
import { fakeClock } from '@springtide/testing';
import { lookAt, type ScheduleWatchParts } from './schedule-watch.js';

const NOW = new Date('2026-11-11T00:00:00.000Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

type Shown = Readonly<{ began?: Date; paused?: boolean; running?: string }>;

async function told({ began, paused = false, running }: Shown) {
  const errors: unknown[] = [];
  const log = { ...silentLogger, error: (facts: unknown) => errors.push(facts) } as unknown as Logger;
  const metrics = new Metrics('spec');
  const workflow = { workflowId: running };
  const info = {
    createdAt: ago(20),
    recentActions: began === undefined ? [] : [{ takenAt: began }],
    runningActions: running === undefined ? [] : [{ workflow }],
  };
  const describe = async () => await Promise.resolve({ info, state: { paused } });
  const schedules = { getHandle: () => ({ describe }) } as unknown as ScheduleWatchParts['schedules'];
  await lookAt({ schedules, metrics, clock: fakeClock(NOW.toISOString()), log }, 'reconcile');
  return { errors, metrics: (await metrics.text()).body };
}

describe('the watch over schedules', () => {
  it('says nothing of one that begins as it should, and shows its age', async () => {
    const { errors, metrics } = await told({ began: ago(4) });
    expect(errors).toEqual([]);
    expect(metrics).toMatch(/springtide_schedule_age_seconds\{schedule="reconcile".*\} 240/);
  });

  it.each([
    ['paused', { began: ago(4), paused: true }, {}],
    ['never began', {}, {}],
    ['begins no more', { began: ago(16) }, {}],
    ['hangs', { began: ago(16), running: 'reconcile-1' }, { hangs: 'reconcile-1' }],
  ])('says aloud that one is %s, and what that means', async (_what, shown, more) => {
    const { errors } = await told(shown);
    expect(errors).toEqual([
      expect.objectContaining({
        ...more,
        means: expect.stringContaining('no account is compared') as string,
      }),
    ]);
  });
});
