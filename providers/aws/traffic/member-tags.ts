import type { RouteMember } from '@springtide/provider-kit';

/** A target is an address and a port; whose they are is written beside it, on the target group. */
const PREFIX = 'springtide:members:';
/** A tag's value has 256 characters at most, a resource 50 tags; some are left to others. */
const VALUE_LENGTH = 256;
const MOST_TAGS = 40;

export type MemberTags = ReadonlyMap<string, string>;

/**
 * Members as tags, `id=address|port` one after the other.
 * @returns undefined when there are more than tags can hold: some 200 machines in one group.
 */
export function toMemberTags(members: readonly RouteMember[]): MemberTags | undefined {
  const values: string[] = [];
  for (const { id, address, port } of members) {
    const entry = `${id}=${address}|${port}`;
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + entry.length <= VALUE_LENGTH) {
      values[values.length - 1] = `${last} ${entry}`;
    } else values.push(entry);
  }
  if (values.length > MOST_TAGS || values.some((value) => value.length > VALUE_LENGTH)) return undefined;
  return new Map(values.map((value, at) => [`${PREFIX}${at}`, value]));
}

export function fromMemberTags(tags: MemberTags): readonly RouteMember[] {
  return [...tags]
    .filter(([key]) => key.startsWith(PREFIX))
    .flatMap(([, value]) => value.split(' '))
    .flatMap((entry) => {
      const [, id = '', address = '', port = ''] = /^(.+)=([^|]+)\|(\d+)$/.exec(entry) ?? [];
      return id === '' ? [] : [{ id, address, port: Number(port) }];
    });
}

export function isMemberTag(key: string): boolean {
  return key.startsWith(PREFIX);
}
