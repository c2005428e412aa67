type Member = Readonly<{ id: string }>;
type Groups = readonly Readonly<{ name: string; members: readonly Member[] }>[];

/** Groups of a route that lack members they should have, as after a proxy that keeps nothing was started again. */
export function groupsLacking(
  expected: ReadonlyMap<string, readonly Member[]>,
  live: Groups,
): readonly string[] {
  return [...expected]
    .filter(([name, members]) => {
      const there = new Set(live.find((group) => group.name === name)?.members.map((member) => member.id));
      return members.some((member) => !there.has(member.id));
    })
    .map(([name]) => name);
}
