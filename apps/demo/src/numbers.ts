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

/** A sentence of the plan or the timeline as a person reads it: decimals shortened, one thing in the singular. */
export function forPeople(sentence: string): string {
  return sentence
    .replaceAll(/\d+\.\d{3,}/g, (decimal) => shortDecimal(decimal, 2))
    .replaceAll(/(?<![\d.] ?)\b1 (standing )?(machine|pool|offering)s\b/g, '1 $1$2')
    .replaceAll(
      /\b(1 (?:standing )?(?:machine|pool|offering)(?: [^\s;]+){0,3}?) (were|are|serve)\b/g,
      inSingular,
    );
}

function inSingular(_: string, subject: string, verb: string): string {
  const singular: Readonly<Record<string, string>> = { were: 'was', are: 'is', serve: 'serves' };
  return `${subject} ${singular[verb] ?? verb}`;
}

/** `1 machine`, `2 machines`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
