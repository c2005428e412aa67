import { silentLogger, systemClock, type Logger } from '@springtide/platform';
import { collect, connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import type { AccessKey } from '../../test/yard/alibaba/wire/access-desk.js';
import { manifest } from './index.js';

const MACHINE_TYPE = 'ecs.c7.large';
const FAST = { pendingMs: 20, startingMs: 20, stoppingMs: 10, releaseMs: 10 };
const INSTALLATION = 'medium-spec';
const gate = loopbackGate();
const clients: CloudClient[] = [];
let yard: AlibabaYard;

beforeAll(async () => {
  yard = await startAlibabaYard({ settings: FAST });
});
beforeEach(() => yard.admin.reset());
afterAll(async () => {
  for (const each of clients) await each.close();
  await gate.close();
  await yard.stop();
});

function place() {
  const [region] = yard.regions;
  if (region === undefined) throw new Error('the yard has no region');
  const [zone = ''] = region.zones;
  return { region: region.regionId, zone, seed: region };
}

async function connect(
  options: Readonly<{ key?: AccessKey; signature?: 'acs3' | 'rpc'; log?: Logger; settings?: object }> = {},
): Promise<CloudClient> {
  const { region, seed } = place();
  const settings = {
    regions: [region],
    signature: options.signature ?? 'acs3',
    endpoint: yard.endpoint,
    machineTypes: [MACHINE_TYPE, 'ecs.g7.large'],
    subnets: seed.vswitches,
    securityGroups: [seed.securityGroupId],
    ...options.settings,
  };
  const { key } = options;
  const secret =
    key === undefined
      ? { accessKeyId: yard.accessKeyId, accessKeySecret: yard.accessKeySecret }
      : {
          accessKeyId: key.accessKeyId,
          accessKeySecret: key.secret,
          ...(key.securityToken === undefined ? {} : { securityToken: key.securityToken }),
        };
  const log = options.log ?? silentLogger;
  const opened = await connectAccount(
    { ...manifest, rates: { read: ROOMY, mutate: ROOMY } },
    settings,
    secret,
    { clock: systemClock, gate, log, account: 'medium-spec' },
  );
  clients.push(opened);
  return opened;
}

const ROOMY = { burst: 10_000, perSecond: 10_000 };
let batches = 0;

function batch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
  const { region, zone, seed } = place();
  batches += 1;
  const token = `token-${batches}`;
  return {
    token,
    region,
    zone,
    machineType: MACHINE_TYPE,
    purchaseOption: 'on-demand',
    count: 1,
    minimum: 1,
    namePrefix: `web-${batches}`,
    image: seed.imageId,
    securityGroups: [],
    ownership: { installation: INSTALLATION, tenant: 'post', intent: 'int-big', token },
    labels: {},
    ...changes,
  };
}

async function listed(client: CloudClient): Promise<readonly string[]> {
  const scope = { region: place().region, ownedBy: INSTALLATION };
  const { items, complete } = await collect(client.compute.list(scope));
  expect(complete).toBe(true);
  return items.map(({ id }) => id);
}

describe('machines beyond the end of the tag filter', () => {
  it('are all listed and all found, each once', async () => {
    const client = await connect();
    const ids: string[] = [];
    for (let n = 0; n < 11; n += 1) {
      const { items } = await client.compute.launch(batch({ count: 100, minimum: 100 }));
      for (const item of items) if (item.outcome === 'accepted') ids.push(item.machineId);
    }
    expect(new Set(ids).size).toBe(1_100);
    expect((await listed(client)).toSorted()).toEqual(ids.toSorted());
    const found = await client.compute.findByIntent({ intent: 'int-big', region: place().region });
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const calls = await yard.admin.calls();
    expect(calls.some(({ action }) => action === 'ListTagResources')).toBe(true);
  }, 60_000);
});

