/**
 * Places, as `phases.1.hour`, of what was given and is not in what a schema understood of it. Left out in silence, a misspelt
 * limit would be no limit.
 */
export function unknownNames(given: unknown, understood: unknown): readonly string[] {
  if (!isTree(given) || !isTree(understood)) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(understood, name)) return [name];
    return unknownNames(value, understood[name]).map((place) => `${name}.${place}`);
  });
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
