import { MINUTE, SECOND, HOUR, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, Deed, TrailQuery } from '@springtide/provider-kit';
import type { Event } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/v20190319/cloudaudit_models.js';
import type { TencentApi } from './tencent-api.js';
import { newestOf, toDeeds } from './trail-mapping.js';

/** The trail is one for all regions, and is asked for where every list of its own regions begins. */
const TRAIL_REGION = 'ap-guangzhou';
/** As many events as the cloud gives in one answer. */
const PAGE_SIZE = 50;
/** Five thousand events; at the vendor's rate that takes no longer than the call may. */
const MOST_PAGES = 100;
/** What is left of the time when no further page is asked for. */
const SPARE_MS = 3 * SECOND;
/** The cloud's clock may be behind ours. */
const CLOCKS_MS = MINUTE;
/** The cloud tells less than thirty days at once. */
const LONGEST_MS = 29 * 24 * HOUR;

const SERVED = [
  { AttributeKey: 'ActionType', AttributeValue: 'Write' },
  { AttributeKey: 'ResourceType', AttributeValue: 'cvm' },
];

type Span = Readonly<{ from: number; to: number }>;

/**
 * One question for the whole span, not one per machine: a launch is in the trail without the ids of the machines that it
 * made, so that asking for a machine by its name would never find who made it, and conditions of one key other than the
 * event's name are not said to be alternatives.
 */
export async function readTrail(
  api: TencentApi,
  clock: Clock,
  query: TrailQuery,
  options: CallOptions,
): Promise<readonly Deed[]> {
  const to = clock.now().getTime();
  const from = Math.max(parseInstant(query.since).getTime() - CLOCKS_MS, to - LONGEST_MS);
  if (from >= to) return [];
  const wanted = new Set(query.machines.map(({ id }) => id));
  const events = await readEvents(api, clock, { from, to }, options);
  return events
    .flatMap((event) => toDeeds(event, wanted))
    .filter(({ at }) => parseInstant(at).getTime() >= from)
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

/** Each once: a token is larger than what a JSON number is exact to, so that a page may begin with what came before. */
async function readEvents(
  api: TencentApi,
  clock: Clock,
  span: Span,
  options: CallOptions,
): Promise<readonly Event[]> {
  const events = new Map<string, Event>();
  const lastMoment = parseInstant(options.deadline).getTime() - SPARE_MS;
  let token: number | undefined;
  for (let pages = 1; ; pages += 1) {
    const answer = await readPage(api, span, token, options);
    for (const event of answer.Events ?? []) events.set(keyOf(event), event);
    if (answer.ListOver === true) return [...events.values()];
    token = answer.NextToken;
    if (token === undefined || pages >= MOST_PAGES || clock.now().getTime() >= lastMoment) {
      return newestOf([...events.values()]);
    }
    await options.more?.();
  }
}

function keyOf({ EventId, EventTime, EventName, Resources }: Event): string {
  return [EventId, EventTime, EventName, Resources?.ResourceName].join(' ');
}

function readPage(api: TencentApi, { from, to }: Span, token: number | undefined, options: CallOptions) {
  return api.call(
    'cloudaudit',
    'DescribeEvents',
    { region: TRAIL_REGION, deadline: options.deadline },
    {
      StartTime: Math.floor(from / 1_000),
      EndTime: Math.ceil(to / 1_000),
      MaxResults: PAGE_SIZE,
      LookupAttributes: SERVED,
      ...(token === undefined ? {} : { NextToken: token }),
    },
  );
}
