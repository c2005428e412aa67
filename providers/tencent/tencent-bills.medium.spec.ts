import { HOUR, MINUTE, addMs, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { createEndpointGate, silentLogger, systemClock, type EndpointGate } from '@springtide/platform';
import { collect, connectAccount, type Charge, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import { startTencentYard, type TencentYard } from '../../test/yard/tencent/tencent-yard.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const DAY = 24 * HOUR;
const secret = { secretId: 'AKIDbillsbillsbillsbillsbills', secretKey: 'yardBillsNeverARealSecretKey0' };

describe('bills of Tencent Cloud, over the wire', () => {
  const gate = loopbackGate();
  let yard: TencentYard;
  let client: CloudClient;
  let connect: (through: EndpointGate, endpoints?: object) => Promise<CloudClient>;
  let passedMs = 0;
  let launches = 0;

  /** The cloud's time; calls are signed with the system's. */
  const clock: Clock = {
    now: () => new Date(Date.now() + passedMs),
    sleep: (ms) => systemClock.sleep(ms),
  };

  beforeAll(async () => {
    const settings = { bootMs: 0, terminateMs: 0, rates: { '*': null } };
    yard = await startTencentYard({ settings });
    await yard.admin.putCredential({ ...secret, policy: await publishedPolicy() });
    const context = { account: 'bills', clock, log: silentLogger, policy: { readAttempts: 1 } };
    const open = { most: 10_000, everyMs: MINUTE, window: 'sliding' } as const;
    const roomy = { ...manifest, rates: { read: open, mutate: open } };
    connect = (through, endpoints = {}) => {
      const usual = yardSettings(yard.endpoint, yard);
      const settings = { ...usual, endpoints: { ...(usual['endpoints'] as object), ...endpoints } };
      return connectAccount(roomy, settings, secret, { ...context, gate: through });
    };
    client = await connect(gate);
  });
  afterEach(async () => {
    await yard.admin.clearFaults();
    await yard.admin.change({ billLagMs: 0, billTotalShort: 0, discountPercent: 100, voucherPercent: 0 });
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  async function pass(ms: number): Promise<void> {
    passedMs += ms;
    await yard.admin.passTime(ms);
    await yard.admin.change({ clockOffsetMs: -passedMs });
  }

  /** Until so long after the next month begins in Beijing; negative: before. */
  async function passToMonthEnd(afterMs: number): Promise<Instant> {
    const now = new Date(clock.now().getTime() + 8 * HOUR);
    const begins = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - 8 * HOUR;
    await pass(begins + afterMs - clock.now().getTime());
    return toInstant(new Date(begins));
  }

  async function launch(count = 1): Promise<readonly string[]> {
    launches += 1;
    const token = `bill-${launches}`;
    const region = yard.regions[REGION];
    const { items } = await client.compute.launch({
      token,
      region: REGION,
      zone: region?.zones[0] ?? '',
      machineType: 'S5.LARGE8',
      purchaseOption: 'on-demand',
      count,
      minimum: count,
      namePrefix: token,
      image: region?.imageId ?? '',
      securityGroups: [region?.securityGroupId ?? ''],
      ownership: { installation: 'bills', tenant: 'acme', intent: token, token },
      labels: {},
    });
    return items.map((item) => (item.outcome === 'accepted' ? item.machineId : ''));
  }

  async function end(ids: readonly string[]): Promise<void> {
    await client.compute.terminate(ids, { region: REGION });
  }

  async function charges(ids: readonly string[], from: Instant, to: Instant): Promise<readonly Charge[]> {
    const { items, complete } = await collect(client.bills.listCharges({ from, to }));
    expect(complete).toBe(true);
    return items.filter(({ resourceId }) => ids.includes(resourceId));
  }

  it('come to the price that the size was offered at, disk included', async () => {
    const begins = await passToMonthEnd(0);
    const ids = await launch();
    await pass(3 * HOUR);
    await end(ids);
    const hour = (n: number) => addMs(begins, n * HOUR);
    const [whole] = await charges(ids, hour(1), hour(2));
    const { items } = await collect(client.compute.listOfferings({ region: REGION }));
    const offered = items.find(
      (each) => each.machineType === 'S5.LARGE8' && each.purchaseOption === 'on-demand',
    );
    expect(whole?.amount).toEqual({ currency: 'CNY', amount: '0.465' });
    expect(offered?.pricePerHour).toEqual(whole?.amount);
  });

  it('are what machines cost after discounts and before vouchers, in both months of a span', async () => {
    await yard.admin.change({ discountPercent: 85, voucherPercent: 40 });
    const begins = await passToMonthEnd(-2 * HOUR);
    const ids = await launch();
    await pass(4 * HOUR);
    await end(ids);
    await pass(2 * HOUR);
    const found = await charges(ids, addMs(begins, -3 * HOUR), addMs(begins, 3 * HOUR));
    const hour = (n: number) => addMs(begins, n * HOUR);
    // 0.44 yuan an hour and 0.025 for 50 GiB of disk, 15 % off.
    const whole = { currency: 'CNY', amount: '0.39525' };
    const product = '云服务器CVM';
    expect(found.find(({ from }) => from === hour(-1))).toEqual({
      ...{ resourceId: ids[0], product, from: hour(-1), to: hour(0) },
      amount: whole,
    });
    expect(found.find(({ from }) => from === hour(0))).toEqual({
      ...{ resourceId: ids[0], product, from: hour(0), to: hour(1) },
      amount: whole,
    });
    expect(found.length).toBeGreaterThanOrEqual(4);
    const touching = await charges(ids, hour(0), addMs(hour(0), MINUTE));
    expect(touching.map(({ from }) => from)).toEqual([hour(0)]);
  });

  it('are read past a total that is too low, page after page, each row once', async () => {
    const from = toInstant(clock.now());
    const ids = await launch(26);
    await pass(26 * HOUR);
    await end(ids);
    await pass(DAY);
    await yard.admin.change({ billTotalShort: 500 });
    const before = (await yard.admin.calls()).length;
    const found = await charges(ids, from, toInstant(clock.now()));
    const calls = (await yard.admin.calls()).slice(before).filter(({ outcome }) => outcome === 'ok');
    // More rows than two pages hold.
    expect(calls.length).toBeGreaterThanOrEqual(3);
    expect(found.length).toBeGreaterThanOrEqual(26 * 26);
    expect(new Set(found.map((charge) => `${charge.resourceId} ${charge.from}`)).size).toBe(found.length);
  });

  it('are not taken for whole when the cloud cuts the list short', async () => {
    const from = toInstant(clock.now());
    const ids = await launch(26);
    await pass(13 * HOUR);
    await end(ids);
    await pass(2 * HOUR);
    await yard.admin.addFault({ action: 'DescribeBillDetail', kind: 'short-list' });
    const reading = charges(ids, from, toInstant(clock.now()));
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', effect: 'none', retry: 'same' });
  });

  it('come late, and a bill that is not ready is read again later', async () => {
    await yard.admin.change({ billLagMs: DAY });
    const from = toInstant(clock.now());
    const ids = await launch();
    await pass(2 * HOUR);
    await end(ids);
    const to = toInstant(clock.now());
    await pass(HOUR);
    expect(await charges(ids, from, to)).toEqual([]);
    await pass(DAY);
    expect((await charges(ids, from, to)).length).toBeGreaterThanOrEqual(2);
    for (const code of ['FailedOperation.SummaryDataNotReady', 'FailedOperation.QueryCountFailed']) {
      await yard.admin.addFault({ action: 'DescribeBillDetail', kind: 'error', code });
      await expect(charges(ids, from, to)).rejects.toMatchObject({
        code: 'unavailable',
        effect: 'none',
        retry: 'same',
      });
    }
  });

  it('may be out of reach without keeping anything else from working', async () => {
    const { host } = new URL(yard.endpoint);
    const narrow = createEndpointGate({ openHostPorts: [host], privateRanges: [] });
    const cutOff = await connect(narrow, { billing: 'http://127.0.0.1:9' });
    const from = toInstant(clock.now());
    const reading = collect(cutOff.bills.listCharges({ from, to: addMs(from, HOUR) }));
    await expect(reading).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
    expect((await collect(cutOff.compute.list({ region: REGION }))).complete).toBe(true);
    await cutOff.close();
  });

  it('need a right of their own, without which the account is still well', async () => {
    const { statement, ...policy } = await publishedPolicy();
    const right = 'finance:DescribeBillDetail';
    const less = statement.map((part) => ({ ...part, action: part.action.filter((name) => name !== right) }));
    await yard.admin.putCredential({ ...secret, policy: { ...policy, statement: less } });
    const { permissions } = await client.verify();
    expect(permissions.every(({ granted }) => granted)).toBe(true);
    const from = toInstant(clock.now());
    const reading = charges([], from, addMs(from, HOUR));
    await expect(reading).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
  });
});
