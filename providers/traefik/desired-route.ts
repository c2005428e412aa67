import { z } from 'zod';
import type { RouteMatch, RouteMember } from '@springtide/provider-kit';

/**
 * What a route shall be; the first line of its dynamic file, so that the file is the only record. `proven` members were
 * found healthy by Traefik before the last change; the others are checked aside and take no traffic yet.
 */
const desiredSchema = z.strictObject({
  version: z.literal(1),
  groups: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.number(),
      members: z.array(
        z.strictObject({ id: z.string(), address: z.string(), port: z.number(), proven: z.boolean() }),
      ),
    }),
  ),
  matches: z
    .array(
      z.strictObject({
        name: z.string(),
        group: z.string(),
        when: z.union([
          z.strictObject({ sourceRanges: z.array(z.string()) }),
          z.strictObject({ header: z.string(), value: z.string() }),
        ]),
      }),
    )
    .default([]),
});

export type DesiredRoute = z.infer<typeof desiredSchema>;
export type DesiredGroup = DesiredRoute['groups'][number];
export type DesiredMember = DesiredGroup['members'][number];

export const EMPTY_ROUTE: DesiredRoute = { version: 1, groups: [], matches: [] };

export function parseDesired(json: unknown): DesiredRoute {
  return desiredSchema.parse(json);
}

/** The group gets exactly these members; one that stays at its address keeps what is known of its health. */
export function withMembers(
  desired: DesiredRoute,
  group: string,
  members: readonly RouteMember[],
): DesiredRoute {
  const before = desired.groups.find(({ name }) => name === group);
  const others = desired.groups.filter(({ name }) => name !== group);
  if (members.length === 0) return { ...desired, groups: others };
  const merged = members.map(({ id, address, port }) => {
    const known = before?.members.find((member) => member.id === id);
    const same = known?.address === address && known.port === port;
    return { id, address, port, proven: same && known.proven };
  });
  const changed: DesiredGroup = { name: group, weight: before?.weight ?? 0, members: merged };
  return { ...desired, groups: [...others, changed].toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** A group that is not named has no share: the named ones make up the whole. */
export function withWeights(desired: DesiredRoute, weights: Readonly<Record<string, number>>): DesiredRoute {
  const groups = desired.groups.map((group) => ({ ...group, weight: weights[group.name] ?? 0 }));
  return { ...desired, groups };
}

export function withMatches(desired: DesiredRoute, matches: readonly RouteMatch[]): DesiredRoute {
  return { ...desired, matches: desiredSchema.shape.matches.parse(matches) };
}

/** Requests reach the group: by its share, or by a match. */
export function takesTraffic({ matches }: DesiredRoute, { name, weight }: DesiredGroup): boolean {
  return weight > 0 || matches.some(({ group }) => group === name);
}

export function withProof(
  desired: DesiredRoute,
  isHealthy: (group: string, member: DesiredMember) => boolean,
): DesiredRoute {
  const groups = desired.groups.map((group) => ({
    ...group,
    members: group.members.map((member) => ({ ...member, proven: isHealthy(group.name, member) })),
  }));
  return { ...desired, groups };
}

export function memberUrl(member: Pick<RouteMember, 'address' | 'port'>): string {
  const host = member.address.includes(':') ? `[${member.address}]` : member.address;
  return `http://${host}:${member.port}`;
}
