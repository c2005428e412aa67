import { MINUTE, addMs, toInstant, type Instant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type Deed } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { startAwsYard, type AwsYard } from '../../test/yard/aws/aws-yard.js';
import { DEFAULT_SETTINGS } from '../../test/yard/aws/cloud-book.js';
import { publishedPolicy } from '../../test/yard/aws/rights.js';
import { callEc2 } from '../../test/yard/aws/signed-call.js';
import { orReason, yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const TYPE = 'c6i.large';
/** The machine may be busy with other things. */
const PATIENCE_MS = 120_000;
/** The real limit of the look-up, and none of the calls that the tests themselves send. */
const rates = { LookupEvents: DEFAULT_SETTINGS.rates['LookupEvents'] ?? { burst: 1, perSecond: 1 } };

const yard = await orReason(
  publishedPolicy().then((policy) =>
    startAwsYard({ policy, settings: { bootDelayMs: 0, terminateDelayMs: 0, rates } }),
  ),
);
const runs = yardLane('aws trail', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('the trail of AWS', () => {
  const aws = yard as AwsYard;
  const gate = loopbackGate();
  const [zone = ''] = aws.zones;
  let client: CloudClient;
  let fleets: CloudClient;

  beforeAll(async () => {
    client = await connect('run-instances');
    fleets = await connect('fleet');
  }, PATIENCE_MS);
  afterAll(async () => {
    for (const each of [client, fleets]) await each.close();
    await gate.close();
    await aws.stop();
  }, PATIENCE_MS);

  async function connect(launch: string): Promise<CloudClient> {
    const settings = {
      ...{ regions: [aws.region], endpoint: aws.endpoint, machineTypes: [TYPE], subnets: aws.subnets },
      launch,
    };
    const secret = { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
    return connectAccount(manifest, settings, secret, {
      ...{ account: launch, clock: systemClock, gate, log: silentLogger },
    });
  }

  const ago = (ms: number): Instant => addMs(toInstant(new Date()), -ms);
  const trail = (ids: readonly string[], since = ago(MINUTE)): Promise<readonly Deed[]> =>
    client.compute.trail({ region: aws.region, machines: ids.map((id) => ({ id, name: id })), since });
  const told = (deeds: readonly Deed[]) => deeds.map(({ machineId, who, what }) => [machineId, who, what]);

  /** In the colleague's name, past the provider. */
  async function colleague(params: Readonly<Record<string, string>>) {
    const { status, root } = await callEc2(aws, aws.colleague, params);
    if (status >= 300) throw new Error(`the yard refused ${params['Action']}: ${root.toString()}`);
    return root;
  }

  async function launchOutside(count: number): Promise<readonly string[]> {
    const order = { ImageId: aws.imageId, InstanceType: TYPE, SubnetId: aws.subnets[zone] ?? '' };
    const numbers = { MinCount: String(count), MaxCount: String(count) };
    const root = await colleague({ Action: 'RunInstances', ...order, ...numbers });
    return root.list('instancesSet').map((instance) => instance.textAt('instanceId'));
  }

  it(
    'names who made, stopped and ended a machine, newest first, also when it is gone, and nobody else’s deeds',
    async () => {
      const [id = '', other = ''] = await launchOutside(2);
      expect(told(await trail([id]))).toEqual([[id, 'colleague', 'RunInstances']]);
      await colleague({ Action: 'StopInstances', 'InstanceId.1': id });
      await colleague({ Action: 'StartInstances', 'InstanceId.1': other });
      await colleague({ Action: 'TerminateInstances', 'InstanceId.1': id });
      expect(await client.compute.describe([id], { region: aws.region })).toEqual(new Map([[id, 'gone']]));

      const deeds = await trail([id, 'i-00000000000000000']);
      expect(told(deeds)).toEqual([
        [id, 'colleague', 'TerminateInstances'],
        [id, 'colleague', 'StopInstances'],
        [id, 'colleague', 'RunInstances'],
      ]);
      for (const { at } of deeds) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(MINUTE);
      expect(told(await trail([other]))).toEqual([
        [other, 'colleague', 'StartInstances'],
        [other, 'colleague', 'RunInstances'],
      ]);
      // Only what is younger than that, less a minute for clocks.
      expect(await trail([id], ago(-10 * MINUTE))).toEqual([]);
      expect(await trail([id], ago(-10_000))).toHaveLength(3);
    },
    PATIENCE_MS,
  );

  it(
    'knows nothing of what was refused',
    async () => {
      const [id = ''] = await launchOutside(1);
      const dry = await callEc2(aws, aws.colleague, {
        Action: 'TerminateInstances',
        DryRun: 'true',
        'InstanceId.1': id,
      });
      const owner = { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
      // The published policy lacks the right to stop machines.
      const stop = await callEc2(aws, owner, { Action: 'StopInstances', 'InstanceId.1': id });
      expect([dry.status, stop.status]).toEqual([412, 403]);
      expect(told(await trail([id]))).toEqual([[id, 'colleague', 'RunInstances']]);
    },
    PATIENCE_MS,
  );

  it.each(['RunInstances', 'CreateFleet'])(
    'tells our own deeds as ours, launched by %s',
    async (action) => {
      const launched = await (action === 'CreateFleet' ? fleets : client).compute.launch({
        ...{ token: action, region: aws.region, zone, machineType: TYPE, purchaseOption: 'on-demand' },
        ...{ count: 1, minimum: 1, namePrefix: 'own', image: aws.imageId, labels: {} },
        securityGroups: [aws.securityGroupId],
        ownership: { installation: 'trail', tenant: 'acme', intent: `intent-${action}`, token: action },
      });
      const ids = launched.items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
      await client.compute.terminate(ids, { region: aws.region });
      expect(told(await trail(ids))).toEqual([
        [ids[0], 'springtide', 'TerminateInstances'],
        [ids[0], 'springtide', action],
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'reads on where a page ends, for as many machines as are asked for, at the rate that the cloud allows',
    async () => {
      const ids = await launchOutside(8);
      const [busy = ''] = ids;
      for (let n = 0; n < 60; n += 1) {
        await colleague({
          Action: 'CreateTags',
          'ResourceId.1': busy,
          'Tag.1.Key': 'round',
          'Tag.1.Value': String(n),
        });
      }
      const before = (await aws.admin.calls()).length;
      const deeds = await trail([...ids, busy]);
      expect(deeds.filter(({ machineId }) => machineId === busy)).toHaveLength(61);
      expect(deeds.filter(({ what }) => what === 'RunInstances').map(({ machineId }) => machineId)).toEqual(
        expect.arrayContaining([...ids]),
      );
      expect(deeds).toHaveLength(60 + ids.length);
      expect(deeds.every(({ at }, n) => n === 0 || at <= (deeds[n - 1]?.at ?? ''))).toBe(true);
      const asked = (await aws.admin.calls()).slice(before).filter(({ action }) => action === 'LookupEvents');
      expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: ids.length + 1 }, () => 200));
    },
    PATIENCE_MS,
  );

  it(
    'knows an event only once the cloud shows it',
    async () => {
      await aws.admin.change({ trailDelayMs: 10 * MINUTE });
      const [id = ''] = await launchOutside(1);
      expect(await trail([id])).toEqual([]);
      await aws.admin.change({ trailDelayMs: 0 });
      expect(await trail([id])).toHaveLength(1);
    },
    PATIENCE_MS,
  );
});
