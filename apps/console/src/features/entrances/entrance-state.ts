import type { RouteBody } from '@springtide/contracts';

/** `empty`: somebody gets traffic and has no healthy machine. `unread`: the proxy did not answer; nothing is known. */
export type EntranceState = 'serving' | 'degraded' | 'empty' | 'unread';

/** What clients meet at an entrance now, by the groups that carry traffic; a group without a share hurts nobody. */
export function stateOf({ live }: Pick<RouteBody, 'live'>): EntranceState {
  if (live === null) return 'unread';
  const carrying = live.filter(({ weight }) => weight > 0);
  if (carrying.length === 0 || carrying.some(({ healthy }) => healthy === 0)) return 'empty';
  return carrying.some(({ healthy, members }) => healthy < members) ? 'degraded' : 'serving';
}
