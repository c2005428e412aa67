import type { Event } from '@aws-sdk/client-cloudtrail';
import { addMs, parseInstant, toInstant } from '@springtide/kernel';
import type { Deed, MachineId, TrailQuery } from '@springtide/provider-kit';
import { z } from 'zod';
import type { AwsScope } from './aws-api.js';
import type { TrailApi } from './trail-api.js';

/** Slow answers must not leave the two calls a second unused. */
const AT_ONCE = 4;
/** In one question about many machines, 25 seconds; over them only the newest page of each is read. */
const MOST_CALLS = 50;
/** Per machine. Newest come first, so that what is cut off is what was done long before. */
const MOST_PAGES = 5;
/** The cloud's clock may be behind ours. */
const CLOCKS_MS = 60_000;
/** Agents inside a machine report to other services every few minutes, in its name, and change nothing of it. */
const SOURCE = 'ec2.amazonaws.com';

const identitySchema = z.object({
  type: z.string().optional(),
  userName: z.string().optional(),
  arn: z.string().optional(),
  accountId: z.string().optional(),
  invokedBy: z.string().optional(),
});
const recordSchema = z.object({ userIdentity: identitySchema, errorCode: z.string().nullish() });

type Identity = z.infer<typeof identitySchema>;

/**
 * Each machine is asked for by itself: CloudTrail takes one attribute and a span, and a span alone, or one of all changes,
 * is as long as the account is busy. So 50 machines cost 50 calls, 25 seconds at its two calls a second, however much else
 * happened; and events of machines that are gone are found as well as others.
 */
export async function readTrail(api: TrailApi, query: TrailQuery, at: AwsScope): Promise<readonly Deed[]> {
  const since = addMs(query.since, -CLOCKS_MS);
  // Who asks about two changes of one machine names it twice.
  const ids = [...new Set(query.machines.map(({ id }) => id))];
  const pages = Math.min(MOST_PAGES, Math.max(1, Math.floor(MOST_CALLS / ids.length)));
  const deeds: Deed[] = [];
  const rest = numbered(ids);
  const lane = async (): Promise<void> => {
    for (const [index, id] of rest) {
      // The first call of all is paid for.
      if (index > 0) await at.more?.();
      deeds.push(...(await deedsOf(api, at, id, { since: parseInstant(since), pages })));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, lane));
  return deeds.filter((deed) => deed.at >= since).toSorted((a, b) => b.at.localeCompare(a.at));
}

/** Ends for all lanes when one of them fails: nobody waits for what the others would still ask. */
function* numbered<T>(items: readonly T[]): Generator<readonly [number, T]> {
  yield* items.entries();
}

async function deedsOf(
  api: TrailApi,
  at: AwsScope,
  machineId: MachineId,
  { since, pages }: Readonly<{ since: Date; pages: number }>,
): Promise<readonly Deed[]> {
  const deeds: Deed[] = [];
  let next: string | undefined;
  for (let page = 1; page <= pages; page += 1) {
    if (page > 1) await at.more?.();
    const answer = await api.page(at, { resource: machineId, since, next });
    deeds.push(...answer.events.flatMap((event) => toDeed(machineId, event) ?? []));
    next = answer.next;
    if (next === undefined) break;
  }
  return deeds;
}

/** Undefined for what changed nothing, and for what does not say who did what and when. */
export function toDeed(machineId: MachineId, event: Event): Deed | undefined {
  const { EventName: what, EventTime: time, EventSource: source, ReadOnly: readOnly } = event;
  const record = recordOf(event);
  if (source !== SOURCE || readOnly === 'true' || !record || record.errorCode) return undefined;
  const who = nameOf(record.userIdentity);
  if (!who || !what || time === undefined || Number.isNaN(time.getTime())) return undefined;
  return { machineId, who, what, at: toInstant(time) };
}

/** The event as the service that it happened to wrote it; only here stand the kind of the user and that it failed. */
function recordOf({ CloudTrailEvent: text = '' }: Event): z.infer<typeof recordSchema> | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // A trail with one event that nobody can read is still a trail.
    return undefined;
  }
}

/** By the kind of user, as CloudTrail calls it. Kinds that are not here tell no name. */
const NAMES = new Map<string, (identity: Identity) => string | undefined>([
  ['IAMUser', ({ userName }) => userName],
  ['Root', () => 'root user'],
  ['AssumedRole', ({ arn }) => roleSession(arn)],
  ['FederatedUser', ({ arn }) => prefixed('federated user', /:federated-user\/(.+)$/.exec(arn ?? '')?.[1])],
  ['AWSAccount', ({ accountId }) => prefixed('account', accountId)],
  ['AWSService', ({ invokedBy }) => invokedBy],
]);

function nameOf(identity: Identity): string | undefined {
  // What AWS does of its own accord, as taking a spot machine back, has no kind.
  return identity.type === undefined ? identity.invokedBy : NAMES.get(identity.type)?.(identity);
}

function roleSession(arn = ''): string | undefined {
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  return role === undefined ? undefined : `role ${role}, session ${session}`;
}

function prefixed(kind: string, name: string | undefined): string | undefined {
  return name ? `${kind} ${name}` : undefined;
}
