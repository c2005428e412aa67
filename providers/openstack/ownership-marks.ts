import { createHash } from 'node:crypto';
import { canonicalJson } from '@springtide/kernel';
import type { LaunchBatch, Ownership } from '@springtide/provider-kit';

/**
 * What a server carries from the create call on. Metadata holds the words whole; tags hold short hashes of three of them,
 * because nova lists by tags for everybody and by metadata for nobody.
 */
export type Marks = Readonly<Record<string, string>>;

const PREFIX = 'springtide.';
/** Nova's limit for one value. */
const VALUE_LENGTH = 255;

export type MarkName = 'installation' | 'intent' | 'token';

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
    zone: batch.zone,
    index: String(index),
    spec: specHash(batch),
    ...inPieces('labels', asciiJson(batch.labels)),
  };
}

/** Two batches with one token are the same request exactly when this is equal. The lease may differ: it is renewed. */
export function specHash(batch: LaunchBatch): string {
  const { releaseAt: _releaseAt, ownership, ...rest } = batch;
  const { releaseBy: _releaseBy, ...owner } = ownership;
  return digest(canonicalJson({ ...rest, ownership: owner }));
}

export function tagOf(name: MarkName, value: string): string {
  return `springtide:${name}:${digest(value)}`;
}

export function tagsOf(batch: LaunchBatch): readonly string[] {
  const { installation, intent } = batch.ownership;
  return [tagOf('installation', installation), tagOf('intent', intent), tagOf('token', batch.token)];
}

export function toMetadata(marks: Marks): Record<string, string> {
  return Object.fromEntries(Object.entries(marks).map(([key, value]) => [`${PREFIX}${key}`, value]));
}

export function fromMetadata(metadata: Readonly<Record<string, string>>): Marks {
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(PREFIX.length), value]));
}

/** Undefined unless the creator mark and the intent are both there: only then the machine is ours. */
export function ownershipOf(marks: Marks): Ownership | undefined {
  const { installation, tenant, intent, token, campaign, service } = marks;
  if (installation === undefined || intent === undefined) return undefined;
  const releaseBy = marks['release-by'];
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
    const parsed: unknown = JSON.parse(fromPieces('labels', marks) || '{}');
    const entries = Object.entries(parsed ?? {}).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(entries) as Record<string, string>;
  } catch {
    return {};
  }
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Keys of metadata must be ASCII, and many databases under nova keep no character of four bytes. */
function asciiJson(labels: Readonly<Record<string, string>>): string {
  return canonicalJson(labels).replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function inPieces(name: string, text: string): Marks {
  const pieces = text.match(new RegExp(`.{1,${VALUE_LENGTH}}`, 'g')) ?? [];
  return Object.fromEntries(pieces.map((piece, index) => [`${name}.${index}`, piece]));
}

function fromPieces(name: string, marks: Marks): string {
  let text = '';
  for (let index = 0; marks[`${name}.${index}`] !== undefined; index += 1) text += marks[`${name}.${index}`];
  return text;
}
