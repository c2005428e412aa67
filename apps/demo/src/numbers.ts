/** An amount for people: two places, or as many as show two digits that matter. The exact one is in the report. */
export function money(amount: string, currency: string): string {
  return `${shortDecimal(amount, 2)} ${currency}`;
}

/** Rounds a decimal text to at least `places`, and far enough to show two digits other than zero. */
export function shortDecimal(text: string, places: number): string {
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (value === 0) return value.toFixed(places);
  const firstDigit = Math.ceil(-Math.log10(Math.abs(value)));
  return value.toFixed(Math.max(places, Math.min(8, firstDigit + 1)));
}

/** Long decimals inside a sentence, shortened where they stand. */
export function shortenDecimals(sentence: string): string {
  return sentence.replaceAll(/\d+\.\d{3,}/g, (decimal) => shortDecimal(decimal, 2));
}

/** `1 machine`, `2 machines`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
