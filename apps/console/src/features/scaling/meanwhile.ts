import type { ScalingDraft } from './scaling-draft.js';

const LIMITS = ['floor', 'ceiling', 'cooldownSeconds', 'largestScaleIn', 'money'] as const;

/** Something that two people may have changed: a limit, or a strategy by its name. */
export type Place =
  Readonly<{ kind: 'limit'; limit: (typeof LIMITS)[number] }> | Readonly<{ kind: 'strategy'; name: string }>;

export type Joined = Readonly<{
  /** Their changes, and one's own over them. */
  draft: ScalingDraft;
  theirs: readonly Place[];
  /** Changed by both, and differently: one's own is in the draft. */
  both: readonly Place[];
}>;

/** Joins what two people made of the same beginning, so that neither overwrites the other unseen. */
export function joinDrafts(base: ScalingDraft, mine: ScalingDraft, others: ScalingDraft): Joined {
  const places: Record<'theirs' | 'both', Place[]> = { theirs: [], both: [] };
  let draft = mine;
  for (const limit of LIMITS) {
    const by = changedBy(base[limit], mine[limit], others[limit]);
    if (by === 'theirs') draft = { ...draft, [limit]: others[limit] };
    if (by !== 'mine') places[by].push({ kind: 'limit', limit });
  }
  const keys = new Set([...others.strategies, ...mine.strategies].map(({ key }) => key));
  const strategies = [...keys].flatMap((key) => {
    const [was, here, there] = [base, mine, others].map((one) => rowOf(one, key));
    const by = changedBy(was, here, there);
    const name = (there ?? here)?.strategy.id ?? key;
    if (by !== 'mine') places[by].push({ kind: 'strategy', name });
    return (by === 'theirs' ? there : here) ?? [];
  });
  return { draft: { ...draft, strategies }, ...places };
}

function rowOf({ strategies }: ScalingDraft, key: string) {
  return strategies.find((row) => row.key === key);
}

/** Whose change counts; `mine` also where only one has changed it, or nobody. */
function changedBy(base: unknown, mine: unknown, others: unknown): 'mine' | 'theirs' | 'both' {
  const [was, here, there] = [base, mine, others].map((value) => JSON.stringify(value));
  if (there === was || there === here) return 'mine';
  return here === was ? 'theirs' : 'both';
}
