import { failedPass, type TellOfOrphan } from '@springtide/effects';
import { silentLogger } from '@springtide/platform';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { housekeepingActivities, type HousekeepingParts } from './housekeeping.activities.js';

const TENANT = { id: 'tenant-1' };
const SCOPE = { tenantId: TENANT.id, accountId: 'a', region: 'east' };

/** What the activities need of an installation with one tenant. */
function activitiesOver(parts: Record<string, unknown>) {
  const tenants = { query: async () => await Promise.resolve([TENANT]) };
  const database = {
    systemWork: async (_job: string, work: (tx: typeof tenants) => unknown) => await work(tenants),
  };
  const all = { database, log: silentLogger, ...parts };
  return housekeepingActivities(all as unknown as HousekeepingParts);
}

describe('a reconcile pass', () => {
  const passed = { ...failedPass(SCOPE, new Error('none')), trusted: true };

  it('starts no way back of runs that are held, or that go back without one', async () => {
    const activities = activitiesOver({
      reconciler: {
        pass: async () =>
          await Promise.resolve({ ...passed, lapsedRunIds: ['dead', 'held', 'cluster', 'probe'] }),
      },
      probes: {
        takeBackLapsed: async (_tenant: string, ids: readonly string[]) =>
          await Promise.resolve(ids.filter((id) => id !== 'probe')),
      },
      builtClusters: {
        takeBackLapsed: async (_tenant: string, ids: readonly string[]) =>
          await Promise.resolve(ids.filter((id) => id !== 'cluster')),
      },
      mayComeBack: async (_tenant: string, ids: readonly string[]) =>
        await Promise.resolve(ids.filter((id) => id !== 'held')),
    });
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const pass = environment.run(async () => await activities.reconcilePass(SCOPE));
    expect(await pass).toEqual({ lapsedRunIds: ['dead'] });
  });
});

describe('a machine that a pass ends', () => {
  it('is told to the people of the run whose marks it carries, while the pass can still wait for it', async () => {
    const orphan = { runId: 'its-run', intentId: 'i', machineId: 'm', region: 'east' };
    const told: string[] = [];
    const none = async () => await Promise.resolve([]);
    const activities = activitiesOver({
      reconciler: {
        pass: async (_scope: unknown, tell: TellOfOrphan) => {
          await tell(orphan);
          return failedPass(SCOPE, new Error('none'));
        },
      },
      book: { within: async (_tenant: string, runId: string) => await Promise.resolve(told.push(runId)) },
      probes: { takeBackLapsed: none },
      builtClusters: { takeBackLapsed: none },
      mayComeBack: none,
    });
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    await environment.run(async () => await activities.reconcilePass(SCOPE));
    expect(told).toEqual(['its-run']);
  });
});

describe('where the reconciler looks', () => {
  it('is every region of every cloud that is registered, of disabled and private ones too', async () => {
    const account = (name: string, kind: string, status = 'ready') => {
      return { id: name, name, kind, status, health: { regions: ['east', 'west'] } };
    };
    const pages = [
      Array.from({ length: 200 }, (_, at) => account(`p-${String(at).padStart(3, '0')}`, 'traffic')),
      [
        account('public', 'public-cloud'),
        account('inside', 'private-cloud'),
        account('off', 'public-cloud', 'disabled'),
        { ...account('never asked', 'public-cloud'), health: null },
      ],
    ];
    const activities = activitiesOver({
      reconciler: { scopes: async (registered: unknown) => await Promise.resolve(registered) },
      accounts: {
        list: async (_ctx: unknown, { afterName }: { afterName: string }) =>
          await Promise.resolve(pages[afterName === '' ? 0 : 1]),
      },
    });
    const found = await activities.reconcileScopes();
    expect(found.map(({ accountId, region }) => `${accountId} ${region}`)).toEqual([
      ...['public east', 'public west', 'inside east', 'inside west', 'off east', 'off west'],
    ]);
    expect(new Set(found.map(({ tenantId }) => tenantId))).toEqual(new Set([TENANT.id]));
  });
});
