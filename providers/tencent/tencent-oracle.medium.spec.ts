import { SpringtideError } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { collect, connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { runScript, sdkPython } from '../../test/yard/tencent/clients/vendor-clients.js';
import { askTencentOracle } from '../../test/yard/tencent/oracle.js';
import { LEAST_KEY, publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import {
  startTencentYard,
  type RegionAccess,
  type TencentYard,
} from '../../test/yard/tencent/tencent-yard.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const scope = { region: REGION };
const installation = 'oracle';

const python = await sdkPython().catch((thrown: unknown) => {
  if (thrown instanceof SpringtideError) return thrown;
  throw thrown;
});
const reason = typeof python === 'string' ? '' : python.message;
const runs = yardLane('tencent provider (vendor SDK)', typeof python === 'string', reason);

(runs ? describe : describe.skip)('the Tencent provider beside the vendor’s own SDK', () => {
  const gate = loopbackGate();
  let yard: TencentYard;
  let region: RegionAccess;
  let client: CloudClient;
  let batches = 0;

  beforeAll(async () => {
    yard = await startTencentYard({ settings: { bootMs: 50, terminateMs: 50, rates: { '*': null } } });
    await yard.admin.putCredential({ ...LEAST_KEY, policy: await publishedPolicy() });
    const found = yard.regions[REGION];
    if (found === undefined) throw new Error(`the yard has no ${REGION}`);
    region = found;
    const context = { account: 'oracle', clock: systemClock, gate, log: silentLogger };
    client = await connectAccount(manifest, yardSettings(yard.endpoint, yard), LEAST_KEY, context);
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function batch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
    batches += 1;
    const token = `token-${batches}`;
    return {
      token,
      region: REGION,
      zone: region.zones[0] ?? '',
      machineType: 'S5.LARGE8',
      purchaseOption: 'on-demand',
      count: 60,
      minimum: 60,
      namePrefix: `shop-${batches}`,
      image: region.imageId,
      securityGroups: [region.securityGroupId],
      ownership: { installation, tenant: 'acme', intent: `intent-${batches}`, token },
      labels: {},
      ...changes,
    };
  }

  async function launch(wanted: LaunchBatch): Promise<readonly string[]> {
    const { items } = await client.compute.launch(wanted);
    return items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
  }

  it('made what that one lists, once, and leaves nothing that it would find', async () => {
    const lost = batch({ count: 5, minimum: 5 });
    await yard.admin.addFault({ action: 'RunInstances', kind: 'lost-answer' });
    await expect(client.compute.launch(lost)).rejects.toMatchObject({ effect: 'maybe' });
    const ids = [
      ...(await launch(batch())),
      ...(await launch(batch({ purchaseOption: 'spot' }))),
      ...(await launch(lost)),
    ];
    const report = await askTencentOracle(yard, REGION, installation);
    expect(report.machines.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(report.duplicatedTokens).toEqual([]);
    expect(report.disks).toHaveLength(ids.length);
    expect(new Set(report.machines.map(({ tags }) => tags['springtide:intent']))).toEqual(
      new Set(['intent-1', 'intent-2', 'intent-3']),
    );

    for (let left: readonly string[] = ids, looks = 0; left.length > 0 && looks < 100; looks += 1) {
      await client.compute.terminate(left, scope);
      await systemClock.sleep(100);
      const found = await client.compute.describe(left, scope);
      left = left.filter((id) => found.get(id) !== 'gone');
    }
    const after = await askTencentOracle(yard, REGION, installation);
    expect([after.machines, after.disks, after.addresses, after.interfaces]).toEqual([[], [], [], []]);
  }, 60_000);

  it('lists what that one made, as nobody’s', async () => {
    const args = ['--region', REGION, '--zone', region.zones[0] ?? '', '--image', region.imageId];
    const order = [...args, '--type', 'S5.2XLARGE16', '--count', '3', '--name', 'report-{R:1}'];
    const ids = await runScript<readonly string[]>(String(python), 'launch.py', yard, order);
    expect(ids).toHaveLength(3);
    const { items, complete } = await collect(client.compute.list(scope));
    expect(complete).toBe(true);
    const theirs = items.filter(({ id }) => ids.includes(id));
    expect(theirs.map(({ name }) => name).toSorted()).toEqual(['report-1', 'report-2', 'report-3']);
    for (const machine of theirs) {
      expect(machine).toMatchObject({ machineType: 'S5.2XLARGE16', labels: { team: 'reporting' } });
      expect(machine.ownership).toBeUndefined();
    }
    const ours = await collect(client.compute.list({ ...scope, ownedBy: installation }));
    expect(ours).toEqual({ items: [], complete: true });
  }, 60_000);
});
