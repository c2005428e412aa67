import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SpringtideError } from '@springtide/kernel';
import { projectRoot, yardLane } from '../tools/lane.js';
import { startAlibabaYard, type AlibabaYard } from './alibaba-yard.js';
import { askAlibabaOracle } from './oracle.js';
import { alibabaPython } from './python-clients.js';

const python = await alibabaPython().catch((thrown: unknown) => {
  if (thrown instanceof SpringtideError) return thrown;
  throw thrown;
});
const reason = typeof python === 'string' ? undefined : python.message;
const suite = yardLane('alibaba third-party clients', reason === undefined, reason)
  ? describe
  : describe.skip;

type SdkReport = Readonly<{
  launched: readonly string[];
  listed: readonly string[];
  pageSizes: readonly number[];
  left: readonly string[];
}> &
  Readonly<Record<string, unknown>>;

suite('clients that nobody here wrote', () => {
  let yard: AlibabaYard;

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 300, startingMs: 300, releaseMs: 50 } });
  });
  afterEach(() => yard.admin.reset());
  afterAll(() => yard.stop());

  const run = async (script: string, ...options: readonly string[]): Promise<unknown> => {
    const [region] = yard.regions;
    if (region === undefined || typeof python !== 'string') throw new Error('there is nothing to run with');
    const { regionId, zones, vswitches, securityGroupId, imageId } = region;
    const place = [yard.endpoint, regionId, vswitches[zones[0] ?? ''] ?? '', securityGroupId, imageId];
    const file = join(projectRoot(), 'test', 'yard', 'alibaba', script);
    const { stdout } = await promisify(execFile)(python, ['-W', 'ignore', file, ...options, ...place], {
      env: {
        ...process.env,
        ALIBABA_CLOUD_ACCESS_KEY_ID: yard.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: yard.accessKeySecret,
      },
      maxBuffer: 64 << 20,
    });
    return JSON.parse(stdout);
  };

  it.each([
    // The older SDK sees from the signed text in the answer that the secret must be wrong.
    ['aliyun-python-sdk-ecs (older signature)', 'rpc', 'InvalidAccessKeySecret'],
    ['alibabacloud-ecs20140526 (ACS3)', 'acs3', 'SignatureDoesNotMatch'],
  ])(
    '%s launches, lists and deletes',
    async (_name, client, wrongSecret) => {
      const { launched, listed, pageSizes, ...report } = (await run('check_clients.py', client)) as SdkReport;
      expect(listed).toEqual(launched.toSorted());
      expect(pageSizes).toEqual([10, 5]);
      expect(report).toEqual({
        repeated: true,
        mismatch: 'IdempotentParameterMismatch',
        tooEarly: 'IncorrectInstanceStatus.Initializing',
        tag: true,
        left: [],
        unknownId: 'InvalidInstanceId.NotFound',
        outOfRange: 'InvalidParameter',
        wrongType: 'InvalidInstanceType.ValueNotSupported',
        wrongSecret,
      });
    },
    60_000,
  );

  it('Apache Libcloud reads sizes, images and machines in XML, and destroys one', async () => {
    const zone = yard.regions[0]?.zones[0] ?? '';
    const { ids } = await yard.admin.createForeign({
      machineType: 'ecs.c7.large',
      zone,
      count: 2,
      running: true,
    });
    const report = (await run('check_clients.py', 'libcloud')) as {
      nodes: readonly Readonly<{ id: string; state: string; address: string }>[];
      [name: string]: unknown;
    };
    expect(report).toMatchObject({
      sizes: ['ecs.c7.large', 4],
      locations: ['cn-beijing', 'cn-hangzhou', 'cn-shanghai'],
      image: yard.regions[0]?.imageId,
      destroyed: true,
    });
    expect(report.nodes.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(report.nodes.map(({ state }) => state)).toEqual(['running', 'running']);
    await wait(100);
    expect(await yard.admin.machines()).toHaveLength(1);
  }, 60_000);

  it('know every field that is answered, by the models of their vendor', async () => {
    const kept = { zone: yard.regions[0]?.zones[0] ?? '', machineType: 'ecs.c7.large', machines: 2 };
    await yard.admin.keepPool(kept);
    await yard.admin.keepPool({ ...kept, kind: 'assurance', hours: [8, 20] });
    const found = (await run('check_shapes.py')) as Readonly<Record<string, readonly string[]>>;
    expect(Object.keys(found).length).toBeGreaterThanOrEqual(70);
    expect(Object.entries(found).filter(([, strange]) => strange.length > 0)).toEqual([]);
  }, 60_000);

  it('tell what the account holds', async () => {
    const [region] = yard.regions;
    const zone = region?.zones[0] ?? '';
    const tags = { 'springtide:installation': 'here', 'springtide:token': 'once' };
    const ours = await yard.admin.createForeign({ machineType: 'ecs.c7.large', zone, count: 12, tags });
    await yard.admin.createForeign({ machineType: 'ecs.c7.large', zone });
    const [first = ''] = ours.ids;
    await yard.admin.createEip(first, tags);
    const where = { region: region?.regionId ?? '' };
    const report = await askAlibabaOracle(yard, { ...where, installation: 'here' });
    expect(report.machines.map(({ id }) => id).toSorted()).toEqual(ours.ids.toSorted());
    expect(report.machinesPerToken).toEqual({ once: 12 });
    expect([report.disks.length, report.interfaces.length, report.addresses.length]).toEqual([12, 12, 1]);
    expect((await askAlibabaOracle(yard, { ...where, all: true })).machines).toHaveLength(13);
    expect((await askAlibabaOracle(yard, { ...where, installation: 'elsewhere' })).machines).toEqual([]);
  }, 60_000);
});