describe('capacity that the cloud keeps for the account', () => {
  const HOUR = 3_600_000;
  const kept = { machineType: MACHINE_TYPE, machines: 3 };
  const read = async (client: CloudClient) =>
    await client.compute.listReservations({ region: place().region });

  it.each(['acs3', 'rpc'] as const)(
    'is read to the last page from both products that keep it, by %s',
    async (signature) => {
      const client = await connect({ signature });
      const { region, zone } = place();
      expect(await read(client)).toEqual([]);
      for (let n = 0; n < 101; n += 1) await yard.admin.keepPool({ ...kept, zone });
      const assured = await yard.admin.keepPool({ ...kept, zone, kind: 'assurance', endsInMs: HOUR });
      const later = await yard.admin.keepPool({ ...kept, zone, beginsInMs: HOUR, endsInMs: 2 * HOUR });
      const found = await read(client);
      expect(found).toHaveLength(103);
      const common = { region, zone, machineType: MACHINE_TYPE, machines: 3, free: 3 };
      expect(found.find(({ id }) => id === assured.id)).toMatchObject(common);
      const then = found.find(({ id }) => id === later.id);
      expect(Date.parse(then?.startsAt ?? '')).toBeGreaterThan(Date.now());
      expect(Date.parse(then?.endsAt ?? '') - Date.parse(then?.startsAt ?? '')).toBe(HOUR);
      expect(found.filter(({ endsAt }) => endsAt === undefined)).toHaveLength(101);
    },
    30_000,
  );

  it('is not counted where our launches cannot take it', async () => {
    const client = await connect();
    const { zone } = place();
    await yard.admin.keepPool({ ...kept, zone, open: false });
    await yard.admin.keepPool({ ...kept, zone, platform: 'windows' });
    await yard.admin.keepPool({ ...kept, zone, kind: 'assurance', hours: [8, 20] });
    await yard.admin.keepPool({ ...kept, zone, endsInMs: 1_000 });
    await yard.admin.advance(2_000);
    expect(await read(client)).toEqual([]);
  });

  it('is what launches take first, also where everybody else finds nothing; spot machines take none of it', async () => {
    const client = await connect();
    const { zone } = place();
    await yard.admin.keepPool({ ...kept, zone });
    await yard.admin.setStock(zone, MACHINE_TYPE, 1);
    const spot = batch({ count: 2, minimum: 2, purchaseOption: 'spot' });
    await expect(client.compute.launch(spot)).rejects.toMatchObject({ code: 'insufficient-capacity' });
    const { items } = await client.compute.launch(batch({ count: 4, minimum: 4 }));
    expect(items.map(({ outcome }) => outcome)).toEqual(Array(4).fill('accepted'));
    expect((await read(client)).map(({ machines, free }) => [machines, free])).toEqual([[3, 0]]);
    await yard.admin.release((await yard.admin.machines()).map(({ id }) => id));
    expect((await read(client)).map(({ free }) => free)).toEqual([3]);
  });

  it('is an error where the right to read it is missing, never an empty list', async () => {
    const key = {
      accessKeyId: 'LTAI5tReadOnlyYard00',
      secret: 'secret-of-a-reader',
      allowedActions: ['ecs:DescribeInstances'],
    };
    await yard.admin.putKey(key);
    const client = await connect({ key });
    await expect(read(client)).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
  });
});

describe('a launch that is tried', () => {
  it.each(['acs3', 'rpc'] as const)(
    'makes nothing, and says what the cloud would say, by %s',
    async (signature) => {
      const client = await connect({ signature });
      const userData = '#cloud-config\n';
      await client.compute.tryLaunch(batch({ count: 50, minimum: 50, userData }));
      await yard.admin.setStock(place().zone, MACHINE_TYPE, 3);
      await client.compute.tryLaunch(batch({ count: 3, minimum: 3 }));
      await expect(client.compute.tryLaunch(batch({ count: 4, minimum: 4 }))).rejects.toMatchObject({
        code: 'insufficient-capacity',
        effect: 'none',
      });
      await expect(client.compute.tryLaunch(batch({ image: 'm-nowhere' }))).rejects.toMatchObject({
        code: 'not-found',
      });
      expect(await yard.admin.machines()).toEqual([]);
    },
  );
});

