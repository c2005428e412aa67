import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE, addMs, toInstant, type Clock } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { manifest } from '../../providers/alibaba/index.js';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { STANDARD_EFFECTS } from './effects-policy.js';
import type { LaunchRequest } from './launch.js';
import { EffectLedger } from './ledger.service.js';
import { MachineLife } from './machine-life.service.js';
import { ACCOUNT, POOL, PRICE, TENANT, aMandate } from './testing/effect-fixtures.js';

const MACHINE_TYPE = 'ecs.c7.large';
const { leaseMs, timerMarginMs, timerLeastMs } = STANDARD_EFFECTS;

/** Against a cloud that speaks Alibaba Cloud's wire, with the published limits of its timers. */
describe('the lease in the cloud itself', () => {
  const gate = loopbackGate();
  const store = new MemoryEffectStore();
  let aheadMs = 0;
  const clock: Clock = {
    now: () => new Date(systemClock.now().getTime() + aheadMs),
    sleep: async (ms) => systemClock.sleep(ms),
  };
  const now = () => toInstant(clock.now());
  let yard: AlibabaYard;
  let client: CloudClient;

  beforeAll(async () => {
    const settings = { pendingMs: 20, startingMs: 20, stoppingMs: 10, releaseMs: 10 };
    yard = await startAlibabaYard({ settings, firstOctet: 84 });
    client = await connect();
  });
  beforeEach(async () => {
    await yard.admin.reset();
    aheadMs = 0;
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function seed() {
    const [region] = yard.regions;
    if (region === undefined) throw new Error('the yard has no region');
    return region;
  }

  async function connect(): Promise<CloudClient> {
    const { regionId, vswitches, securityGroupId } = seed();
    const settings = {
      regions: [regionId],
      endpoint: yard.endpoint,
      machineTypes: [MACHINE_TYPE],
      subnets: vswitches,
      securityGroups: [securityGroupId],
    };
    const secret = { accessKeyId: yard.accessKeyId, accessKeySecret: yard.accessKeySecret };
    // The cloud's watch goes on as ours does; only the life of its machines is moved.
    const context = { clock: systemClock, gate, log: silentLogger, account: 'timers' };
    return await connectAccount(manifest, settings, secret, context);
  }

  /** One process's view; a new one shares nothing with it but memory and cloud. */
  function process(): Readonly<{ ledger: EffectLedger; life: MachineLife }> {
    const ledger = new EffectLedger({
      store,
      clouds: { open: async () => await Promise.resolve(client) },
      clock,
      newId: () => randomUUID(),
      installation: 'timers',
      policy: STANDARD_EFFECTS,
      log: silentLogger,
    });
    return { ledger, life: new MachineLife(ledger) };
  }

  /** An armed run with one batch to buy. */
  async function ordered(): Promise<LaunchRequest> {
    const { ledger } = process();
    const runId = randomUUID();
    const mandate = await ledger.openMandate(aMandate({ runId, validUntil: addMs(now(), 48 * HOUR) }));
    await ledger.takeFence(TENANT, runId, 'the run');
    return request(runId, mandate.id);
  }

  async function bought(): Promise<LaunchRequest> {
    const order = await ordered();
    expect(await process().ledger.launch(order)).toMatchObject({ status: 'settled', accepted: 5 });
    return order;
  }

  function request(runId: string, mandateId: string): LaunchRequest {
    const { regionId: region, zones, imageId: image } = seed();
    const [zone = ''] = zones;
    const place = {
      tenantId: TENANT,
      runId,
      campaignId: null,
      step: 'provision',
      batch: 0,
      accountId: ACCOUNT,
    };
    const spec = {
      zone,
      machineType: MACHINE_TYPE,
      purchaseOption: 'on-demand',
      image,
      subnet: null,
    } as const;
    return {
      ...place,
      region,
      service: 'storefront',
      poolId: POOL,
      mandateId,
      spec: {
        ...spec,
        securityGroups: [],
        namePrefix: `st-${runId.slice(0, 8)}`,
        userData: null,
        labels: {},
      },
      count: 5,
      pricePerHour: PRICE,
      minimumBillingSeconds: 60,
      plannedHours: 12,
      releaseBy: addMs(now(), leaseMs),
      fence: 1,
    };
  }

  async function pass(ms: number): Promise<void> {
    aheadMs += ms;
    await yard.admin.advance(ms);
  }

  async function alive(): Promise<number> {
    return (await yard.admin.machines()).length;
  }

  async function callsOf(wanted: string): Promise<number> {
    return (await yard.admin.calls()).filter(({ action }) => action === wanted).length;
  }

  it('ends everything that was bought when nobody is left to do it', async () => {
    await bought();
    await pass(leaseMs + timerMarginMs - 2 * MINUTE);
    expect(await alive()).toBe(5);
    // From here on nothing of Springtide is asked: the yard's own clock alone brings the machines to their end.
    await pass(4 * MINUTE);
    expect(await alive()).toBe(0);
  });

  it('keeps everything through a long hold, with few calls, and ends it after the last renewal', async () => {
    const { runId } = await bought();
    for (let passed = 0; passed < 12 * HOUR; passed += 10 * MINUTE) {
      await pass(10 * MINUTE);
      const until = addMs(now(), leaseMs);
      expect(await process().life.renewLeases(TENANT, runId, 1, until)).toEqual([]);
      expect(await alive()).toBe(5);
    }
    expect(await callsOf('ModifyInstanceAutoReleaseTime')).toBe(
      5 * Math.floor((12 * HOUR) / (timerMarginMs - timerLeastMs)),
    );
    await pass(leaseMs + timerMarginMs + 2 * MINUTE);
    expect(await alive()).toBe(0);
  }, 60_000);

  it('takes a batch whose answer was lost back under its token, though the lease was renewed meanwhile', async () => {
    const order = await ordered();
    await yard.admin.change({ readLagMs: 5_000 });
    await yard.admin.addFaults({ operation: 'RunInstances', kind: 'lost-answer' });
    expect(await process().ledger.launch(order)).toMatchObject({ status: 'unknown' });
    await process().life.renewLeases(TENANT, order.runId, 1, addMs(now(), 2 * HOUR));
    // Not to be seen yet, so the token goes out again; the cloud refuses one that comes with another time.
    expect(await process().ledger.launch(order)).toMatchObject({ status: 'settled', accepted: 5 });
    expect([await callsOf('RunInstances'), await alive()]).toEqual([2, 5]);
  });
});
