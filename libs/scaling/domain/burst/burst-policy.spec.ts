import { runningMaximum, type DemandForecast } from '@springtide/demand/domain';
import fc from 'fast-check';
import { BurstPolicy, type BurstFleet } from './burst-policy.js';
import { ForecastFollower } from './forecast-follower.js';

const REACH = { before: 7, after: 7 };
const FLEET: BurstFleet = { machineCapacity: 5, standingCapacity: 200, leadSteps: 3, ceiling: 400 };

/** A day with a rush: quiet, a steep rise at minute 300, and a long way down. */
const DAY = Array.from({ length: 720 }, (_, step) => {
  const quiet = 100 + 20 * Math.sin(step / 9) + 7 * Math.sin(step * 1.7);
  return step < 300 ? quiet : quiet + 900 * Math.exp(-(step - 300) / 60);
});

/** @param late steps by which the forecast is later than what happens. */
function forecastOf(demand: readonly number[], level: number, late: number): DemandForecast {
  const maxima = runningMaximum(demand, REACH);
  const values = demand.map((_, step) => {
    const at = Math.min(Math.max(step - late, 0), maxima.length - 1);
    return (maxima[at] ?? 0) * level;
  });
  const series = { startsAt: '2026-11-10T12:00:00.000Z', stepMs: 60_000, values };
  return { series, reach: REACH, levelSigma: 0.2, shiftSteps: 5 };
}

function followed(demand: readonly number[], forecast: DemandForecast, steps: number): ForecastFollower {
  const follower = new ForecastFollower(forecast);
  for (const value of demand.slice(0, steps)) follower.observe(value);
  return follower;
}

describe('following a forecast', () => {
  it('provides for what is likely while nothing was observed', () => {
    const follower = new ForecastFollower(forecastOf(DAY, 1, 0));
    const { level, margin, earliest, latest } = follower.belief();
    expect({ level, earliest, latest }).toEqual({ level: 1, earliest: 5, latest: -5 });
    expect(margin).toBeCloseTo(Math.exp(2 * 0.2) - 1, 1);
  });

  it.each([
    [0.7, 3],
    [1.4, -4],
    [1, 0],
  ])('finds that the forecast is %f of what comes and %i steps late, long before the rush', (level, late) => {
    const belief = followed(DAY, forecastOf(DAY, level, late), 200).belief();
    expect(belief.shift).toBe(late);
    expect(belief.earliest).toBe(belief.latest);
    expect(belief.level).toBeCloseTo(1 / level, 2);
    expect(belief.margin).toBeLessThan(0.02);
  });

  it('knows level and shift within minutes where the forecast tells single values', () => {
    const falling = DAY.slice(302);
    const forecast = forecastOf(falling, 0.8, 2);
    expect(followed(falling, forecast, 8).belief()).toMatchObject({ shift: 2, earliest: 2, latest: 2 });
    expect(followed(falling, forecast, 8).belief().level).toBeCloseTo(1.25, 2);
    const values = forecast.series.values.map((value, step) => value * (1 + 0.1 * Math.sin(step * 2.3)));
    const rough = { ...forecast, series: { ...forecast.series, values } };
    expect(followed(falling, rough, 8).belief().margin).toBeCloseTo(Math.exp(2 * 0.2) - 1, 1);
  });

  it('provides within two percent what is needed, once it knows', () => {
    const follower = followed(DAY, forecastOf(DAY, 0.8, 2), 290);
    for (const step of [300, 301, 310, 340]) {
      const demand = DAY[step] ?? 0;
      expect(follower.upperDemand(step)).toBeGreaterThanOrEqual(demand);
      expect(follower.upperDemand(step)).toBeLessThan(demand * 1.05);
    }
  });

  it('lets go of a rush out of nothing once it is over, whatever shift it was forecast with', () => {
    const rush = Array.from({ length: 240 }, (_, step) => (step >= 100 && step < 103 ? 900 : 0));
    const follower = followed(rush, forecastOf(rush, 0.8, 2), 125);
    expect(follower.belief()).toMatchObject({ shift: 2, earliest: 2, latest: 2 });
    expect(follower.upperDemand(125)).toBeLessThan(5);
  });

  it('says so and follows upwards when demand is above everything the forecast allowed', () => {
    const surprised = DAY.map((value, step) => (step >= 250 ? value * 3 : value));
    const follower = followed(surprised, forecastOf(DAY, 1, 0), 256);
    expect(follower.belief().exceeded).toBe(true);
    expect(follower.upperDemand(258)).toBeGreaterThan(2.5 * (DAY[258] ?? 0));
  });

  it('refuses a forecast of nothing', () => {
    expect(() => new ForecastFollower(forecastOf([0, 0, 0], 1, 0))).toThrow(/without any demand/);
  });

  it('provides a finite, positive capacity whatever comes', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 30, maxLength: 90 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.6, max: 1.6, noNaN: true }), (demand, level) => {
        fc.pre(Math.max(...demand) > 0);
        const follower = followed(demand, forecastOf(demand, level, 0), demand.length - 1);
        const upper = demand.map((_, step) => follower.upperDemand(step));
        expect(upper.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe('the policy of a burst', () => {
  it('asks for machines one lead time before the rush and gives them back after it', () => {
    const policy = new BurstPolicy(forecastOf(DAY, 1, 0), FLEET);
    const machines: number[] = [];
    for (let step = -3; step < DAY.length; step += 1) {
      machines[step + 3] = policy.decide(step).machines;
      if (step >= 0) policy.observe(DAY[step] ?? 0);
    }
    const at = (step: number) => machines[step + 3] ?? Number.NaN;
    const needed = Math.ceil(((DAY[300] ?? 0) - 200) / 5);
    expect(at(290)).toBe(0);
    expect(at(297)).toBeGreaterThanOrEqual(needed);
    expect(at(297)).toBeLessThan(needed * 1.05);
    expect(at(500)).toBe(0);
  });

  it('stays below the ceiling, and says what that means', () => {
    const policy = new BurstPolicy(forecastOf(DAY, 1, 0), { ...FLEET, ceiling: 10 });
    const { machines, wanted, reason } = policy.decide(300);
    expect(machines).toBe(10);
    expect(wanted).toBeGreaterThan(10);
    expect(reason).toMatchObject({ code: 'burst-at-ceiling', params: { machines: 10, wanted } });
    expect(reason.text).toMatch(/what is beyond them will not be served/);
  });

  it('gives the reason in words', () => {
    const policy = new BurstPolicy(forecastOf(DAY, 0.8, 2), FLEET);
    expect(policy.decide(0).reason.code).toBe('burst-forecast-open');
    for (const demand of DAY.slice(0, 298)) policy.observe(demand);
    expect(policy.decide(298).reason.text).toMatch(
      /^Demand may reach \d+ before .* so \d+ machine\(s\) are needed: demand runs at 125 % of the forecast, 2 step\(s\) earlier than forecast, and \d+ % are added for safety\.$/,
    );
  });
});
