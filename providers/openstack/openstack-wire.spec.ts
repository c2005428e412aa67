import { silentLogger, systemClock } from '@springtide/platform';
import { collectComplete, connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import {
  SCRIPTED_REGION,
  startScriptedOpenstack,
  type ScriptedOpenstack,
} from '../../test/yard/openstack/scripted-openstack.js';
import { manifest } from './index.js';

const scope = { region: SCRIPTED_REGION };
const INTENT = 'intent-1';
const mark = { 'springtide.intent': INTENT };

describe('the OpenStack provider, where no service of the yard says it', () => {
  const gate = loopbackGate();
  let cloud: ScriptedOpenstack;
  let client: CloudClient;

  beforeEach(async () => {
    cloud = await startScriptedOpenstack();
    const settings = {
      url: cloud.url,
      user: 'burst',
      project: 'burst',
      currency: 'CNY',
      rateCard: [],
      pageSize: 2,
    };
    const context = { account: 'scripted', clock: systemClock, gate, log: silentLogger };
    const policy = { readAttempts: 1 };
    client = await connectAccount(manifest, settings, { password: 'p' }, { ...context, policy });
  });
  afterEach(async () => {
    await client.close();
    await cloud.stop();
  });
  afterAll(() => gate.close());

  const images = () => collectComplete(client.images.listImages(scope), 'images');
  const release = (id: string) =>
    client.compute.releaseSatellite({ id, kind: 'disk', region: SCRIPTED_REGION, intent: INTENT });

  describe('volumes', () => {
    const volumes = [
      { id: 'v1', status: 'in-use', size: 20, metadata: mark, attachments: [{ server_id: 's1' }] },
      { id: 'v2', status: 'available', size: 10, metadata: mark },
      { id: 'v3', status: 'error', size: 10, metadata: mark },
      { id: 'v4', status: 'available', size: 10, metadata: { 'springtide.intent': 'another' } },
      { id: 'v5', status: 'available', size: 10 },
    ];
    /** Cinder's pages; the link leads where nobody is, as behind a proxy. */
    const page = (marker: string | null) => {
      const from = volumes.findIndex(({ id }) => id === marker) + 1;
      const items = volumes.slice(from, from + 2);
      const href = `http://192.0.2.1/v3/volumes/detail?limit=2&marker=${items.at(-1)?.id}`;
      const more = from + 2 < volumes.length;
      return { volumes: items, ...(more ? { volumes_links: [{ rel: 'next', href }] } : {}) };
    };

    it('are listed over all pages, with the machine that holds them', async () => {
      cloud.script(({ path, query }) =>
        path === '/v3/p1/volumes/detail' ? { body: page(query.get('marker')) } : undefined,
      );
      const found = await collectComplete(
        client.resources.listResources({ ...scope, kind: 'disk' }),
        'volumes',
      );
      expect(found.map(({ id }) => id)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
      expect(found[0]).toMatchObject({
        facts: { sizeGib: 20 },
        relations: [{ kind: 'attached-to', to: 'machine', id: 's1' }],
      });
      expect(cloud.calls.map(({ query }) => query.get('marker'))).toEqual([null, 'v2', 'v4']);
    });

    it('that carry the intent and that nobody holds are its leftovers, and can be released', async () => {
      let there = true;
      cloud.script(({ method, path, query }) => {
        if (path === '/v3/p1/volumes/detail') return { body: page(query.get('marker')) };
        if (method === 'DELETE' && path === '/v3/p1/volumes/v2' && there) {
          there = false;
          return { status: 202 };
        }
        if (path === '/v2.0/ports') return { body: { ports: [] } };
        if (path === '/v2.0/floatingips') return { body: { floatingips: [] } };
        return path === '/v2.1/os-keypairs' ? { body: { keypairs: [] } } : undefined;
      });
      const query = { ...scope, machineIds: [], intent: INTENT };
      const found = await client.compute.listSatellites(query);
      expect(found.map(({ kind, id }) => [kind, id])).toEqual([
        ['disk', 'v2'],
        ['disk', 'v3'],
      ]);
      expect(await release('v2')).toBe('releasing');
      expect(await release('v2')).toBe('gone');
    });
  });

  describe('a connection that the service closes while it is idle', () => {
    it('is nothing to a read: it is sent once more, and no more than that', async () => {
      cloud.script(() => ({ body: { images: [] } }));
      // Side by side, so that more than one connection is kept.
      await Promise.all([images(), images(), images()]);
      const before = cloud.calls.length;
      cloud.script(({ kept }) => (kept ? 'cut' : { body: { images: [] } }));
      await expect(images()).resolves.toEqual([]);
      expect(cloud.calls.slice(before).map(({ kept }) => kept)).toEqual([true, false]);
      cloud.script(() => 'cut');
      await expect(images()).rejects.toMatchObject({ code: 'unavailable', effect: 'none' });
      expect(cloud.calls).toHaveLength(before + 4);
    });

    it('never carries a change, and a change that is cut all the same is not sent again', async () => {
      cloud.script(() => ({ status: 202 }));
      await release('v1');
      await release('v2');
      expect(cloud.calls.map(({ kept }) => kept)).toEqual([false, false]);
      cloud.script(() => 'cut');
      await expect(release('v3')).rejects.toMatchObject({ code: 'unavailable', effect: 'maybe' });
      expect(cloud.calls).toHaveLength(3);
    });
  });

  it('logs in once more when a token is refused, for a change too, and gives up after that', async () => {
    cloud.script(({ token }) => (token === 'token-1' ? { status: 401, body: {} } : { status: 202 }));
    await expect(release('v1')).resolves.toBe('releasing');
    expect(cloud.calls.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
    cloud.script(() => ({ status: 401, body: {} }));
    await expect(release('v2')).rejects.toMatchObject({ code: 'unauthenticated', effect: 'none' });
    expect(cloud.calls.map(({ token }) => token).slice(2)).toEqual(['token-2', 'token-3']);
  });

  it('asks nova and placement in one microversion each, and refuses a nova that is older', async () => {
    const nova = (version: string) => {
      cloud.script(({ path }) => {
        if (path === '/v2.1/') return { body: { version: { version, min_version: '2.1' } } };
        return { body: path === '/v2.0/networks' ? { networks: [] } : {} };
      });
    };
    nova('2.53');
    await expect(client.verify()).resolves.toMatchObject({ product: 'OpenStack, nova 2.53' });
    const asked = cloud.calls.map(({ service, microversion }) => `${service}: ${microversion}`);
    expect([...new Set(asked)].toSorted()).toEqual([
      'compute: compute 2.53',
      'image: ',
      'network: ',
      'placement: placement 1.29',
    ]);
    nova('2.38');
    await expect(client.verify()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/Pike/),
    });
  });
});
