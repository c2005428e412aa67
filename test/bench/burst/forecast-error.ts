import { runningMaximum, type DemandForecast, type DemandSeries } from '@springtide/demand/domain';
import type { CampaignWindow } from './campaign-windows.js';
import { normal, seeded, type Draw } from './seeded.js';

/** How the forecast that the planner gets differs from what will happen. */
export type ErrorModel = Readonly<{
  /** Whether the running maximum of a quarter of an hour looks both ways or back only. */
  envelope: 'centred' | 'trailing';
  /** Standard deviation of an error of each single minute, relative; 0 in the protocol. */
  roughness: number;
}>;

const LEVEL_SIGMA = 0.2;
const SHIFT_STEPS = 5;
const REACH = { centred: { before: 7, after: 7 }, trailing: { before: 14, after: 0 } } as const;

/** What only hindsight knows: by which factor the forecast is too high, and by how many steps it is late. */
export type ForecastError = Readonly<{ level: number; shift: number }>;

/** The forecast of one campaign: the same for every policy that is tried on it. */
export function forecastOf(
  series: DemandSeries,
  window: CampaignWindow,
  model: ErrorModel,
  seed: number,
): Readonly<{ forecast: DemandForecast; error: ForecastError }> {
  const draw = seeded(seed);
  const level = Math.exp(LEVEL_SIGMA * normal(draw));
  const shift = Math.floor(draw() * (2 * SHIFT_STEPS + 1)) - SHIFT_STEPS;
  const reach = REACH[model.envelope];
  const maxima = runningMaximum(series.values, reach);
  const values = window.demand.map((_, step) => {
    const at = Math.min(Math.max(window.from + step - shift, 0), maxima.length - 1);
    return (maxima[at] ?? 0) * level * roughness(model, draw);
  });
  const startsAt = new Date(Date.parse(series.startsAt) + window.from * series.stepMs).toISOString();
  const forecast = {
    series: { startsAt, stepMs: series.stepMs, values },
    reach,
    levelSigma: LEVEL_SIGMA,
    shiftSteps: SHIFT_STEPS,
  };
  return { forecast, error: { level, shift } };
}

function roughness(model: ErrorModel, draw: Draw): number {
  return model.roughness === 0 ? 1 : Math.exp(model.roughness * normal(draw));
}
