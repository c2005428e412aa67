import { HOUR, SECOND, addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CallControl, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import {
  startTencentYard,
  type RegionAccess,
  type TencentYard,
} from '../../test/yard/tencent/tencent-yard.js';
import { callWire, type WireAnswer } from '../../test/yard/tencent/wire-client.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const CVM = '2017-03-12';
const RATES = { '*': null, DescribeEvents: 20 };
const secret = { secretId: 'AKIDtrailtrailtrailtrailtrail', secretKey: 'yardTrailNeverARealSecretKey0' };
const ann = { secretId: 'AKIDannannannannannannann', secretKey: 'annNeverARealSecretKey' };
const bob = { secretId: 'AKIDbobbobbobbobbobbobbob', secretKey: 'bobNeverARealSecretKey' };

describe('the trail of Tencent Cloud, over the wire', () => {
  const gate = loopbackGate();
  let yard: TencentYard;
  let region: RegionAccess;
  let client: CloudClient;
  let passedMs = 0;

  /** The cloud's time; calls are signed with the system's. */
  const clock: Clock = {
    now: () => new Date(Date.now() + passedMs),
    sleep: (ms) => systemClock.sleep(ms),
  };

  beforeAll(async () => {
    yard = await startTencentYard({
      settings: { bootMs: 0, powerMs: 0, terminateMs: 0, rates: RATES },
    });
    const found = yard.regions[REGION];
    if (found === undefined) throw new Error(`the yard has no ${REGION}`);
    region = found;
    await yard.admin.putCredential({ ...secret, user: 'springtide', policy: await publishedPolicy() });
    await yard.admin.putCredential({ ...ann, user: 'ann' });
    await yard.admin.putCredential({ ...bob, user: 'bob' });
    client = await connect(secret);
  });
  afterEach(async () => void (await yard.admin.change({ auditLagMs: 0, rates: RATES })));
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function connect(key: typeof secret, { rates } = manifest): Promise<CloudClient> {
    const context = { account: 'trail', clock, gate, log: silentLogger };
    const settings = yardSettings(yard.endpoint, yard);
    return connectAccount({ ...manifest, rates }, settings, key, { ...context, policy: { readAttempts: 1 } });
  }

  function call(who: typeof secret, action: string, params: unknown): Promise<WireAnswer> {
    return callWire({ endpoint: yard.endpoint, ...who }, { version: CVM, action, params, scope: 'cvm' });
  }

  async function launched(who: typeof secret): Promise<string> {
    const Placement = { Zone: region.zones[0] };
    const order = { Placement, ImageId: region.imageId, InstanceType: 'S5.LARGE8' };
    const { InstanceIdSet } = await call(who, 'RunInstances', order);
    return (InstanceIdSet as readonly string[])[0] ?? '';
  }

  function trail(ids: readonly string[], since: Instant = aWhileAgo(), control?: CallControl) {
    const machines = ids.map((id) => ({ id, name: `named ${id}` }));
    return client.compute.trail({ region: REGION, machines, since }, control);
  }

  function now(): Instant {
    return toInstant(clock.now());
  }

  async function pass(ms: number): Promise<void> {
    passedMs += ms;
    await yard.admin.passTime(ms);
    await yard.admin.change({ clockOffsetMs: -passedMs });
  }

  function aWhileAgo(): Instant {
    return addMs(now(), -HOUR);
  }

  it('names who made, stopped and ended a machine, newest first, also when it is gone', async () => {
    const id = await launched(ann);
    await call(bob, 'StopInstances', { InstanceIds: [id] });
    await call(yard, 'TerminateInstances', { InstanceIds: [id] });
    const account = '100000000001';
    expect((await yard.admin.machines()).some((machine) => machine.id === id)).toBe(false);
    const deeds = await trail([id, 'ins-00000000']);
    expect(deeds.map(({ machineId, who, what }) => [machineId, who, what])).toEqual([
      [id, `main account ${account}`, 'TerminateInstances'],
      [id, 'user bob', 'StopInstances'],
      [id, 'user ann', 'RunInstances'],
    ]);
    const times = deeds.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
    for (const at of times) expect(Math.abs(Date.parse(at) - clock.now().getTime())).toBeLessThan(60_000);
  });

  it('leaves out what failed, and what was done to others', async () => {
    const [mine, other] = [await launched(ann), await launched(ann)];
    await call(bob, 'StopInstances', { InstanceIds: [other] });
    await expect(call(bob, 'StartInstances', { InstanceIds: [mine] })).rejects.toThrow(/RUNNING|state/i);
    await yard.admin.putCredential({ ...bob, user: 'bob', policy: { version: '2.0', statement: [] } });
    await expect(call(bob, 'StopInstances', { InstanceIds: [mine] })).rejects.toThrow(/not authorized/);
    await yard.admin.putCredential({ ...bob, user: 'bob' });
    expect(await trail([mine])).toMatchObject([{ who: 'user ann', what: 'RunInstances' }]);
  });

  it('reads page after page to the end', async () => {
    const id = await launched(ann);
    const other = await launched(bob);
    for (let n = 0; n < 120; n += 1) {
      await call(bob, 'ModifyInstancesAttribute', { InstanceIds: [other], InstanceName: `other-${n}` });
    }
    const before = await asked();
    expect(await trail([id])).toMatchObject([{ machineId: id, who: 'user ann', what: 'RunInstances' }]);
    expect((await asked()) - before).toBeGreaterThan(2);
    const all = await trail([other]);
    expect(all.filter(({ what }) => what === 'ModifyInstancesAttribute')).toHaveLength(120);
  });

  it('waits for its turn before every further page', async () => {
    const id = await launched(ann);
    for (let n = 0; n < 160; n += 1) {
      await call(bob, 'ModifyInstancesAttribute', { InstanceIds: [id], InstanceName: `slow-${n}` });
    }
    const budgets = { 'describe-events': { most: 2, everyMs: SECOND, window: 'sliding' } } as const;
    const slow = await connect(secret, {
      ...manifest,
      rates: { ...manifest.rates, budgets: { ...manifest.rates.budgets, ...budgets } },
    });
    // One more than is sent: both count seconds, but not the same ones.
    await yard.admin.change({ rates: { '*': null, DescribeEvents: 3 } });
    const machines = [{ id, name: 'slow' }];
    const deeds = await slow.compute.trail({ region: REGION, machines, since: aWhileAgo() });
    await slow.close();
    expect(deeds).toHaveLength(161);
  });

  it('tells the newest where there is no time for more', async () => {
    const id = await launched(ann);
    for (let n = 0; n < 50; n += 1) {
      await call(bob, 'ModifyInstancesAttribute', { InstanceIds: [id], InstanceName: `mine-${n}` });
      // The trail counts in seconds: some must lie between its ends.
      if (n === 25) await pass(2 * SECOND);
    }
    const deadline = addMs(now(), 3 * SECOND);
    const deeds = await trail([id], aWhileAgo(), { deadline });
    expect(deeds).toHaveLength(50);
    expect(new Set(deeds.map(({ who }) => who))).toEqual(new Set(['user bob']));
  });

  it('begins where it is asked to, but for a minute, and asks nothing of a time to come', async () => {
    const id = await launched(ann);
    expect(await trail([id], addMs(now(), 30 * SECOND))).toHaveLength(1);
    const before = await asked();
    expect(await trail([id], addMs(now(), HOUR))).toEqual([]);
    expect(await asked()).toBe(before);
    await pass(2 * HOUR);
    expect(await trail([id], addMs(now(), -HOUR))).toEqual([]);
    expect(await trail([id], addMs(now(), -3 * HOUR))).toHaveLength(1);
  });

  it('knows nothing of what the cloud does not show yet, and knows it later', async () => {
    await yard.admin.change({ auditLagMs: HOUR });
    const id = await launched(ann);
    expect(await trail([id])).toEqual([]);
    await yard.admin.change({ auditLagMs: 0 });
    expect(await trail([id])).toHaveLength(1);
  });

  it('is refused without the right, which nothing else needs', async () => {
    const { version, statement } = await publishedPolicy();
    const without = statement.map((each) => ({
      ...each,
      action: each.action.filter((action) => !action.startsWith('cloudaudit:')),
    }));
    const key = { secretId: 'AKIDwithoutwithoutwithout', secretKey: 'withoutNeverARealSecretKey' };
    await yard.admin.putCredential({ ...key, policy: { version, statement: without } });
    const narrow = await connect(key);
    const query = { region: REGION, machines: [{ id: 'ins-00000000', name: 'any' }], since: aWhileAgo() };
    await expect(narrow.compute.trail(query)).rejects.toMatchObject({ code: 'permission-denied' });
    const { permissions } = await narrow.verify();
    expect(permissions.filter(({ granted }) => !granted)).toEqual([]);
    expect(permissions.length).toBeGreaterThan(10);
    await narrow.close();
  });

  async function asked(): Promise<number> {
    return (await yard.admin.calls()).filter(({ action }) => action === 'DescribeEvents').length;
  }
});
