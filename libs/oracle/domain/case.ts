import { LIVE_ITEM_STATES, type EffectItem, type Intent, type Mandate } from '@springtide/effects/domain';
import { addMs, type Instant } from '@springtide/kernel';
import type { CloudListing, Evidence, GroundMachine } from './evidence.js';
import type { History } from './history.js';

export type OwnMachine = Readonly<{
  listing: CloudListing;
  machine: GroundMachine;
  marks: NonNullable<GroundMachine['marks']>;
}>;

export type ItemOf = Readonly<{ intent: Intent; item: EffectItem }>;

/** The evidence with the look-ups that the rules need, made once. */
export type Case = Evidence &
  Readonly<{
    history: History;
    /** Nothing was ever seen before this look. */
    firstLook: boolean;
    intentById: ReadonlyMap<string, Intent>;
    mandateById: ReadonlyMap<string, Mandate>;
    /** Items of create intents, by machine. Ids are unique in a cloud, so an id may lead to several accounts. */
    itemsByMachine: ReadonlyMap<string, readonly ItemOf[]>;
    /** Machines with our creator mark that are listed now. */
    own: readonly OwnMachine[];
  }>;

export function openCase(evidence: Evidence, history: History, firstLook: boolean): Case {
  const { intents, mandates } = evidence.books;
  const items = intents.flatMap((intent) =>
    intent.kind === 'create' ? intent.items.map((item) => ({ intent, item })) : [],
  );
  return {
    ...evidence,
    history,
    firstLook,
    intentById: new Map(intents.map((intent) => [intent.id, intent])),
    mandateById: new Map(mandates.map((mandate) => [mandate.id, mandate])),
    itemsByMachine: Map.groupBy(
      items.filter(({ item }) => item.machineId !== null),
      ({ item }) => item.machineId ?? '',
    ),
    own: evidence.listings.flatMap((listing) =>
      listing.machines.flatMap((machine) =>
        machine.marks?.installation === evidence.installation
          ? [{ listing, machine, marks: machine.marks }]
          : [],
      ),
    ),
  };
}

export function isLive(item: EffectItem): boolean {
  return LIVE_ITEM_STATES.includes(item.state);
}

/** Complete listings that cover the place. */
export function listingsOf(
  of: Pick<Case, 'listings'>,
  accountId: string,
  region: string,
): readonly CloudListing[] {
  return of.listings.filter(
    (listing) =>
      listing.accountId === accountId &&
      listing.incomplete === null &&
      (listing.region === null || listing.region === region),
  );
}

/** What happened before this instant, the listing must show. */
export function visibleBefore(of: Pick<Case, 'policy'>, listing: CloudListing): Instant {
  return addMs(listing.askedAt, -listing.lagMs - of.policy.skewMs);
}

/** Why a place is not covered, in words; undefined when it is. */
export function whyUnlisted(
  of: Pick<Case, 'listings'>,
  accountId: string,
  region: string,
): string | undefined {
  if (listingsOf(of, accountId, region).length > 0) return undefined;
  const cut = of.listings.find(
    (listing) => listing.accountId === accountId && (listing.region === null || listing.region === region),
  );
  const where = `account ${accountId}, ${region}`;
  return cut === undefined
    ? `${where} was not listed`
    : `the listing of ${where} is not complete (${cut.incomplete})`;
}
