import type { RequestContext } from '@springtide/platform';
import { TwinEntrance, entranceManifest, type TwinAccount, type VirtualTime } from '@springtide/twin';
import { operatorOf } from './campaign-rows.js';
import { NEXT_DOOR, OWN, type Ids } from './ids.js';
import { routeOf, type Cast, type Scenario } from './scenario.js';
import { guestOf, openSimCloud, type SimCloud } from './sim-clouds.js';

/** One tenant of a story, with what belongs to it. */
export type Side = Readonly<{
  ids: Ids;
  cast: Cast;
  operator: RequestContext;
  clouds: readonly SimCloud[];
  entrance: TwinEntrance;
}>;

/** The tenant that the story is about, and the one beside it where there is one. */
export function sidesOf(scenario: Scenario, time: VirtualTime): readonly Side[] {
  const { neighbour, seed } = scenario;
  const clouds = scenario.clouds.map((shape, at) => openSimCloud(shape, OWN.account(at), seed, time));
  const own = sideOf(OWN, scenario, clouds);
  if (neighbour === undefined) return [own];
  const [host] = clouds;
  const theirs = neighbour.clouds.map((shape, at) =>
    neighbour.isGuest && host !== undefined
      ? guestOf(host, NEXT_DOOR.account(at), time)
      : openSimCloud(shape, NEXT_DOOR.account(at), seed, time),
  );
  return [own, sideOf(NEXT_DOOR, neighbour, theirs)];
}

/** Clouds and entrance as processes reach them. */
export function accountsOf({ clouds, entrance, ids }: Side): readonly TwinAccount[] {
  const proxy = { id: ids.entrance, manifest: entranceManifest(entrance), settings: {}, secret: {} };
  return [...clouds.map(({ account }) => account), proxy];
}

function sideOf(ids: Ids, cast: Cast, clouds: readonly SimCloud[]): Side {
  const serves = (id: string) =>
    id.startsWith('home-') ||
    clouds.some(({ cloud }) =>
      cloud.machines().some((machine) => machine.id === id && machine.state === 'running'),
    );
  const entrance = new TwinEntrance(cast.services.map(routeOf), (member) => serves(member.id));
  return { ids, cast, operator: operatorOf(ids), clouds, entrance };
}