describe('user data', () => {
  it.each(['acs3', 'rpc'] as const)('of any allowed length arrives whole, by %s', async (signature) => {
    const userData = `#cloud-config\n# ${'双十一 * '.repeat(1_500)}\n`;
    await (await connect({ signature })).compute.launch(batch({ userData }));
    const [machine] = await yard.admin.machines();
    expect(Buffer.from(machine?.userData ?? '', 'base64').toString('utf8')).toBe(userData);
  });
});

describe('a time-to-live', () => {
  it('is set for all that are there, whatever became of the others', async () => {
    const client = await connect();
    const { region } = place();
    const { items } = await client.compute.launch(batch({ count: 3 }));
    const ids = items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
    await yard.admin.release(ids.slice(0, 1));
    const at = new Date(Date.now() + 2 * 3_600_000).toISOString();
    await client.compute.setReleaseTime(ids, { region }, at);
    const left = await yard.admin.machines();
    expect(left.map(({ autoReleaseAt }) => autoReleaseAt !== undefined)).toEqual([true, true]);
  });
});

describe('offerings', () => {
  it('leave out the zones for which the account has no vSwitch', async () => {
    const { region, seed } = place();
    const [, zone = ''] = seed.zones;
    const zonesWith = async (subnets: object): Promise<readonly string[]> => {
      const client = await connect({ settings: { subnets } });
      const { items } = await collect(client.compute.listOfferings({ region }));
      return [...new Set(items.map((offering) => offering.zone))].toSorted();
    };
    expect(await zonesWith({ [zone]: seed.vswitches[zone] })).toEqual([zone]);
    expect(await zonesWith({})).toEqual(seed.zones.toSorted());
  });

  it('have a price per zone and way of buying, and stay listed when the zone is sold out', async () => {
    const client = await connect();
    const { region, zone } = place();
    await yard.admin.setStock(zone, MACHINE_TYPE, 0);
    const { items } = await collect(client.compute.listOfferings({ region }));
    const ours = items.filter((each) => each.machineType === MACHINE_TYPE && each.zone === zone);
    const onDemand = ours.find(({ purchaseOption }) => purchaseOption === 'on-demand');
    const spot = ours.find(({ purchaseOption }) => purchaseOption === 'spot');
    expect(onDemand).toMatchObject({ stock: { level: 'none' }, pricePerHour: { currency: 'CNY' }, vcpu: 2 });
    expect(Number(spot?.pricePerHour?.amount)).toBeGreaterThan(0);
    expect(Number(spot?.pricePerHour?.amount)).toBeLessThan(Number(onDemand?.pricePerHour?.amount));
    const before = (await yard.admin.calls()).filter(({ action }) => action === 'DescribePrice').length;
    await collect(client.compute.listOfferings({ region }));
    const after = (await yard.admin.calls()).filter(({ action }) => action === 'DescribePrice').length;
    expect([before, after - before]).toEqual([2, 0]);
  });

  it('have no price while the price interface is throttled, and do not fail for it', async () => {
    const client = await connect();
    await yard.admin.addFaults({ operation: 'ecs:DescribePrice', kind: 'throttle', times: 20 });
    const { items, complete } = await collect(client.compute.listOfferings({ region: place().region }));
    expect(complete).toBe(true);
    const onDemand = items.filter(({ purchaseOption }) => purchaseOption === 'on-demand');
    expect(onDemand.length).toBeGreaterThan(0);
    expect(onDemand.every(({ pricePerHour }) => pricePerHour === undefined)).toBe(true);
  });
});

describe('spot', () => {
  it('is bought as spot, and a machine that the cloud takes back is gone', async () => {
    const client = await connect();
    const { items } = await client.compute.launch(batch({ purchaseOption: 'spot' }));
    const [item] = items;
    if (item?.outcome !== 'accepted') throw new Error('refused');
    const { region } = place();
    const seen = (await client.compute.describe([item.machineId], { region })).get(item.machineId);
    expect(seen).toMatchObject({ purchaseOption: 'spot' });
    await yard.admin.change({ spotNoticeMs: 0 });
    await yard.admin.advance(1_000);
    await yard.admin.reclaim([item.machineId]);
    await yard.admin.advance(1_000);
    expect((await client.compute.describe([item.machineId], { region })).get(item.machineId)).toBe('gone');
  });
});

