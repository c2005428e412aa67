import { addMs, toInstant } from '@springtide/kernel';
import type { RouteMatch } from '../contract/traffic.js';
import { ScriptedCloud, aMachine, anOrder } from '../testing/scripted-cloud.js';
import { collect } from './listing.js';

const scope = { region: 'r1' };

describe('clients of the facets beside machines', () => {
  let cloud: ScriptedCloud;

  beforeEach(() => {
    cloud = new ScriptedCloud();
  });

  describe('resources', () => {
    it('lists the kinds there are, and says unsupported for the others before anything is sent', async () => {
      const { resources } = await cloud.client();
      cloud.answers({ items: [], complete: true });
      await collect(resources.listResources({ ...scope, kind: 'disk' }));
      expect(() => resources.listResources({ ...scope, kind: 'router' })).toThrow(
        expect.objectContaining({ code: 'unsupported' }),
      );
      expect(cloud.log).toHaveLength(1);
    });
  });

  describe('changes', () => {
    it('hands on what happened', async () => {
      const { compute } = await cloud.client();
      const answer = { changed: [aMachine('a')], gone: ['b'], cursor: '7', whole: false };
      cloud.answers(answer);
      await expect(compute.changes({ ...scope, cursor: '6' })).resolves.toEqual(answer);
    });

    it.each([
      ['a first answer that is not whole', { changed: [], gone: [], cursor: '1', whole: false }],
      ['no cursor', { changed: [], gone: [], cursor: '', whole: true }],
      [
        'a machine both changed and gone',
        { changed: [aMachine('a')], gone: ['a'], cursor: '1', whole: true },
      ],
    ])('does not trust %s', async (_, answer) => {
      const { compute } = await cloud.client();
      cloud.answers(answer);
      await expect(compute.changes(scope)).rejects.toMatchObject({ code: 'internal', effect: 'none' });
      expect(cloud.log).toHaveLength(1);
    });
  });

  describe('clusters', () => {
    it.each([
      ['another token in the ownership', { ownership: { ...anOrder().ownership, token: 'other' } }],
      ['no node pool', { nodePools: [] }],
      ['a pool twice', { nodePools: [...anOrder().nodePools, ...anOrder().nodePools] }],
      ['half a node', { nodePools: [{ name: 'base', machineType: 'big', nodes: 0.5 }] }],
      ['a name that no label takes', { name: 'Shop 1' }],
      ['a version nobody has', { version: 'latest' }],
    ])('refuses an order with %s before anything is sent', async (_, changes) => {
      const { clusters } = await cloud.client();
      const refused = clusters.createCluster(anOrder(changes));
      await expect(refused).rejects.toMatchObject({ code: 'invalid-argument', effect: 'none' });
      expect(cloud.log).toEqual([]);
    });

    it('creates once whatever comes back, and reads again', async () => {
      const { clusters } = await cloud.client();
      const busy = new Error('who knows');
      cloud.answers(busy);
      await expect(clusters.createCluster(anOrder())).rejects.toMatchObject({ effect: 'maybe' });
      expect(cloud.log).toHaveLength(1);
      const target = { ...scope, clusterId: 'c', pool: 'base', nodes: -1 };
      await expect(clusters.scaleNodePool(target)).rejects.toMatchObject({ code: 'invalid-argument' });
      cloud.answers('gone');
      await expect(clusters.describeCluster('c', scope)).resolves.toBe('gone');
    });
  });

  describe('matches', () => {
    const match = (when: RouteMatch['when'], name = 'testers'): RouteMatch => ({ name, group: 'v2', when });
    const byHeader = match({ header: 'x-tester', value: '1' });

    it.each([
      ['a name twice', [byHeader, byHeader]],
      ['a header that no request has', [match({ header: 'x y', value: '1' })]],
      ['a value with a line break', [match({ header: 'x', value: 'a\r\nb' })]],
      ['no range', [match({ sourceRanges: [] })]],
      ['an address without a length', [match({ sourceRanges: ['10.0.0.1'] })]],
      ['a range that is too long', [match({ sourceRanges: ['10.0.0.0/33'] })]],
    ])('refuses %s before anything is sent', async (_, matches) => {
      const { traffic } = await cloud.client();
      const refused = traffic.setMatches('shop', matches);
      await expect(refused).rejects.toMatchObject({ code: 'invalid-argument', effect: 'none' });
      expect(cloud.log).toEqual([]);
    });

    it('says unsupported with the reason for a kind of match the product cannot do', async () => {
      const { traffic } = await cloud.client();
      cloud.answers('state', 'state');
      await traffic.setMatches('shop', [byHeader]);
      await traffic.setMatches('shop', []);
      const bySource = traffic.setMatches('shop', [match({ sourceRanges: ['2001:db8::/32'] })]);
      await expect(bySource).rejects.toThrow(/sees no client addresses/);
      expect(cloud.log).toHaveLength(2);
    });
  });

  describe('further API calls of one operation', () => {
    it('draw on the same budgets as the first one', async () => {
      const { compute } = await cloud.client();
      const start = cloud.clock.now().getTime();
      cloud.answers(async () => {
        await cloud.log[0]?.options.more?.(10);
        return [];
      });
      await compute.findByIntent({ intent: 'x', ...scope });
      expect(cloud.clock.now().getTime() - start).toBeGreaterThanOrEqual(100);
    });

    it('are refused by ourselves without the cloud being blamed for it', async () => {
      const { compute } = await cloud.client({ policy: { readAttempts: 1 } });
      cloud.answers(async () => cloud.log[0]?.options.more?.(1_000_000), []);
      const deadline = addMs(toInstant(cloud.clock.now()), 2_000);
      const refused = compute.findByIntent({ intent: 'x', ...scope }, { deadline });
      await expect(refused).rejects.toMatchObject({ code: 'rate-limited', effect: 'none' });
      const before = cloud.clock.now().getTime();
      await compute.findByIntent({ intent: 'x', ...scope });
      expect(cloud.clock.now().getTime() - before).toBeLessThanOrEqual(120);
    });
  });
});
