/**
 * How a forecast is believed. The values were chosen by replaying series of very different shapes (decision 25); they are
 * settings of the method, not of a campaign.
 */
export type BurstSettings = Readonly<{
  /** Distance from the median, in standard deviations, at which a level not yet observed is provided for. */
  levelQuantile: number;
  /** Share of the observed volume that may have been above what is provided for. */
  exceedance: number;
  /** Joint probability of all time shifts that are not provided for. */
  neglectedShifts: number;
  /** Always added, relative. */
  leastMargin: number;
  /** Standard deviation of a forecast's own error, relative, below which an agreement is not believed. */
  leastSpread: number;
  /** The same, while nothing has been compared. */
  firstSpread: number;
  /** Neighbouring maxima see the same minutes: so many of them count as one. */
  stepsPerEvidence: number;
  /** Steps after which what was observed counts half. */
  halfLifeSteps: number;
  /** Steps of which the highest excess is provided for, however rare. */
  recentSteps: number;
  /** Steps over which the exceedance is counted. */
  memorySteps: number;
  /** Values below this part of the forecast's highest say little about the level. */
  quietPart: number;
}>;

export const BURST_SETTINGS: BurstSettings = {
  levelQuantile: 2,
  exceedance: 0.005,
  neglectedShifts: 0.005,
  leastMargin: 0.002,
  leastSpread: 0.003,
  firstSpread: 0.1,
  stepsPerEvidence: 3,
  halfLifeSteps: 180,
  recentSteps: 15,
  memorySteps: 240,
  quietPart: 1 / 400,
};