describe('notice of a spot machine that is taken back', () => {
  it('is told while the machine still runs', async () => {
    const client = await connect();
    const { items } = await client.compute.launch(batch({ purchaseOption: 'spot' }));
    const [item] = items;
    if (item?.outcome !== 'accepted') throw new Error('refused');
    const { region } = place();
    const look = async () =>
      (await client.compute.describe([item.machineId], { region })).get(item.machineId);
    await yard.admin.change({ spotNoticeMs: 300_000 });
    await yard.admin.advance(1_000);
    expect(await look()).not.toHaveProperty('notice');
    await yard.admin.reclaim([item.machineId]);
    expect(await look()).toMatchObject({ state: 'running', notice: 'Recycling' });
  });
});

describe('what outlives a machine', () => {
  it('is found by the intent, of every kind, and can be released', async () => {
    const client = await connect();
    const order = batch();
    const { region } = place();
    const { items } = await client.compute.launch(order);
    const [item] = items;
    if (item?.outcome !== 'accepted') throw new Error('refused');
    await yard.admin.advance(1_000);
    const tags = { 'springtide:intent': order.ownership.intent };
    const [eip, nic] = [
      await yard.admin.createEip(item.machineId, tags),
      await yard.admin.createInterface(item.machineId, tags),
    ];
    await yard.admin.release([item.machineId]);
    const query = { region, machineIds: [item.machineId], intent: order.ownership.intent };
    const left = await client.compute.listSatellites(query);
    expect(left.map(({ kind, id }) => `${kind} ${id}`).toSorted()).toEqual([
      `address ${eip.id}`,
      `network-interface ${nic.id}`,
    ]);
    for (const satellite of left) await client.compute.releaseSatellite(satellite);
    expect(await client.compute.listSatellites(query)).toEqual([]);
  });
});

describe('an account', () => {
  it('works with a lent key and its token, by both signatures, until it expires', async () => {
    const key = {
      accessKeyId: 'STS.LentLentLentLent',
      secret: 'lentSecret000000',
      securityToken: 'the-token-that-came-with-it',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    };
    await yard.admin.putKey(key);
    for (const signature of ['acs3', 'rpc'] as const) {
      const client = await connect({ key, signature });
      expect((await client.compute.launch(batch())).items).toMatchObject([{ outcome: 'accepted' }]);
    }
    await yard.admin.putKey({ ...key, expiresAt: new Date(Date.now() - 1_000).toISOString() });
    const expired = await connect({ key });
    await expect(expired.compute.launch(batch())).rejects.toMatchObject({
      code: 'unauthenticated',
      effect: 'none',
    });
  });

  it('shows which permission is missing instead of failing', async () => {
    const key = {
      accessKeyId: 'LTAI5tReaderReader00',
      secret: 'readerSecret0000',
      allowedActions: [
        'ecs:Describe*',
        'vpc:Describe*',
        'ecs:ListTagResources',
        'sts:*',
        'bssopenapi:Query*',
      ],
    };
    await yard.admin.putKey(key);
    const { permissions } = await (await connect({ key })).verify();
    const missing = permissions.filter(({ granted }) => !granted).map(({ action }) => action);
    expect(missing).toEqual(['ecs:RunInstances', 'ecs:DeleteInstances', 'ecs:DeleteDisk']);
  });

  it('is warned of before its balance runs out', async () => {
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
    await yard.admin.change({ balance: '250.00' });
    expect((await (await connect({ log })).verify()).balance).toEqual({ currency: 'CNY', amount: '250' });
    expect(warnings).toEqual([expect.stringContaining('250 CNY left')]);
    await yard.admin.change({ balance: '10.00' });
    await expect((await connect()).compute.launch(batch())).rejects.toMatchObject({ code: 'balance' });
  });

  it('does not buy where the vSwitch has no address left', async () => {
    const { zone, seed } = place();
    await yard.admin.occupyAddresses(seed.vswitches[zone] ?? '', 10_000_000);
    await expect((await connect()).compute.launch(batch())).rejects.toMatchObject({
      code: 'subnet-exhausted',
      effect: 'none',
    });
  });
});
