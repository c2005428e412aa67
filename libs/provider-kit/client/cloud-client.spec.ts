import { inspect } from 'node:util';
import { SpringtideError, addMs, toInstant } from '@springtide/kernel';
import { connectAccount } from './connect-account.js';
import { collect, collectComplete } from './listing.js';
import { ScriptedCloud, aBatch, aMachine, accepted } from '../testing/scripted-cloud.js';

const scope = { region: 'r1' };
const busy = new SpringtideError('rate-limited', 'slow down', { retryAfterMs: 700 });

describe('CloudClient', () => {
  let cloud: ScriptedCloud;

  beforeEach(() => {
    cloud = new ScriptedCloud();
  });

  describe('retries', () => {
    it('repeats a read until it works, waiting as long as the cloud says', async () => {
      const client = await cloud.client();
      const start = cloud.clock.now().getTime();
      cloud.answers(busy, new SpringtideError('unavailable', 'away'), []);
      await expect(client.compute.findByIntent({ intent: 'x', region: 'r1' })).resolves.toEqual([]);
      expect(cloud.clock.now().getTime() - start).toBeGreaterThanOrEqual(700);
      expect(cloud.observed.map((call) => call.code)).toEqual(['rate-limited', 'unavailable', 'ok']);
    });

    it('never repeats a launch or a termination', async () => {
      const client = await cloud.client();
      cloud.answers(busy, busy);
      await expect(client.compute.launch(aBatch())).rejects.toBe(busy);
      await expect(client.compute.terminate(['a'], scope)).rejects.toBe(busy);
      expect(cloud.log.map((call) => call.operation)).toEqual(['launch', 'terminate']);
    });

    it('does not repeat a read that cannot get better, nor more often than the policy says', async () => {
      const client = await cloud.client({ policy: { readAttempts: 3 } });
      cloud.answers(new SpringtideError('permission-denied', 'no'), busy, busy, busy, []);
      await expect(client.compute.listQuotas(scope)).rejects.toMatchObject({ code: 'permission-denied' });
      await expect(client.compute.listQuotas(scope)).rejects.toMatchObject({ code: 'rate-limited' });
      expect(cloud.log).toHaveLength(4);
    });

    it('gives up when the next attempt would come after the deadline', async () => {
      const client = await cloud.client();
      cloud.answers(busy, []);
      const deadline = addMs(toInstant(cloud.clock.now()), 500);
      await expect(client.compute.listQuotas(scope, { deadline })).rejects.toBe(busy);
      expect(cloud.log).toHaveLength(1);
    });
  });

  describe('deadlines', () => {
    it('sends nothing once the deadline has passed', async () => {
      const client = await cloud.client();
      const deadline = toInstant(cloud.clock.now());
      const refused = client.compute.launch(aBatch(), { deadline });
      await expect(refused).rejects.toMatchObject({ code: 'timeout', effect: 'none' });
      expect(cloud.log).toEqual([]);
    });

    it('does not wait for a provider that hangs', async () => {
      const client = await cloud.client({ policy: { mutateDeadlineMs: 20 } });
      cloud.answers(async () => new Promise(() => undefined));
      const late = client.compute.launch(aBatch());
      await expect(late).rejects.toMatchObject({ code: 'timeout', effect: 'maybe' });
    });

    it('gives every call the deadline of its kind', async () => {
      const client = await cloud.client({ policy: { readDeadlineMs: 1_000, mutateDeadlineMs: 9_000 } });
      cloud.answers([], accepted('a'));
      const now = toInstant(cloud.clock.now());
      await client.compute.listQuotas(scope);
      await client.compute.launch(aBatch());
      expect(cloud.log.map((call) => call.options.deadline)).toEqual([addMs(now, 1_000), addMs(now, 9_000)]);
    });
  });

  describe('call budget', () => {
    it('spreads calls over time and refuses what would come after the deadline', async () => {
      const client = await cloud.client();
      const start = cloud.clock.now().getTime();
      cloud.answers(accepted('a'), accepted('b'), accepted('c'));
      for (const token of ['t1', 't2', 't3']) await client.compute.launch(aBatch({ token }));
      expect(cloud.clock.now().getTime() - start).toBe(1_020);
      const deadline = addMs(toInstant(cloud.clock.now()), 100);
      const refused = client.compute.launch(aBatch({ token: 't4' }), { deadline });
      await expect(refused).rejects.toMatchObject({
        code: 'rate-limited',
        effect: 'none',
        retryAfterMs: 1_000,
      });
      expect(cloud.log).toHaveLength(3);
    });

    it('sends nothing while the shared budget cannot be read', async () => {
      const acquire = async () => Promise.reject(new Error('connection to the database lost'));
      const client = await cloud.client({ limiter: { acquire, throttled: () => undefined } });
      const refused = client.compute.launch(aBatch());
      await expect(refused).rejects.toMatchObject({ code: 'unavailable', effect: 'none' });
      expect(cloud.log).toEqual([]);
    });

    it('asks its caller once more when the budget lets a call go, and sends nothing when that says no', async () => {
      const client = await cloud.client();
      cloud.answers(accepted('a'));
      await client.compute.launch(aBatch(), { lastCheck: async () => Promise.resolve() });
      for (const thrown of [new SpringtideError('conflict', 'stopped'), new Error('the database is away')]) {
        const refused = client.compute.launch(aBatch({ token: 't2' }), {
          lastCheck: async () => Promise.reject(thrown),
        });
        await expect(refused).rejects.toMatchObject({ retry: 'same', effect: 'none' });
      }
      expect(cloud.log).toHaveLength(1);
    });

    it('slows down when the cloud throttles, and recovers', async () => {
      const client = await cloud.client({ policy: { readAttempts: 1 } });
      cloud.answers(busy, [], []);
      await expect(client.compute.listQuotas(scope)).rejects.toBe(busy);
      const start = cloud.clock.now().getTime();
      await client.compute.listQuotas(scope);
      expect(cloud.clock.now().getTime() - start).toBe(700);
      cloud.clock.advance(60_000);
      const later = cloud.clock.now().getTime();
      await client.compute.listQuotas(scope);
      expect(cloud.clock.now().getTime()).toBe(later);
    });
  });

  describe('inputs', () => {
    it.each([
      ['a count of nothing', { count: 0, minimum: 0 }],
      ['a count over the limit', { count: 6 }],
      ['a minimum over the count', { count: 2, minimum: 3 }],
      ['a token that is too long', { token: 'x'.repeat(65) }],
      ['a token with a space', { token: 'a b' }],
      ['an ownership with another token', { ownership: { ...aBatch().ownership, token: 'other' } }],
      ['an ownership without an intent', { ownership: { ...aBatch().ownership, intent: '' } }],
      ['a name with a line break', { namePrefix: 'a\nb' }],
      ['a label with half a character', { labels: { name: '\ud83c' } }],
      ['no zone', { zone: ' ' }],
    ])('refuses %s before anything is sent', async (_, changes) => {
      const client = await cloud.client();
      const refused = client.compute.launch(aBatch(changes));
      await expect(refused).rejects.toMatchObject({ code: 'invalid-argument', effect: 'none' });
      expect(cloud.log).toEqual([]);
    });

    it('refuses spot where there is none, and leaves out a time-to-live the cloud does not know', async () => {
      const client = await cloud.client();
      const spot = client.compute.launch(aBatch({ purchaseOption: 'spot' }));
      await expect(spot).rejects.toMatchObject({ code: 'unsupported' });
      cloud.answers(accepted('a'));
      await client.compute.launch(aBatch({ releaseAt: '2026-11-12T00:00:00.000Z' }));
      expect(cloud.log[0]?.argument).not.toHaveProperty('releaseAt');
      const setting = client.compute.setReleaseTime(['a'], scope, null);
      await expect(setting).rejects.toMatchObject({ code: 'unsupported' });
      expect(cloud.log).toHaveLength(1);
    });
  });

  describe('answers', () => {
    it.each([
      ['too few outcomes', accepted('a')],
      ['one machine twice', accepted('a', 'a', 'b')],
      ['fewer than the minimum', { items: [...accepted('a').items, refusedItem(), refusedItem()] }],
    ])('does not trust a receipt with %s', async (_, receipt) => {
      const client = await cloud.client();
      cloud.answers(receipt);
      const launched = client.compute.launch(aBatch({ count: 3, minimum: 2 }));
      await expect(launched).rejects.toMatchObject({ code: 'internal', effect: 'maybe' });
    });

    it('describes in parts, and does not take silence for gone', async () => {
      const client = await cloud.client();
      const known = (ids: readonly string[]) => new Map(ids.map((id) => [id, aMachine(id)]));
      cloud.answers(known, known);
      expect((await client.compute.describe(['a', 'b', 'c', 'd'], scope)).size).toBe(4);
      expect(cloud.log.map((call) => call.argument)).toEqual([['a', 'b', 'c'], ['d']]);
      cloud.answers(new Map());
      await expect(client.compute.describe(['a'], scope)).rejects.toMatchObject({ code: 'internal' });
    });

    it('keeps the outcomes of the first part when a later part of a termination fails', async () => {
      const client = await cloud.client();
      cloud.answers(new Map([['a', 'terminating']]), busy);
      const outcomes = await client.compute.terminate(['a', 'b', 'c'], scope);
      expect(outcomes.get('a')).toBe('terminating');
      expect(outcomes.get('b')).toMatchObject({ code: 'unknown', effect: 'maybe' });
      expect(outcomes.get('c')).toBe(busy);
    });
  });

  describe('listings', () => {
    it('repeats the first page, but never hides that a later one failed', async () => {
      const client = await cloud.client();
      cloud.answers(busy, { items: [1], complete: false }, { items: [2], complete: true });
      await expect(collect(client.compute.list(scope))).resolves.toEqual({ items: [1, 2], complete: true });
      cloud.answers({ items: [1], complete: false }, new SpringtideError('unavailable', 'away'));
      await expect(collect(client.compute.list(scope))).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('says when a listing ended early', async () => {
      const client = await cloud.client();
      cloud.answers({ items: [1], complete: false }, 'end');
      await expect(collect(client.compute.list(scope))).resolves.toEqual({ items: [1], complete: false });
      cloud.answers('end');
      await expect(collectComplete(client.compute.list(scope), 'machines')).rejects.toThrow(
        /before it was complete/,
      );
    });
  });

  describe('errors', () => {
    it('takes what no table knows for something that may have happened', async () => {
      const client = await cloud.client();
      cloud.answers(new TypeError('undefined is not a machine'));
      const launched = client.compute.launch(aBatch());
      await expect(launched).rejects.toMatchObject({ code: 'unknown', effect: 'maybe' });
    });

    it.each([
      ['message', new Error('bad key top-secret-key in header')],
      ['facts', new SpringtideError('unauthenticated', 'refused', { facts: { key: 'top-secret-key' } })],
      ['next step', new SpringtideError('internal', 'refused', { nextStep: 'try top-secret-key again' })],
      [
        'cause',
        new SpringtideError('internal', 'refused', { cause: { headers: { auth: 'top-secret-key' } } }),
      ],
    ])('takes the secret out of the %s', async (_, thrown) => {
      const client = await cloud.client();
      cloud.answers(thrown);
      const error: unknown = await client.compute.launch(aBatch()).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SpringtideError);
      expect(inspect(error, { depth: 10 })).not.toContain('top-secret');
    });

    it('names the wrong field of an account, and asks the gate before connecting', async () => {
      const { clock } = cloud;
      const gate = {
        check: async () => {
          throw new SpringtideError('permission-denied', 'rule 3');
        },
      } as never;
      const context = { account: 'a', clock, gate, log: {} as never };
      const secret = { key: 'top-secret-key' };
      const wrong = connectAccount(cloud.manifest, { endpoint: 'nowhere' }, secret, context);
      await expect(wrong).rejects.toThrow(/settings\.endpoint/);
      const barred = connectAccount(cloud.manifest, { endpoint: 'http://10.0.0.1/' }, secret, context);
      await expect(barred).rejects.toMatchObject({ code: 'permission-denied' });
      expect(cloud.log).toEqual([]);
    });

    it('says unsupported for what the provider does not do', async () => {
      const client = await cloud.client();
      expect(client.offers('compute')).toBe(true);
      expect(client.offers('network')).toBe(false);
      expect(() => client.network).toThrow(expect.objectContaining({ code: 'unsupported' }));
    });
  });
});

function refusedItem() {
  return { outcome: 'refused', error: new SpringtideError('insufficient-capacity', 'sold out') } as const;
}
