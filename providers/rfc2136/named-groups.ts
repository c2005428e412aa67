/** `on`: its addresses are among the answers, each as often as any other. */
export type NamedGroup = Readonly<{
  name: string;
  on: boolean;
  members: readonly Readonly<{ id: string; address: string }>[];
}>;

const FORM = /^springtide1 (on|off) ([a-z0-9-]+) ([0-9.]+) (\S+)$/;

/** One text per member, beside the name: whose address it is, and whether its group is answered with. */
export function groupTexts(groups: readonly NamedGroup[]): readonly string[] {
  return groups.flatMap(({ name, on, members }) =>
    members.map(({ id, address }) => `springtide1 ${on ? 'on' : 'off'} ${name} ${address} ${escapeId(id)}`),
  );
}

/** Undefined when one of them is not ours. */
export function parseGroups(texts: readonly string[]): readonly NamedGroup[] | undefined {
  const groups = new Map<string, { name: string; on: boolean; members: { id: string; address: string }[] }>();
  for (const text of texts.toSorted()) {
    const [, state, name, address, id] = FORM.exec(text) ?? [];
    if (name === undefined || address === undefined || id === undefined) return undefined;
    const group = groups.get(name) ?? { name, on: state === 'on', members: [] };
    group.members.push({ id: unescapeId(id), address });
    groups.set(name, group);
  }
  return [...groups.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every address that is answered with, once. */
export function answeredAddresses(groups: readonly NamedGroup[]): readonly string[] {
  const on = groups.filter((group) => group.on).flatMap(({ members }) => members);
  return [...new Set(on.map(({ address }) => address))].toSorted();
}

/** Shares in percent when these groups are on: every address is answered with as often as any other. */
export function addressShares(
  groups: readonly NamedGroup[],
  isOn: (group: NamedGroup) => boolean,
): Readonly<Record<string, number>> {
  const total = groups.filter(isOn).reduce((sum, { members }) => sum + members.length, 0);
  return Object.fromEntries(
    groups.map((group) => [
      group.name,
      isOn(group) && total > 0 ? Math.round((group.members.length / total) * 1e8) / 1e6 : 0,
    ]),
  );
}

function escapeId(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9._:-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function unescapeId(escaped: string): string {
  return escaped.replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
