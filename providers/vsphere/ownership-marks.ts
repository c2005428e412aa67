import { createHash } from 'node:crypto';
import { canonicalJson, type Instant } from '@springtide/kernel';
import type { LaunchBatch, Ownership } from '@springtide/provider-kit';

/**
 * What a clone carries in its extraConfig from the create call on. vSphere copies no annotation into a clone and
 * attaches tags only afterwards, so this is the one place where a mark and its machine cannot be apart.
 */
export type Marks = Readonly<Record<string, string>>;

const PREFIX = 'springtide.';

export function marksOf(batch: LaunchBatch, index: number): Marks {
  const { ownership } = batch;
  return {
    installation: ownership.installation,
    tenant: ownership.tenant,
    intent: ownership.intent,
    token: batch.token,
    ...(ownership.campaign === undefined ? {} : { campaign: ownership.campaign }),
    ...(ownership.service === undefined ? {} : { service: ownership.service }),
    ...(ownership.releaseBy === undefined ? {} : { 'release-by': ownership.releaseBy }),
    'machine-type': batch.machineType,
    image: batch.image,
    index: String(index),
    spec: specHash(batch),
    // One entry for all: extraConfig drops entries whose value is empty.
    labels: canonicalJson(batch.labels),
  };
}

/** Two batches with one token are the same request exactly when this is equal. The lease may differ: it is renewed. */
export function specHash(batch: LaunchBatch): string {
  const { releaseAt: _releaseAt, ownership, ...rest } = batch;
  const { releaseBy: _releaseBy, ...owner } = ownership;
  const text = canonicalJson({ ...rest, ownership: owner });
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export function toExtraConfig(marks: Marks): readonly (readonly [key: string, value: string])[] {
  return Object.entries(marks).map(([key, value]) => [`${PREFIX}${key}`, value] as const);
}

export function fromExtraConfig(options: Iterable<readonly [key: string, value: string]>): Marks {
  const marks: Record<string, string> = {};
  for (const [key, value] of options) if (key.startsWith(PREFIX)) marks[key.slice(PREFIX.length)] = value;
  return marks;
}

/** Undefined unless the creator mark and the intent are both there: only then the machine is ours. */
export function ownershipOf(marks: Marks): Ownership | undefined {
  const { installation, tenant, intent, token, campaign, service } = marks;
  if (installation === undefined || intent === undefined) return undefined;
  const releaseBy: Instant | undefined = marks['release-by'];
  return {
    installation,
    tenant: tenant ?? '',
    intent,
    token: token ?? '',
    ...(campaign === undefined ? {} : { campaign }),
    ...(service === undefined ? {} : { service }),
    ...(releaseBy === undefined ? {} : { releaseBy }),
  };
}

/** What is no map of texts was not written by us and is left out. */
export function labelsOf(marks: Marks): Readonly<Record<string, string>> {
  try {
    const parsed: unknown = JSON.parse(marks['labels'] ?? '{}');
    const entries = Object.entries(parsed ?? {}).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(entries) as Record<string, string>;
  } catch {
    return {};
  }
}
