import type { Ownership } from '../contract/machine.js';

/** The keys of the ownership tag in clouds that have tags of keys and values. */
export const OWNERSHIP_TAGS = {
  installation: 'springtide:installation',
  tenant: 'springtide:tenant',
  intent: 'springtide:intent',
  token: 'springtide:token',
  campaign: 'springtide:campaign',
  service: 'springtide:service',
  releaseBy: 'springtide:release-by',
} as const;

const OWN_PREFIX = 'springtide:';

/** The whole tag, for the create call itself; what is not known has no key. */
export function ownershipTags(ownership: Ownership): Record<string, string> {
  const entries = Object.entries(OWNERSHIP_TAGS).flatMap(([field, key]) => {
    const value = ownership[field as keyof typeof OWNERSHIP_TAGS];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Undefined unless the whole creator mark is there: half a mark is nobody's permission to delete. */
export function readOwnershipTags(tags: ReadonlyMap<string, string>): Ownership | undefined {
  const [installation, tenant, intent, token] = (['installation', 'tenant', 'intent', 'token'] as const).map(
    (field) => tags.get(OWNERSHIP_TAGS[field]),
  );
  if (!installation || !tenant || !intent || !token) return undefined;
  const campaign = tags.get(OWNERSHIP_TAGS.campaign);
  const service = tags.get(OWNERSHIP_TAGS.service);
  const releaseBy = tags.get(OWNERSHIP_TAGS.releaseBy);
  return {
    installation,
    tenant,
    intent,
    token,
    ...(campaign === undefined ? {} : { campaign }),
    ...(service === undefined ? {} : { service }),
    ...(releaseBy === undefined ? {} : { releaseBy }),
  };
}

/** Everybody's own labels: without our tags, and without those that the cloud itself sets. */
export function labelsIn(
  tags: ReadonlyMap<string, string>,
  isVendors: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries([...tags].filter(([key]) => !key.startsWith(OWN_PREFIX) && !isVendors(key)));
}
