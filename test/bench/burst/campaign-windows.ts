import type { DemandSeries } from '@springtide/demand/domain';

/** A campaign of one day around a peak. `from` is its first step in the series, `peak` its highest demand. */
export type CampaignWindow = Readonly<{ from: number; demand: readonly number[]; peak: number }>;

export const DAY_STEPS = 1_440;
export const WINDOWS = 6;

/** The days around the highest peaks that do not overlap. A peak near an end of the series has its day moved inside it. */
export function campaignWindows({ values }: DemandSeries): readonly CampaignWindow[] {
  const length = Math.min(DAY_STEPS, values.length);
  const windows: CampaignWindow[] = [];
  while (windows.length < WINDOWS) {
    const window = highestBeside(windows, values, length);
    if (window === undefined) break;
    windows.push(window);
  }
  return windows;
}

/** The earliest of the highest peaks whose day overlaps none of those taken. */
function highestBeside(
  taken: readonly CampaignWindow[],
  values: readonly number[],
  length: number,
): CampaignWindow | undefined {
  const startOf = (step: number) =>
    Math.max(0, Math.min(step - Math.floor(length / 2), values.length - length));
  let [highest, at] = [0, -1];
  for (const [step, value] of values.entries()) {
    if (value <= highest || taken.some(({ from }) => Math.abs(from - startOf(step)) < length)) continue;
    [highest, at] = [value, step];
  }
  if (at < 0) return undefined;
  const from = startOf(at);
  const demand = values.slice(from, from + length);
  // On the slope towards a peak whose own day would overlap, the day has more than what it was taken for.
  return { from, demand, peak: Math.max(...demand) };
}
