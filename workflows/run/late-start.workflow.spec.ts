import { jest } from '@jest/globals';
import type { FakeGround } from '@springtide/testing';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;

beforeAll(async () => {
  world = await startRunWorld('virtual');
}, 120_000);
afterAll(async () => await world.stop());

const MINUTE = 60_000;

const web = (phase: 'ramp' | 'peak', machines: number) =>
  ({ service: 'web', poolId: 'cheap', phase, machines }) as const;

/** Ramp is prepared after a minute and starts after three; the peak is prepared after eleven and starts after thirteen. */
async function ground(lateAfterMinutes: number | undefined): Promise<[FakeGround, RunIds]> {
  const [made, ids] = await world.ground([web('ramp', 3), web('peak', 2)]);
  made.lateAfterMs = lateAfterMinutes === undefined ? undefined : lateAfterMinutes * MINUTE;
  return [made, ids];
}

/** So many minutes have passed without anybody who looked. */
function pass(made: FakeGround, minutes: number): void {
  const earlier = (at: string) => new Date(Date.parse(at) - minutes * MINUTE).toISOString();
  made.phases = made.phases.map(({ name, prepareAt, startsAt, endsAt }) => {
    return { name, prepareAt: earlier(prepareAt), startsAt: earlier(startsAt), endsAt: earlier(endsAt) };
  });
}

/** Nobody drives the run until so many minutes after it was armed. */
async function awayFor(made: FakeGround, ids: RunIds, minutes: number): Promise<readonly string[]> {
  pass(made, minutes);
  await world.run(ids);
  return made.calls.filter((line) => /^(skip|enter|buy|reached|scale back|closed)/.test(line));
}

const PEAK = ['enter peak', 'buy 2 of 2 cheap for web', 'reached peak'];

describe('a start that comes too late', () => {
  it('begins all the same where the campaign does not say otherwise', async () => {
    const [made, ids] = await ground(undefined);
    const calls = await awayFor(made, ids, 9);
    expect(calls.slice(0, 3)).toEqual(['enter ramp', 'buy 3 of 3 cheap for web', 'reached ramp']);
  });

  it('begins while it is in time', async () => {
    const [made, ids] = await ground(8);
    expect((await awayFor(made, ids, 7)).slice(0, 2)).toEqual(['enter ramp', 'buy 3 of 3 cheap for web']);
  });

  it('is skipped and told where the campaign wants that, and the next phase is bought in time', async () => {
    const [made, ids] = await ground(4);
    expect(await awayFor(made, ids, 9)).toEqual(['skip ramp', ...PEAK, 'scale back', 'closed']);
    expect(made.alive()).toBe(0);
  });

  it('is told also of a phase that was over before anybody looked', async () => {
    const [made, ids] = await ground(4);
    expect(await awayFor(made, ids, 14)).toEqual(['skip ramp', ...PEAK, 'scale back', 'closed']);
  });

  it('begins all the same when a person says so', async () => {
    const [made, ids] = await ground(4);
    made.on('noteSkipped', () => {
      // Once, and in time however fast the minutes fly here.
      if (made.revision === 1) made.steeredAt = made.phases[0]?.endsAt ?? '';
      made.revision = 2;
    });
    const calls = await awayFor(made, ids, 9);
    expect(calls.slice(0, 3)).toEqual(['skip ramp', 'enter ramp', 'buy 3 of 3 cheap for web']);
  });

  it('lets go what the skipped phase does not need', async () => {
    const [made, ids] = await ground(4);
    made.on('notePhaseReached', ({ phase }) => {
      // Then nobody looks until four minutes and more after the peak has started.
      if (phase === 'ramp') pass(made, 15);
    });
    const calls = await awayFor(made, ids, 0);
    expect(calls).not.toContain('enter peak');
    expect(calls.slice(0, 4)).toEqual([
      ...['enter ramp', 'buy 3 of 3 cheap for web', 'reached ramp'],
      'skip peak',
    ]);
    expect(made.calls).toContain('leave web: 1');
  });

  // The last one: its run is over before its guard has begun, and this server then lets no more time fly.
  it('ends a campaign that nobody could begin without a single purchase', async () => {
    const [made, ids] = await ground(4);
    expect(await awayFor(made, ids, 30)).toEqual(['skip ramp', 'skip peak', 'scale back', 'closed']);
    expect([made.machines.length, made.reason]).toEqual([0, 'the campaign is over']);
  });
});
