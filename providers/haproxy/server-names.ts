/**
 * A member is the server `<group>:<id>`. HAProxy accepts letters, digits and `.:_-` in a server name; any other byte
 * of an id, and the escape character itself, becomes `_` and two hexadecimal digits.
 */
export function serverName(group: string, memberId: string): string {
  const escaped = memberId.replaceAll(/[^A-Za-z0-9.-]/g, (char) => {
    return `_${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${group}:${escaped}`;
}

/** Undefined for a server that is not named by Springtide's rule. */
export function parseServerName(name: string): { group: string; memberId: string } | undefined {
  const match = /^([a-z0-9-]+):([A-Za-z0-9.\-_]+)$/.exec(name);
  const [, group, escaped] = match ?? [];
  if (group === undefined || escaped === undefined) return undefined;
  const memberId = escaped.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return { group, memberId };
}
