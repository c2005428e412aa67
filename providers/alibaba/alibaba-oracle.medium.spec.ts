import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SpringtideError } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { collect, connectAccount, type CloudClient } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { askAlibabaOracle } from '../../test/yard/alibaba/oracle.js';
import { alibabaPython } from '../../test/yard/alibaba/python-clients.js';
import { projectRoot, yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const MACHINE_TYPE = 'ecs.c7.large';
const INSTALLATION = 'oracle-spec';

/** The reason where there is none. */
async function pythonHere(): Promise<Readonly<{ path: string } | { reason: string }>> {
  try {
    return { path: await alibabaPython() };
  } catch (thrown) {
    if (thrown instanceof SpringtideError) return { reason: thrown.message };
    throw thrown;
  }
}

const python = await pythonHere();
const reason = 'reason' in python ? python.reason : undefined;
const suite = yardLane('alibaba against the vendor’s Python SDKs', reason === undefined, reason)
  ? describe
  : describe.skip;

suite.each(['acs3', 'rpc'] as const)('with the vendor’s Python SDKs, ours by %s', (signature) => {
  const gate = loopbackGate();
  let yard: AlibabaYard;
  let client: CloudClient;

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 20, startingMs: 20 } });
    const { region, seed } = place();
    const settings = {
      regions: [region],
      signature,
      endpoint: yard.endpoint,
      subnets: seed.vswitches,
      securityGroups: [seed.securityGroupId],
    };
    const secret = { accessKeyId: yard.accessKeyId, accessKeySecret: yard.accessKeySecret };
    const context = { clock: systemClock, gate, log: silentLogger, account: 'oracle-spec' };
    client = await connectAccount(manifest, settings, secret, context);
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function place() {
    const [seed] = yard.regions;
    if (seed === undefined) throw new Error('the yard has no region');
    const [zone = ''] = seed.zones;
    return { region: seed.regionId, zone, seed };
  }

  it('they list what we created: number, mark, name, time-to-live and what belongs to it', async () => {
    const { region, zone, seed } = place();
    const token = `oracle-${signature}`;
    const releaseAt = `${new Date().getUTCFullYear() + 1}-11-12T00:00:30.000Z`;
    const { items } = await client.compute.launch({
      token,
      region,
      zone,
      machineType: MACHINE_TYPE,
      purchaseOption: 'on-demand',
      count: 3,
      minimum: 3,
      namePrefix: 'web',
      image: seed.imageId,
      securityGroups: [],
      ownership: { installation: INSTALLATION, tenant: 'post', intent: 'int-1', token },
      labels: { 店铺: '双十一 🌊' },
      releaseAt,
    });
    const ids = items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
    const report = await askAlibabaOracle(yard, { region, installation: INSTALLATION });
    expect(report.machines.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(report.machines.map(({ name }) => name).toSorted()).toEqual(['web-000', 'web-001', 'web-002']);
    for (const machine of report.machines) {
      expect(machine).toMatchObject({
        type: MACHINE_TYPE,
        zone,
        spot: false,
        tags: { 'springtide:intent': 'int-1', 店铺: '双十一 🌊' },
      });
      expect(machine.autoReleaseAt).toContain('-11-12T00:01');
    }
    expect(report.machinesPerToken).toEqual({ [token]: 3 });
    for (const kind of [report.disks, report.interfaces]) {
      expect(kind.map(({ machine }) => machine).toSorted()).toEqual(ids.toSorted());
    }
  }, 60_000);

  it('we list what they created, as machines that are not ours', async () => {
    const { region, zone, seed } = place();
    const script = join(projectRoot(), 'test', 'yard', 'alibaba', 'create_machines.py');
    const where = [zone, seed.vswitches[zone] ?? '', seed.securityGroupId, seed.imageId];
    const args = [script, signature, yard.endpoint, region, ...where, MACHINE_TYPE, '4'];
    const { stdout } = await promisify(execFile)(await alibabaPython(), args, {
      env: {
        ...process.env,
        ALIBABA_CLOUD_ACCESS_KEY_ID: yard.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: yard.accessKeySecret,
      },
    });
    const theirs = JSON.parse(stdout) as string[];
    expect(theirs).toHaveLength(4);
    const { items, complete } = await collect(client.compute.list({ region }));
    expect(complete).toBe(true);
    const found = items.filter(({ id }) => theirs.includes(id));
    expect(found).toHaveLength(4);
    for (const machine of found) {
      expect(machine).toMatchObject({ machineType: MACHINE_TYPE, zone, labels: { owner: '店铺 team' } });
      expect(machine.ownership).toBeUndefined();
    }
  }, 60_000);
});
