import {
  HOUR,
  MINUTE,
  SECOND,
  addMs,
  asSpringtideError,
  parseInstant,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import type { CallOptions, Deed, TrailQuery } from '@springtide/provider-kit';
import { timestamp } from './acs3.js';
import { leftMs, type AlibabaApi } from './api.js';
import { tokenPages } from './paging.js';
import { toDeeds } from './trail-mapping.js';
import { trailAnswer } from './wire.js';

/** As many as the vendor gives. */
const PAGE_SIZE = 50;
/** Ten seconds of questions at the vendor's two a second. What is older than these events is left out. */
const MOST_PAGES = 20;
/** Less than that before the deadline nothing more is asked: an answer that comes too late takes all others with it. */
const LEAST_LEFT_MS = 3 * SECOND;
/** The cloud's clock may be behind ours. */
const CLOCKS_MS = MINUTE;
/** The vendor answers no longer span. */
const LONGEST_SPAN_MS = 30 * 24 * HOUR;

type Span = Readonly<{ from: Instant; to: Instant }>;

/**
 * One question for the span and not one per machine: two a second are allowed, so that fifty machines would take most of
 * the deadline even when nobody did anything; and the vendor combines the read/write filter with the product, not with a
 * resource, so that a machine's own list would be full of those who only looked at it.
 */
export async function readTrail(
  api: AlibabaApi,
  clock: Clock,
  query: TrailQuery,
  options: CallOptions,
): Promise<readonly Deed[]> {
  const span = spanOf(query.since, toInstant(clock.now()));
  if (span === undefined) return [];
  const wanted = new Set(query.machines.map(({ id }) => id));
  const deeds: Deed[] = [];
  let left = MOST_PAGES;
  for await (const { items, complete } of eventPages(api, query.region, span, options)) {
    deeds.push(...items.flatMap((event) => toDeeds(event, wanted)));
    left -= 1;
    if (complete || left === 0 || !(await mayAsk(clock, options))) break;
  }
  return deeds.toSorted((a, b) => b.at.localeCompare(a.at));
}

function eventPages(api: AlibabaApi, region: string, { from, to }: Span, { deadline }: CallOptions) {
  return tokenPages(async (NextToken) => {
    const { Events, NextToken: next } = await api.read(
      { region, deadline },
      {
        product: 'actiontrail',
        action: 'LookupEvents',
        parameters: {
          RegionId: region,
          StartTime: timestamp(parseInstant(from)),
          EndTime: timestamp(parseInstant(to)),
          LookupAttribute: [
            { Key: 'ServiceName', Value: 'Ecs' },
            { Key: 'EventRW', Value: 'Write' },
          ],
          Direction: 'BACKWARD',
          MaxResults: PAGE_SIZE,
          NextToken,
        },
        answer: trailAnswer,
      },
    );
    return { items: Events, next };
  });
}

/** Both ends must be said. Undefined: it has not begun. */
function spanOf(since: Instant, now: Instant): Span | undefined {
  const asked = addMs(since, -CLOCKS_MS);
  const earliest = addMs(now, -LONGEST_SPAN_MS);
  const from = asked > earliest ? asked : earliest;
  return from < now ? { from, to: now } : undefined;
}

/** The newest come first: when there is no time for more, what is known is told. */
async function mayAsk(clock: Clock, { more, deadline }: CallOptions): Promise<boolean> {
  try {
    await more?.();
    return leftMs(clock, deadline) >= LEAST_LEFT_MS;
  } catch (thrown) {
    if (asSpringtideError(thrown).code === 'rate-limited') return false;
    throw thrown;
  }
}
