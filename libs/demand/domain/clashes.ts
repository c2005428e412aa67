import type { Instant } from '@springtide/kernel';

/** A campaign as far as others must know of it. */
export type CalendarCampaign = Readonly<{
  id: string;
  name: string;
  startsAt: Instant;
  endsAt: Instant;
  accountIds: readonly string[];
  /** Traffic entrances that it moves; a scaling group gives way and is no part of a clash for them. */
  routes: readonly string[];
}>;

/** A period in which nothing else is to be changed: month close, another team's launch, a holiday without staff. */
export type FreezeWindow = Readonly<{ id: string; name: string; startsAt: Instant; endsAt: Instant }>;

export type CalendarClash = Readonly<{
  kind: 'same-route' | 'shared-pools' | 'freeze';
  campaignId: string;
  /** The other campaign, or the freeze window. */
  otherId: string;
  startsAt: Instant;
  endsAt: Instant;
  accountIds: readonly string[];
  text: string;
}>;

/**
 * Campaigns that move the same traffic entrance or buy from the same accounts at the same time, and campaigns that begin or
 * end in a freeze.
 */
export function calendarClashes(
  campaigns: readonly CalendarCampaign[],
  freezes: readonly FreezeWindow[],
): readonly CalendarClash[] {
  const pairs = campaigns.flatMap((one, index) =>
    campaigns.slice(index + 1).map((other) => [one, other] as const),
  );
  return [
    ...pairs.flatMap(([one, other]) => [...sameRoute(one, other), ...sharedPools(one, other)]),
    ...campaigns.flatMap((campaign) => freezes.flatMap((freeze) => frozen(campaign, freeze))),
  ].toSorted((a, b) => a.startsAt.localeCompare(b.startsAt));
}

function sameRoute(one: CalendarCampaign, other: CalendarCampaign): readonly CalendarClash[] {
  const shared = one.routes.filter((route) => other.routes.includes(route));
  const overlap = overlapOf(one, other);
  if (overlap === undefined || shared.length === 0) return [];
  const text =
    `"${one.name}" and "${other.name}" move the traffic of entrance ${shared.join(', ')} at the same time: ` +
    `only one of them can be armed`;
  return [{ kind: 'same-route', campaignId: one.id, otherId: other.id, ...overlap, accountIds: [], text }];
}

function sharedPools(one: CalendarCampaign, other: CalendarCampaign): readonly CalendarClash[] {
  const accountIds = one.accountIds.filter((id) => other.accountIds.includes(id));
  const overlap = overlapOf(one, other);
  if (overlap === undefined || accountIds.length === 0) return [];
  const text =
    `"${one.name}" and "${other.name}" buy from ${accountIds.length} cloud account(s) in common at the same time: ` +
    `stock and quota that one gets are missing for the other`;
  return [{ kind: 'shared-pools', campaignId: one.id, otherId: other.id, ...overlap, accountIds, text }];
}

function frozen(campaign: CalendarCampaign, freeze: FreezeWindow): readonly CalendarClash[] {
  const overlap = overlapOf(campaign, freeze);
  if (overlap === undefined) return [];
  const text = `"${campaign.name}" starts or ends machines during the freeze "${freeze.name}"`;
  return [{ kind: 'freeze', campaignId: campaign.id, otherId: freeze.id, ...overlap, accountIds: [], text }];
}

type Period = Readonly<{ startsAt: Instant; endsAt: Instant }>;

function overlapOf(one: Period, other: Period): Period | undefined {
  const startsAt = Date.parse(one.startsAt) > Date.parse(other.startsAt) ? one.startsAt : other.startsAt;
  const endsAt = Date.parse(one.endsAt) < Date.parse(other.endsAt) ? one.endsAt : other.endsAt;
  return Date.parse(startsAt) < Date.parse(endsAt) ? { startsAt, endsAt } : undefined;
}
