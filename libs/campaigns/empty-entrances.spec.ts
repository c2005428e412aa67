import { sentence } from '@springtide/contracts';
import type { RouteState } from '@springtide/provider-kit';
import type { Route } from '@springtide/traffic';
import type { PhaseWork } from './bring-back.service.js';
import { EmptyEntrances } from './empty-entrances.service.js';

const NOW = '2026-11-11T00:00:00.000Z';
const LATER = '2026-11-11T00:01:00.000Z';

type Member = RouteState['groups'][number]['members'][number];

/** An entrance whose burst group lists these members, behind a product that does or does not show who drains. */
function entrances(members: readonly Pick<Member, 'activeConnections'>[], shows: boolean): EmptyEntrances {
  const plain = { id: 'i-1', address: '127.0.0.1', port: 1, healthy: true, draining: true };
  const groups = [
    { name: 'home', weight: 100, members: [{ ...plain, draining: false, activeConnections: 40 }] },
    { name: 'burst', weight: 0, members: members.map((member) => ({ ...plain, ...member })) },
  ];
  const state: RouteState = { name: 'shop', entrance: 'http://127.0.0.1:1', groups };
  const nothing = async () => await Promise.reject(new Error('nobody asks for this'));
  return new EmptyEntrances({
    book: { context: () => ({}) as never, now: () => NOW },
    ledger: { listIntents: nothing },
    shifting: { sendTrafficHome: nothing },
    clusters: { list: nothing, nodes: nothing, drain: nothing },
    routes: {
      getByName: async () => await Promise.resolve({ name: 'shop' } as Route),
      read: async () => await Promise.resolve(state),
      showsDraining: async () => await Promise.resolve(shows),
    },
  });
}

const work = {
  tenantId: 't',
  runId: 'r',
  obstacles: [],
  open: { plan: { services: [{ name: 'storefront', route: 'shop' }] } },
} as unknown as PhaseWork;

describe('a drain of entrances', () => {
  it('is over as soon as who leaves has no connection, and says how many there are until then', async () => {
    const busy = await entrances([{ activeConnections: 2 }, { activeConnections: 1 }], true).drain(
      work,
      LATER,
    );
    expect(busy).toMatchObject({ open: [sentence('waits.connections', { count: 3 })], waitMs: 1_000 });
    const idle = await entrances([{ activeConnections: 0 }], false).drain(work, LATER);
    expect(idle).toMatchObject({ open: [], waitMs: 0 });
  });

  it('takes absence for the end only where the product lists members until their last connection ended', async () => {
    expect(await entrances([], true).drain(work, LATER)).toMatchObject({ open: [], waitMs: 0 });
    const hidden = await entrances([], false).drain(work, LATER);
    expect(hidden.open).toEqual([sentence('waits.uncounted', {})]);
    const uncounted = await entrances([{ activeConnections: null }], true).drain(work, LATER);
    expect(uncounted.open).toEqual([sentence('waits.uncounted', {})]);
  });

  it('waits for nobody after its deadline', async () => {
    expect(await entrances([{ activeConnections: 9 }], true).drain(work, NOW)).toMatchObject({ open: [] });
    expect(await entrances([], false).drain(work, NOW)).toMatchObject({ open: [] });
  });
});
