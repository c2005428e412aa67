import { MINUTE, SECOND, addMs, toInstant, type Instant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type Deed, type ProviderManifest } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { publishedActions, putLeastKey } from '../../test/yard/alibaba/alibaba-conformance.js';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { call, type Caller } from '../../test/yard/alibaba/signed-call.js';
import type { AlibabaAccount } from './account.js';
import { manifest } from './index.js';

const ROOMY = { burst: 10_000, perSecond: 10_000 };
const roomy = { ...manifest, rates: { read: ROOMY, mutate: ROOMY } };
const once = { most: 1, everyMs: MINUTE, window: 'sliding' } as const;
const tight = {
  ...manifest,
  rates: { ...manifest.rates, budgets: { ...manifest.rates.budgets, 'lookup-events': once } },
};
const WITHOUT = { accessKeyId: 'LTAI5tWithoutTheTrail0', accessKeySecret: 'withoutTheTrail' };

/** With the manifest's own rates: what is read page by page is paid for page by page. */
describe.each(['acs3', 'rpc'] as const)('the trail of Alibaba Cloud, over the wire by %s', (signature) => {
  const gate = loopbackGate();
  const clients: CloudClient[] = [];
  let yard: AlibabaYard;
  let client: CloudClient;
  let ann: Caller;

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 0, startingMs: 0, stoppingMs: 0, releaseMs: 0 } });
    client = await connect(await putLeastKey(yard));
    ann = await put('LTAI5tOfSomebodyElse00', { type: 'ram-user', userName: 'ann' });
  });
  beforeEach(async () => yard.admin.reset());
  afterAll(async () => {
    for (const each of clients) await each.close();
    await gate.close();
    await yard.stop();
  });

  async function connect(
    secret: Readonly<{ accessKeyId: string; accessKeySecret: string }>,
    as: ProviderManifest<AlibabaAccount> = manifest,
  ) {
    const settings = {
      regions: yard.regions.map(({ regionId }) => regionId),
      signature,
      endpoint: yard.endpoint,
    };
    const context = { clock: systemClock, gate, log: silentLogger, account: secret.accessKeyId };
    const connected = await connectAccount(as, settings, secret, {
      ...context,
      policy: { readAttempts: 1 },
    });
    clients.push(connected);
    return connected;
  }

  /** A key of somebody who has nothing to do with us. */
  async function put(
    accessKeyId: string,
    identity: Readonly<{ type: 'root-account' | 'ram-user' | 'assumed-role'; userName: string }>,
  ): Promise<Caller> {
    const secret = `the secret of ${identity.userName}`;
    await yard.admin.putKey({ accessKeyId, secret, identity });
    return { endpoint: yard.endpoint, accessKeyId, secret };
  }

  function place(index = 0) {
    const region = yard.regions[index];
    if (region === undefined) throw new Error('the yard has no such region');
    return region;
  }

  async function create(as: Caller, index = 0): Promise<string> {
    const { regionId, imageId, securityGroupId, vswitches, zones } = place(index);
    const { body } = await call(as, 'ecs', 'RunInstances', {
      RegionId: regionId,
      ImageId: imageId,
      SecurityGroupId: securityGroupId,
      VSwitchId: vswitches[zones[0] ?? ''] ?? '',
      InstanceType: 'ecs.c7.large',
    });
    const { InstanceIdSet } = body['InstanceIdSets'] as { InstanceIdSet: readonly string[] };
    return InstanceIdSet[0] ?? '';
  }

  /** Says what came of it, as the caller sees it. */
  async function act(as: Caller, action: string, InstanceId: string): Promise<string> {
    const force = action === 'DeleteInstance' ? { Force: true } : {};
    const { code, status } = await call(as, 'ecs', action, { InstanceId, ...force });
    return status === 200 ? 'done' : code;
  }

  async function trail(ids: readonly string[], since = ago(MINUTE), from = client): Promise<readonly Deed[]> {
    const machines = ids.map((id) => ({ id, name: '' }));
    return from.compute.trail({ region: place().regionId, machines, since });
  }

  function ago(ms: number): Instant {
    return addMs(toInstant(new Date()), -ms);
  }

  const told = (deeds: readonly Deed[]) => deeds.map(({ who, what }) => `${who}: ${what}`);

  it('names who made, stopped and deleted a machine, newest first, also when it is gone', async () => {
    const id = await create(ann);
    expect(told(await trail([id]))).toEqual(['ann: RunInstances']);
    expect(await act(ann, 'StopInstance', id)).toBe('done');
    const role = await put('LTAI5tOfSomeRole000000', { type: 'assumed-role', userName: 'ops:ben' });
    const root = await put('LTAI5tOfTheRootAccount', { type: 'root-account', userName: 'root' });
    // Events are stamped with whole seconds: within one, what came later is still told first.
    expect(await act(role, 'StartInstance', id)).toBe('done');
    expect(await act(root, 'DeleteInstance', id)).toBe('done');
    expect(await yard.admin.machines()).toEqual([]);

    const deeds = await trail([id]);
    expect(told(deeds)).toEqual([
      'root account: DeleteInstance',
      'role ops:ben: StartInstance',
      'ann: StopInstance',
      'ann: RunInstances',
    ]);
    expect(new Set(deeds.map(({ machineId }) => machineId))).toEqual(new Set([id]));
    expect(deeds.every(({ at }) => at > ago(MINUTE) && at <= ago(0))).toBe(true);
  });

  it('leaves out what failed, what was done to others and what happened in other regions', async () => {
    const [id, other, elsewhere] = [await create(ann), await create(ann), await create(ann, 1)];
    expect(await act(ann, 'StartInstance', id)).toBe('IncorrectInstanceStatus');
    expect(await act(ann, 'StopInstance', other)).toBe('done');
    expect(await act({ ...ann, secret: 'wrong' }, 'StopInstance', id)).toBe('SignatureDoesNotMatch');
    expect(told(await trail([id, elsewhere, 'i-never-there']))).toEqual(['ann: RunInstances']);
    expect(await trail(['i-never-there'])).toEqual([]);
  });

  it('asks for what changed machines, and not for what only looked', async () => {
    const id = await create(ann);
    await call(ann, 'ecs', 'DescribeInstances', { RegionId: place().regionId });
    await call(ann, 'vpc', 'AllocateEipAddress', { RegionId: place().regionId });
    expect(told(await trail([id]))).toEqual(['ann: RunInstances']);
  });

  it('is read page after page, at the pace that the vendor lets through', async () => {
    const id = await create(ann);
    for (let n = 0; n < 110; n += 1) {
      expect(await act(ann, n % 2 === 0 ? 'StopInstance' : 'StartInstance', id)).toBe('done');
    }
    const deeds = await trail([id]);
    expect(deeds).toHaveLength(111);
    expect(told(deeds).at(0)).toBe('ann: StartInstance');
    expect(told(deeds).at(-1)).toBe('ann: RunInstances');
    const calls = (await yard.admin.calls()).filter(({ action }) => action === 'LookupEvents');
    expect(calls).toHaveLength(3);
    const [first = 0, , third = 0] = calls.map(({ at }) => Date.parse(at));
    // Two a second, less what the way there may differ.
    expect(third - first).toBeGreaterThan(500);
  });

  it('stops at a thousand events, and earlier when its time is up, with the newest told', async () => {
    const id = await create(ann);
    // A machine that stands still is stopped for nothing, and that is an event all the same.
    expect(await act(ann, 'StopInstance', id)).toBe('done');
    const stopped = { RegionId: place().regionId, 'InstanceId.1': id };
    for (let n = 0; n < 1_100; n += 1) await call(ann, 'ecs', 'StopInstances', stopped);
    const all = await trail([id], ago(MINUTE), await connect(await putLeastKey(yard), roomy));
    expect(told(all)).toEqual(Array.from({ length: 1_000 }, () => 'ann: StopInstances'));

    const least = await putLeastKey(yard);
    // The budget has no second call before the deadline.
    expect(await trail([id], ago(MINUTE), await connect(least, tight))).toEqual(all.slice(0, 50));
    // The second answer would come after it.
    await yard.admin.addFaults({ operation: 'LookupEvents', kind: 'delay', delayMs: 2_500, times: 2 });
    const machines = [{ id, name: '' }];
    const question = { region: place().regionId, machines, since: ago(MINUTE) };
    const slow = await client.compute.trail(question, { deadline: ago(-5 * SECOND) });
    expect(slow).toEqual(all.slice(0, 50));
  }, 60_000);

  it('begins a minute before it is asked to', async () => {
    const id = await create(ann);
    await yard.admin.change({ clockOffsetMs: -10 * MINUTE });
    expect(await act(ann, 'StopInstance', id)).toBe('done');
    await yard.admin.change({ clockOffsetMs: 0 });
    expect(told(await trail([id], ago(5 * MINUTE)))).toEqual(['ann: RunInstances']);
    expect(told(await trail([id], ago(9.5 * MINUTE)))).toHaveLength(2);
    expect(told(await trail([id], ago(60 * 24 * 60 * MINUTE)))).toHaveLength(2);
    expect(await trail([id], ago(-10 * MINUTE))).toEqual([]);
  });

  it('tells nothing yet where the cloud is late, and all of it at a later look', async () => {
    const id = await create(ann);
    await yard.admin.change({ trailLagMs: 10 * MINUTE });
    expect(await trail([id])).toEqual([]);
    await yard.admin.change({ trailLagMs: 0 });
    expect(told(await trail([id]))).toEqual(['ann: RunInstances']);
  });

  it('needs a right of its own, without which the account is still well', async () => {
    const all = await publishedActions();
    const allowedActions = all.filter((action) => action !== 'actiontrail:LookupEvents');
    expect(allowedActions).toHaveLength(all.length - 1);
    const { accessKeyId, accessKeySecret: secret } = WITHOUT;
    await yard.admin.putKey({ accessKeyId, secret, allowedActions });
    const without = await connect(WITHOUT);
    expect((await without.verify()).permissions.every(({ granted }) => granted)).toBe(true);
    await expect(trail(['i-1'], ago(MINUTE), without)).rejects.toMatchObject({
      code: 'permission-denied',
      effect: 'none',
    });
  });
});
