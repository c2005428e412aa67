import type { Observed, ObservedRelation } from './observed.js';

/** One relation, and the cloud's id of the resource that tells it. */
export type RelationRow = Readonly<{ from: string; to: ObservedRelation }>;

/** What must be dropped and added so that the relations of `seen` are those they tell now. */
export function relationNews(
  before: ReadonlyMap<string, Observed>,
  seen: readonly Observed[],
): Readonly<{ lost: readonly RelationRow[]; won: readonly RelationRow[] }> {
  const lost: RelationRow[] = [];
  const won: RelationRow[] = [];
  for (const resource of seen) {
    const had = relationsOf(before.get(resource.id));
    const has = relationsOf(resource);
    for (const [key, to] of had) if (!has.has(key)) lost.push({ from: resource.id, to });
    for (const [key, to] of has) if (!had.has(key)) won.push({ from: resource.id, to });
  }
  return { lost, won };
}

export function allRelations(resource: Observed): RelationRow[] {
  return [...relationsOf(resource).values()].map((to) => ({ from: resource.id, to }));
}

/** Each once, whatever the cloud repeats. */
function relationsOf(resource: Observed | undefined): ReadonlyMap<string, ObservedRelation> {
  const relations = resource !== undefined && 'relations' in resource ? (resource.relations ?? []) : [];
  return new Map(relations.map((to) => [`${to.kind}\n${to.to}\n${to.id}`, to]));
}
