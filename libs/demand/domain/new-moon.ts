const DAY_MS = 86_400_000;
/** Julian day of 1970-01-01. */
const EPOCH_JULIAN_DAY = 2_440_587.5;
const MONTH_DAYS = 29.530588861;
/** Terrestrial time runs ahead of UTC by so much in this half of the century, within a few seconds. */
const TERRESTRIAL_AHEAD_MS = 71_000;

/** Amplitude in days; multiples of the anomalies of sun and moon and of the moon's argument of latitude; power of the excentricity. */
const TERMS: readonly (readonly [number, number, number, number, number])[] = [
  [-0.4072, 0, 1, 0, 0],
  [0.17241, 1, 0, 0, 1],
  [0.01608, 0, 2, 0, 0],
  [0.01039, 0, 0, 2, 0],
  [0.00739, -1, 1, 0, 1],
  [-0.00514, 1, 1, 0, 1],
  [0.00208, 2, 0, 0, 2],
  [-0.00111, 0, 1, -2, 0],
  [-0.00057, 0, 1, 2, 0],
  [0.00056, 1, 2, 0, 1],
  [-0.00042, 0, 3, 0, 0],
  [0.00042, 1, 0, 2, 1],
  [0.00038, 1, 0, -2, 1],
  [-0.00024, -1, 2, 0, 1],
  [-0.00007, 2, 1, 0, 0],
  [0.00004, 0, 2, -2, 0],
  [0.00004, 3, 0, 0, 0],
  [0.00003, 1, 1, -2, 0],
  [0.00003, 0, 2, 2, 0],
  [-0.00003, 1, 1, 2, 0],
  [0.00003, -1, 1, 2, 0],
];

/** Amplitude in days, phase and advance per month in degrees: the node of the moon's path, and the planets. */
const SLOW_TERMS: readonly (readonly [number, number, number])[] = [
  [-0.00017, 124.7746, -1.56375588],
  [0.000325, 299.77, 0.107408],
  [0.000165, 251.88, 0.016321],
  [0.000164, 251.83, 26.651886],
  [0.000126, 349.42, 36.412478],
  [0.00011, 84.66, 18.206239],
  [0.000062, 141.74, 53.303771],
  [0.00006, 207.14, 2.453732],
  [0.000056, 154.84, 7.30686],
  [0.000047, 34.52, 27.261239],
];

/**
 * The new moon nearest to an instant, to about a minute (J. Meeus, Astronomical Algorithms, chapter 49), in milliseconds since
 * 1970. The runtime's calendar tables are minutes off, and in 2027 the new moon that begins the year is four minutes before
 * midnight in China.
 */
export function nearestNewMoon(atMs: number): number {
  const julianDay = atMs / DAY_MS + EPOCH_JULIAN_DAY;
  const guess = Math.round((julianDay - 2_451_550.09766) / MONTH_DAYS);
  return [guess - 1, guess, guess + 1]
    .map((month) => newMoon(month))
    .reduce((best, one) => (Math.abs(one - atMs) < Math.abs(best - atMs) ? one : best));
}

/** @param month new moons since that of 6 January 2000. */
function newMoon(month: number): number {
  const century = month / 1_236.85;
  const excentricity = 1 - 0.002516 * century - 0.0000074 * century ** 2;
  const sun = 2.5534 + 29.1053567 * month - 0.0000014 * century ** 2;
  const moon = 201.5643 + 385.81693528 * month + 0.0107582 * century ** 2;
  const latitude = 160.7108 + 390.67050284 * month - 0.0016118 * century ** 2;
  const mean = 2_451_550.09766 + MONTH_DAYS * month + 0.00015437 * century ** 2;
  const fast = TERMS.map(
    ([days, ofSun, ofMoon, ofLatitude, power]) =>
      days * excentricity ** power * sine(ofSun * sun + ofMoon * moon + ofLatitude * latitude),
  );
  const slow = SLOW_TERMS.map(([days, phase, advance]) => days * sine(phase + advance * month));
  const julianDay = [...fast, ...slow].reduce((sum, days) => sum + days, mean);
  return (julianDay - EPOCH_JULIAN_DAY) * DAY_MS - TERRESTRIAL_AHEAD_MS;
}

function sine(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}
