import { HOUR, addMs, toInstant, type Instant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { collect, connectAccount, type Charge, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { putLeastKey } from '../../test/yard/alibaba/alibaba-conformance.js';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { manifest } from './index.js';

const DAY = 24 * HOUR;
const ROOMY = { burst: 10_000, perSecond: 10_000 };

describe.each(['acs3', 'rpc'] as const)('bills of Alibaba Cloud, over the wire by %s', (signature) => {
  const gate = loopbackGate();
  let yard: AlibabaYard;
  let client: CloudClient;
  let passedMs = 0;
  let launches = 0;

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 0, startingMs: 0, releaseMs: 0 } });
    const settings = {
      regions: [place().regionId],
      signature,
      endpoint: yard.endpoint,
      machineTypes: ['ecs.c7.large'],
      subnets: place().vswitches,
      securityGroups: [place().securityGroupId],
    };
    const context = { clock: systemClock, gate, log: silentLogger, account: 'bills' };
    const roomy = { ...manifest, rates: { read: ROOMY, mutate: ROOMY } };
    const policy = { readAttempts: 1 };
    client = await connectAccount(roomy, settings, await putLeastKey(yard), { ...context, policy });
  });
  beforeEach(async () => {
    await yard.admin.reset();
    passedMs = 0;
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function place() {
    const [region] = yard.regions;
    if (region === undefined) throw new Error('the yard has no region');
    return region;
  }

  function now(): number {
    return Date.now() + passedMs;
  }

  async function pass(ms: number): Promise<void> {
    passedMs += ms;
    await yard.admin.advance(ms);
  }

  /** Until so long after the next month begins in Beijing; negative: before. */
  async function passToMonthEnd(afterMs: number): Promise<Instant> {
    const today = new Date(now() + 8 * HOUR);
    const begins = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1) - 8 * HOUR;
    await pass(begins + afterMs - now());
    return toInstant(new Date(begins));
  }

  async function launch(count = 1): Promise<readonly string[]> {
    launches += 1;
    const token = `bill-${launches}`;
    const { items } = await client.compute.launch({
      token,
      region: place().regionId,
      zone: place().zones[0] ?? '',
      machineType: 'ecs.c7.large',
      purchaseOption: 'on-demand',
      count,
      minimum: count,
      namePrefix: token,
      image: place().imageId,
      securityGroups: [],
      ownership: { installation: 'bills', tenant: 'acme', intent: token, token },
      labels: {},
    });
    return items.map((item) => (item.outcome === 'accepted' ? item.machineId : ''));
  }

  async function charges(from: Instant, to: Instant): Promise<readonly Charge[]> {
    const { items, complete } = await collect(client.bills.listCharges({ from, to }));
    expect(complete).toBe(true);
    return items;
  }

  it('are what items cost after discounts and coupons and before vouchers, day by day over a month’s end', async () => {
    const percent = { billDiscountPercent: 15, billCouponPercent: 10, billVoucherPercent: 50 };
    await yard.admin.change(percent);
    const begins = await passToMonthEnd(-30 * HOUR);
    const [id = ''] = await launch();
    await pass(60 * HOUR);
    await yard.admin.release([id]);
    const found = await charges(addMs(begins, -DAY), addMs(begins, DAY));
    // 0.4412 an hour, and 40 GiB of disk at 0.0021, both less 15 % and then 10 %.
    const amounts = [
      { product: '云服务器 ECS 云服务器配置', amount: { currency: 'CNY', amount: '8.100432' } },
      { product: '云服务器 ECS 系统盘', amount: { currency: 'CNY', amount: '1.54224' } },
    ];
    const days = [addMs(begins, -DAY), begins];
    expect(found).toEqual(
      days.flatMap((from) =>
        amounts.map((each) => ({ resourceId: id, ...each, from, to: addMs(from, DAY) })),
      ),
    );
    expect(await charges(addMs(begins, -3 * DAY), addMs(begins, -2 * DAY))).toEqual([]);
  });

  it('are read page after page, each item once, and late ones when they are there', async () => {
    await yard.admin.change({ maxBillRows: 7, billLagMs: 2 * DAY });
    const from = toInstant(new Date(now()));
    const ids = await launch(20);
    await pass(HOUR);
    await yard.admin.release([...ids]);
    await pass(DAY);
    expect(await charges(from, addMs(from, 2 * HOUR))).toEqual([]);
    await pass(2 * DAY);
    const found = await charges(from, addMs(from, 2 * HOUR));
    // Two items, once more where midnight came between.
    expect(found.length).toBeGreaterThanOrEqual(40);
    expect(new Set(found.map(({ resourceId }) => resourceId))).toEqual(new Set(ids));
    const keys = found.map((charge) => `${charge.resourceId} ${charge.product} ${charge.from}`);
    expect(new Set(keys).size).toBe(found.length);
    const calls = (await yard.admin.calls()).filter(({ action }) => action === 'DescribeInstanceBill');
    expect(calls.length).toBeGreaterThanOrEqual(6);
  });

  it('need a right of their own, without which the account is still well', async () => {
    const fault = { operation: 'bssopenapi:DescribeInstanceBill', kind: 'error', status: 400 } as const;
    await yard.admin.addFaults({ ...fault, code: 'NotAuthorized', times: 2 });
    expect((await client.verify()).permissions.every(({ granted }) => granted)).toBe(true);
    const from = toInstant(new Date(now()));
    await expect(charges(from, addMs(from, HOUR))).rejects.toMatchObject({
      code: 'permission-denied',
      effect: 'none',
    });
  });
});
