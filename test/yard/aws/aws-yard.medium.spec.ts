import { SpringtideError, addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { setTimeout as wait } from 'node:timers/promises';
import { accountSchema } from '../../../providers/aws/account.js';
import { AwsApi } from '../../../providers/aws/aws-api.js';
import { awsCodeOf } from '../../../providers/aws/error-map.js';
import { orReason, yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { askOracle } from './oracle.js';

const TYPE = 'c6i.large';
const BOOT_MS = 300;
/** Long enough that a busy machine still sees what begins and ends. */
const SEEN_MS = 2_000;

const yard = await orReason(
  startAwsYard({ settings: { bootDelayMs: BOOT_MS, terminateDelayMs: 100, rates: {} } }),
);
const runs = yardLane('aws yard', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('the AWS yard', () => {
  const aws = yard as AwsYard;
  const apiFor = (secretAccessKey: string) =>
    new AwsApi(
      accountSchema.parse({
        settings: { regions: [aws.region], endpoint: aws.endpoint },
        secret: { accessKeyId: aws.accessKeyId, secretAccessKey },
      }),
      { clock: systemClock, gate: loopbackGate(), log: silentLogger },
    );
  const at = () => ({ region: aws.region, deadline: addMs(toInstant(systemClock.now()), 20_000) });
  let api: AwsApi;
  let zone = '';
  let tokens = 0;

  const launch = async (changes: object = {}, token = `t-${(tokens += 1)}`) => {
    const answer = await api.runInstances(at(), {
      ClientToken: token,
      ImageId: aws.imageId,
      InstanceType: TYPE,
      MinCount: 1,
      MaxCount: 1,
      Placement: { AvailabilityZone: zone },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'springtide:token', Value: token }] }],
      ...changes,
    });
    return (answer.Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
  };
  const look = async (ids: readonly string[]) => {
    const answer = await api.describeInstances(at(), { InstanceIds: [...ids] });
    return (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  };
  const codeOf = async (work: Promise<unknown>) => {
    const thrown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown instanceof SpringtideError) return awsCodeOf(thrown);
    throw new Error(`expected a refusal, got ${String(thrown)}`);
  };

  beforeAll(() => {
    api = apiFor(aws.secretAccessKey);
    zone = aws.zones[0] ?? '';
  });
  beforeEach(async () => {
    const seed = await aws.admin.reset();
    expect(seed.imageId).toBe(aws.imageId);
    expect(seed.subnets).toEqual(aws.subnets);
  });
  afterAll(async () => {
    api.close();
    await aws.stop();
  });

  it('boots, ends and readdresses machines as a cloud does', async () => {
    await aws.admin.change({ bootDelayMs: SEEN_MS, terminateDelayMs: SEEN_MS });
    const ids = await launch({ MinCount: 3, MaxCount: 3 });
    expect((await look(ids)).map((each) => each.State?.Name)).toEqual(['pending', 'pending', 'pending']);
    await wait(SEEN_MS);
    const running = await look(ids);
    expect(running.map((each) => each.State?.Name)).toEqual(['running', 'running', 'running']);
    const addresses = running.map((each) => each.PrivateIpAddress ?? '');
    expect(new Set(addresses).size).toBe(3);
    for (const address of addresses) expect(address).toMatch(/^127\.20\./);
    await api.terminateInstances(at(), ids);
    expect((await look(ids)).map((each) => each.State?.Name)).toEqual(ids.map(() => 'shutting-down'));
    await wait(SEEN_MS);
    const ended = await look(ids);
    expect(ended.map((each) => [each.State?.Name, each.PrivateIpAddress])).toEqual(
      ids.map(() => ['terminated', undefined]),
    );
  });

  it('carries out one token once, also when it comes twice at the same time', async () => {
    const [first, second] = await Promise.all([launch({}, 'once'), launch({}, 'once')]);
    expect(second).toEqual(first);
    expect(await launch({}, 'once')).toEqual(first);
    expect(await codeOf(launch({ MaxCount: 2 }, 'once'))).toBe('IdempotentParameterMismatch');
    expect(await aws.admin.machines()).toHaveLength(1);
  });

  it('gives what there is, from the minimum on, and takes back what has ended', async () => {
    await aws.admin.setStock(TYPE, zone, 2);
    expect(await codeOf(launch({ MinCount: 3, MaxCount: 3 }, 'a'))).toBe('InsufficientInstanceCapacity');
    const ids = await launch({ MinCount: 1, MaxCount: 3 }, 'b');
    expect(ids).toHaveLength(2);
    expect(await codeOf(launch())).toBe('InsufficientInstanceCapacity');
    await api.terminateInstances(at(), ids.slice(0, 1));
    expect(await launch()).toHaveLength(1);
  });

  it('counts vCPU against the limit', async () => {
    await aws.admin.change({ vcpuLimit: 5 });
    expect(await launch({ MinCount: 1, MaxCount: 4 })).toHaveLength(2);
    expect(await codeOf(launch())).toBe('VcpuLimitExceeded');
  });

  it('loses a request, or only its answer', async () => {
    await aws.admin.addFault({ operation: 'RunInstances', kind: 'lost-request' });
    expect(await codeOf(launch())).toBe('ECONNRESET');
    expect(await aws.admin.machines()).toHaveLength(0);
    await aws.admin.addFault({ operation: 'RunInstances', kind: 'lost-answer' });
    expect(await codeOf(launch({}, 'lost'))).toBe('ECONNRESET');
    expect(await aws.admin.machines()).toHaveLength(1);
    expect(await launch({}, 'lost')).toEqual([(await aws.admin.machines())[0]?.id]);
  });

  it('hides young machines from reads, and names every missing id', async () => {
    await aws.admin.change({ readLagMs: 400 });
    const [id = ''] = await launch();
    expect(await codeOf(look([id]))).toBe('InvalidInstanceID.NotFound');
    expect((await api.describeInstances(at(), {})).Reservations ?? []).toEqual([]);
    await wait(400);
    expect(await look([id])).toHaveLength(1);
    const missing = ['i-00000000000000001', 'i-00000000000000002'];
    await expect(look([id, ...missing])).rejects.toThrow(new RegExp(missing.join('.*')));
  });

  it('refuses too many calls until the bucket fills again', async () => {
    await aws.admin.change({ rates: { DescribeInstances: { burst: 2, perSecond: 5 } } });
    await look([]);
    await look([]);
    expect(await codeOf(look([]))).toBe('RequestLimitExceeded');
    await wait(250);
    expect(await look([])).toEqual([]);
  });

  it('verifies signatures, clocks and permissions', async () => {
    const stranger = apiFor('another secret');
    expect(await codeOf(stranger.describeInstances(at(), {}))).toBe('AuthFailure');
    stranger.close();
    await aws.admin.change({ deniedActions: ['RunInstances'] });
    expect(await codeOf(launch())).toBe('UnauthorizedOperation');
    await aws.admin.change({ deniedActions: [], clockOffsetMs: 6 * 60_000 });
    const late = apiFor(aws.secretAccessKey);
    expect(await codeOf(late.describeInstances(at(), {}))).toBe('RequestExpired');
    late.close();
  });

  it('pages by machine, and goes on where it was although machines end meanwhile', async () => {
    const ids = await launch({ MinCount: 7, MaxCount: 7 });
    await aws.admin.change({ maxPageSize: 3 });
    const alive = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
    const pages: string[][] = [];
    let next: string | undefined;
    do {
      const answer = await api.describeInstances(at(), {
        Filters: alive,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      const page = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
      pages.push(page.map(({ InstanceId = '' }) => InstanceId));
      next = answer.NextToken;
      await api.terminateInstances(at(), ids.slice(0, 3));
    } while (next !== undefined);
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
  });

  it('lists what was launched since the list before, also where a token came twice', async () => {
    const alive = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
    const listed = async () =>
      ((await api.describeInstances(at(), { Filters: alive })).Reservations ?? [])
        .flatMap(({ Instances = [] }) => Instances)
        .map(({ InstanceId = '' }) => InstanceId);
    const [first = ''] = await launch();
    expect(await listed()).toEqual([first]);
    const [second = ''] = await launch({}, 'twice');
    await launch({}, 'twice');
    expect(await listed()).toEqual([first, second]);
  });

  it('pages what hangs on machines', async () => {
    await launch({ MinCount: 7, MaxCount: 7 });
    const first = await api.describeVolumes(at(), { MaxResults: 5 });
    const last = await api.describeVolumes(at(), { MaxResults: 5, NextToken: first.NextToken });
    const ids = [first, last].map(({ Volumes = [] }) => Volumes.map(({ VolumeId }) => VolumeId));
    expect(ids.map((page) => page.length)).toEqual([5, 2]);
    expect(new Set(ids.flat()).size).toBe(7);
    expect(last.NextToken).toBeUndefined();
  });

  it('is seen by boto3 as it is, doubled tokens included', async () => {
    const [id = ''] = await launch({}, 'one');
    const twice = {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'springtide:token', Value: 'one' }] }],
    };
    const [double = ''] = await launch(twice, 'two');
    await aws.admin.launchForeign({ machineType: TYPE, zone });
    const report = await askOracle(aws);
    expect(report.machines.map((machine) => machine.id).toSorted()).toEqual([id, double].toSorted());
    expect(report.duplicatedTokens).toEqual(['one']);
    await api.terminateInstances(at(), [id, double]);
    await wait(150);
    const after = await askOracle(aws);
    expect([after.machines, after.disks, after.interfaces]).toEqual([[], [], []]);
    expect(after.terminated).toHaveLength(2);
  });
});
