import type { DemandSeries } from '@springtide/demand/domain';

/** A campaign of one day around a peak. `from` is its first step in the series. */
export type CampaignWindow = Readonly<{ from: number; demand: readonly number[]; peak: number }>;

const STEPS = 1_440;
const WINDOWS = 6;

/** The days around the highest peaks that do not overlap. A peak near an end of the series has its day moved inside it. */
export function campaignWindows(series: DemandSeries, count = WINDOWS): readonly CampaignWindow[] {
  const { values } = series;
  const length = Math.min(STEPS, values.length);
  const byHeight = values.map((value, step) => ({ value, step })).toSorted((a, b) => b.value - a.value);
  const windows: CampaignWindow[] = [];
  for (const { value, step } of byHeight) {
    if (windows.length === count || value <= 0) break;
    const from = Math.max(0, Math.min(step - Math.floor(length / 2), values.length - length));
    if (windows.some((window) => Math.abs(window.from - from) < length)) continue;
    windows.push({ from, demand: values.slice(from, from + length), peak: value });
  }
  return windows;
}
