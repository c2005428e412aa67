import type { Phase, Reason } from '@springtide/contracts';
import { addMs, type Instant } from '@springtide/kernel';

/** A campaign, or a scaling group, on the routes of another one. */
export type RouteHolder = Readonly<{
  name: string;
  /** It is a scaling group. */
  follows: boolean;
  phases: readonly Phase[];
  leadMs: number;
}>;

/** When a scaling group must begin its way back, so that it is over before a run on its routes is prepared. */
export function groupEndsBy(holders: readonly RouteHolder[], yieldMs: number): Instant | undefined {
  return holders
    .filter(({ follows }) => !follows)
    .flatMap(({ phases, leadMs }) =>
      phases.slice(0, 1).map((first) => addMs(first.startsAt, -leadMs - yieldMs)),
    )
    .toSorted()[0];
}

/** Phases that are over at an instant: what lies behind it is left out. The first one stays, so that there is an end. */
export function endedBy(phases: readonly Phase[], by: Instant): readonly Phase[] {
  return phases
    .filter(({ startsAt }, index) => index === 0 || startsAt < by)
    .map((phase) => (phase.endsAt > by ? { ...phase, endsAt: by } : phase));
}

/**
 * Why a run cannot share its routes with those that are open: each moves all of an entrance's traffic, so two never hold
 * one at a time. Undefined when the others are gone before it is prepared, or begin after it is gone.
 */
export function routeRefusal(
  own: RouteHolder,
  others: readonly RouteHolder[],
  yieldMs: number,
  now: Instant,
): string | undefined {
  return others
    .map((other) =>
      own.follows || other.follows
        ? groupRefusal(own, other, yieldMs, now)
        : campaignRefusal(own, other, yieldMs, now),
    )
    .find((refusal) => refusal !== undefined);
}

function groupRefusal(
  own: RouteHolder,
  other: RouteHolder,
  yieldMs: number,
  now: Instant,
): string | undefined {
  if (own.follows && other.follows) return `scaling group "${other.name}" has its route already`;
  const by = groupEndsBy(own.follows ? [other] : [own], yieldMs);
  if (by === undefined || by > now) return undefined;
  return own.follows
    ? `campaign "${other.name}" needs its route by now`
    : `scaling group "${other.name}" has its route, and needs about ${Math.ceil(yieldMs / 60_000)} minutes to give its machines back before this campaign is prepared`;
}

function campaignRefusal(
  own: RouteHolder,
  other: RouteHolder,
  yieldMs: number,
  now: Instant,
): string | undefined {
  const [mine, theirs] = [heldDuring(own, yieldMs, now), heldDuring(other, yieldMs, now)];
  if (mine === undefined || theirs === undefined || !overlap(mine, theirs)) return undefined;
  return `campaign "${other.name}" has its route from ${theirs.from} until about ${theirs.until}, and this one needs it from ${mine.from} until about ${mine.until}, preparation and way back included`;
}

type Period = Readonly<{ from: Instant; until: Instant }>;

/** From the first purchase until the machines are back. One that is open past its end still holds what it has. */
function heldDuring({ phases, leadMs }: RouteHolder, yieldMs: number, now: Instant): Period | undefined {
  const [first, last] = [phases[0], phases.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const end = last.endsAt > now ? last.endsAt : now;
  return { from: addMs(first.startsAt, -leadMs), until: addMs(end, yieldMs) };
}

function overlap(one: Period, other: Period): boolean {
  return one.from < other.until && other.from < one.until;
}

/** Other campaigns that were promised a route of this plan at its time: arming one of them keeps this plan from starting. */
export function clashReasons(
  own: RouteHolder,
  others: readonly RouteHolder[],
  yieldMs: number,
  now: Instant,
): readonly Reason[] {
  if (own.follows) return [];
  return others
    .filter((other) => !other.follows && campaignRefusal(own, other, yieldMs, now) !== undefined)
    .map(({ name: campaign, phases }) => {
      const params = { campaign, from: phases[0]?.startsAt ?? '', until: phases.at(-1)?.endsAt ?? '' };
      return {
        code: 'route-clash',
        params,
        text: `Campaign "${campaign}" (${params.from} to ${params.until}) uses the same traffic entrance at the same time: only one of them can be armed. Move one, or plan both as one campaign.`,
      };
    });
}
