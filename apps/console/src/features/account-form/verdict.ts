import type { AccountBody } from '@springtide/contracts';

/** What to do about it; each has its words. */
export type VerdictKind = 'rights' | 'region' | 'secret' | 'address' | 'other';

export type Verdict = Readonly<{
  kind: VerdictKind;
  /** Places of the form that it is about. */
  places: readonly string[];
  /** What the cloud itself said, in English. */
  said: string | null;
  missing: readonly Readonly<{ action: string; neededFor: string }>[];
}>;

type Asked = Pick<AccountBody, 'settings' | 'health'>;

/** What the check at the cloud found wrong with an account; undefined when it is well, or was not asked yet. */
export function verdictOf({ settings, health }: Asked): Verdict | undefined {
  if (health === null) return undefined;
  const missing = health.permissions.filter(({ granted }) => !granted);
  const strange = strangeRegions(settings, health.regions);
  const said = health.problem;
  if (health.code === null) return regionVerdict(strange, said);
  if (health.code === 'unauthenticated') return { kind: 'secret', places: ['secret'], said, missing: [] };
  if (health.code === 'permission-denied' && missing.length > 0 && !isAddressOf(settings, said)) {
    return { kind: 'rights', places: strange, said, missing };
  }
  const named = placesNamed(settings, said ?? '');
  const regions = named.filter((place) => place.startsWith('settings.regions.'));
  if (regions.length > 0) return { kind: 'region', places: regions, said, missing: [] };
  const isAddress = named.length > 0 || health.code === 'unavailable' || health.code === 'timeout';
  return { kind: isAddress ? 'address' : 'other', places: named, said, missing: [] };
}

function regionVerdict(places: readonly string[], said: string | null): Verdict | undefined {
  return places.length === 0 ? undefined : { kind: 'region', places, said, missing: [] };
}

/** Regions that were entered and that the cloud does not tell of. */
function strangeRegions(settings: AccountBody['settings'], known: readonly string[]): readonly string[] {
  const entered = settings['regions'];
  if (!Array.isArray(entered) || known.length === 0) return [];
  return entered.flatMap((region, at) => (known.includes(String(region)) ? [] : [`settings.regions.${at}`]));
}

function isAddressOf(settings: AccountBody['settings'], said: string | null): boolean {
  return placesNamed(settings, said ?? '').some((place) => !place.startsWith('settings.regions.'));
}

const LEAST_LETTERS = 4;

/** Settings that stand in what the cloud, or our own gate, said. */
function placesNamed(settings: AccountBody['settings'], said: string): readonly string[] {
  return leaves(settings, 'settings')
    .filter(([, value]) => {
      const name = hostOf(value) ?? value;
      return name.length >= LEAST_LETTERS && said.includes(name);
    })
    .map(([path]) => path);
}

function leaves(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${path}.${name}`));
}

function hostOf(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).host || undefined : undefined;
}
