import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { secondStamp } from '../cloud-clock.js';
import { cutPage, readToken, writeToken } from '../paging.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter } from '../wire/wire-error.js';
import { INSTANCE, type TrailEvent } from './trail-log.js';

const DAY_MS = 24 * 3_600_000;
const USUAL_SPAN_MS = 7 * DAY_MS;
const LONGEST_SPAN_MS = 30 * DAY_MS;
const USUAL_PAGE = 20;

const READERS: Readonly<Record<string, (event: TrailEvent) => readonly string[]>> = {
  ServiceName: ({ service }) => [service],
  EventName: ({ name }) => [name],
  User: ({ user }) => [user],
  EventId: ({ id }) => [id],
  ResourceType: ({ instances }) => (instances.length > 0 ? [INSTANCE] : []),
  ResourceName: ({ instances }) => instances,
  EventRW: () => ['Write'],
  EventAccessKeyId: ({ accessKeyId }) => [accessKeyId],
};

/** What may be asked for together; both ways round. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  ServiceName: ['EventName', 'User', 'ResourceName', 'EventRW'],
  ResourceName: ['ResourceType', 'EventName', 'User', 'ServiceName'],
};

function lookupEvents(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const span = readSpan(cloud, call);
  const wanted = readAttributes(call);
  const shownUntil = cloud.clock.wall() - cloud.settings.trailLagMs;
  const matches = (event: TrailEvent): boolean =>
    event.at >= span.from &&
    event.at <= Math.min(span.to, shownUntil) &&
    (call.region === undefined || event.region === undefined || event.region === call.region) &&
    wanted.every(({ key, value }) => READERS[key]?.(event).includes(value));
  const isForward = call.text('Direction') === 'FORWARD';
  // Pages go down in order; read forward, the order is counted from the other end.
  const all = isForward
    ? cloud.trail.list().map((event) => ({ event, order: -event.order }))
    : cloud.trail
        .list()
        .map((event) => ({ event, order: event.order }))
        .toReversed();
  const size = call.number('MaxResults') ?? USUAL_PAGE;
  const after = readPlace(call);
  const page = cutPage(all, { by: 'token', size, ...(after === undefined ? {} : { after }) }, ({ event }) =>
    matches(event),
  );
  return {
    StartTime: secondStamp(new Date(span.from)),
    EndTime: secondStamp(new Date(span.to)),
    Events: page.items.map(({ event }) => event.body),
    ...(page.next === '' ? {} : { NextToken: tokenOf(call, readToken(page.next)) }),
  };
}

function readSpan(cloud: AlibabaCloud, call: ApiCall): Readonly<{ from: number; to: number }> {
  const [start, end] = [call.text('StartTime'), call.text('EndTime')];
  if ((start === undefined) !== (end === undefined)) {
    throw invalidParameter('StartTime', 'it and EndTime are sent both or not at all');
  }
  const now = cloud.clock.wall();
  if (start === undefined || end === undefined) return { from: now - USUAL_SPAN_MS, to: now };
  const span = { from: Date.parse(start), to: Date.parse(end) };
  if (span.from > span.to) throw invalidParameter('StartTime', 'it must not be after EndTime');
  if (span.to - span.from > LONGEST_SPAN_MS) {
    throw invalidParameter('StartTime', 'at most 30 days may lie between it and EndTime');
  }
  return span;
}

type Attribute = Readonly<{ key: string; value: string }>;

/** Of more than two the first two count; of two with one key the second. */
function readAttributes(call: ApiCall): readonly Attribute[] {
  const [first, second] = call.records('LookupAttribute').map((each) => ({
    key: each.get('Key') ?? '',
    value: each.get('Value') ?? '',
  }));
  for (const { key } of [first, second].filter((each) => each !== undefined)) {
    if (!(key in READERS)) throw invalidParameter('LookupAttribute.N.Key', `the yard cannot look for ${key}`);
  }
  if (first === undefined || second === undefined) return first === undefined ? [] : [first];
  if (first.key === second.key) return [second];
  if (goTogether(first.key, second.key) || goTogether(second.key, first.key)) return [first, second];
  throw invalidParameter('LookupAttribute.N.Key', `${first.key} and ${second.key} do not go together`);
}

function goTogether(key: string, other: string): boolean {
  return PAIRS[key]?.includes(other) ?? false;
}

/** Belongs to one question; anything else is an error, and not a list from the start. */
function tokenOf(call: ApiCall, place: number): string {
  const question = [...call.parameters]
    .filter(([name]) => name !== 'NextToken')
    .toSorted(([a], [b]) => a.localeCompare(b));
  return `${writeToken(place)}.${Buffer.from(JSON.stringify(question)).toString('base64url')}`;
}

function readPlace(call: ApiCall): number | undefined {
  const token = call.text('NextToken');
  if (token === undefined) return undefined;
  const place = readToken(token.split('.')[0] ?? '');
  if (token === tokenOf(call, place)) return place;
  throw invalidParameter('NextToken', 'it is not the one of the page before');
}

export const TRAIL_ACTIONS: Readonly<Record<string, ActionHandler>> = { LookupEvents: lookupEvents };
