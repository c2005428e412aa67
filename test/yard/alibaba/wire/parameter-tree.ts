/** What flat parameters stand for: `A.1.B` is the member B of the first element of A. */
export type ParameterTree = string | readonly ParameterTree[] | Readonly<{ [name: string]: ParameterTree }>;

type Growing = { value?: string; members: Map<string, Growing> };

/** The tree below one name; undefined where nothing was sent. */
export function parameterTree(
  parameters: ReadonlyMap<string, string>,
  name: string,
): ParameterTree | undefined {
  const root: Growing = { members: new Map() };
  let isThere = false;
  for (const [key, value] of parameters) {
    if (!key.startsWith(`${name}.`)) continue;
    isThere = true;
    let at = root;
    for (const part of key.slice(name.length + 1).split('.')) {
      const next: Growing = at.members.get(part) ?? { members: new Map() };
      at.members.set(part, next);
      at = next;
    }
    at.value = value;
  }
  return isThere ? grown(root) : undefined;
}

function grown({ value, members }: Growing): ParameterTree {
  if (members.size === 0) return value ?? '';
  const names = [...members.keys()];
  if (!names.every((name) => /^\d+$/.test(name))) {
    return Object.fromEntries([...members].map(([name, member]) => [name, grown(member)]));
  }
  return [...members].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, member]) => grown(member));
}
