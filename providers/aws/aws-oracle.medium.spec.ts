import { silentLogger, systemClock } from '@springtide/platform';
import { collect, connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { startAwsYard, type AwsYard } from '../../test/yard/aws/aws-yard.js';
import { askOracle, launchWithBoto3 } from '../../test/yard/aws/oracle.js';
import { publishedPolicy } from '../../test/yard/aws/rights.js';
import { orReason, yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const TYPE = 'c6i.large';
const INSTALLATION = 'boto3';
/** The machine may be busy with other things. */
const PATIENCE_MS = 120_000;

const yard = await orReason(
  publishedPolicy().then((policy) =>
    startAwsYard({ policy, settings: { bootDelayMs: 0, terminateDelayMs: 0, rates: {} } }),
  ),
);
const runs = yardLane('aws provider (boto3)', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('the AWS provider beside boto3, both under the published policy', () => {
  const aws = yard as AwsYard;
  const scope = { region: aws.region };
  const gate = loopbackGate();
  const [zone = '', other = ''] = aws.zones;
  let client: CloudClient;

  beforeAll(async () => {
    const settings = {
      regions: [aws.region],
      endpoint: aws.endpoint,
      machineTypes: [TYPE],
      subnets: aws.subnets,
      spot: { maxPricePerHour: { [TYPE]: '0.05' }, interruptionPerHour: 0.01 },
    };
    const secret = { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
    const context = { account: INSTALLATION, clock: systemClock, gate, log: silentLogger };
    client = await connectAccount(manifest, settings, secret, context);
  }, PATIENCE_MS);
  afterAll(async () => {
    await client.close();
    await gate.close();
    await aws.stop();
  }, PATIENCE_MS);

  async function launch(token: string, changes: Partial<LaunchBatch>): Promise<readonly string[]> {
    const { items } = await client.compute.launch({
      token,
      region: aws.region,
      zone,
      machineType: TYPE,
      purchaseOption: 'on-demand',
      count: 1,
      minimum: 1,
      namePrefix: token,
      image: aws.imageId,
      securityGroups: [aws.securityGroupId],
      ownership: { installation: INSTALLATION, tenant: 'acme', intent: `intent-${token}`, token },
      labels: { 店铺: '双十一' },
      ...changes,
    });
    return items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
  }

  it('knows that nothing is set aside in the yard', async () => {
    expect(await client.compute.listReservations(scope)).toEqual([]);
  });

  it(
    'made what that one lists, once, also after a lost answer, and leaves nothing that it would find',
    async () => {
      await aws.admin.addFault({ operation: 'RunInstances', kind: 'lost-answer' });
      const lost = { count: 3, minimum: 3, zone: other };
      await expect(launch('lost', lost)).rejects.toMatchObject({ effect: 'maybe' });
      const ids = [
        ...(await launch('web', { count: 5, minimum: 5 })),
        ...(await launch('spot', { count: 2, minimum: 2, purchaseOption: 'spot' })),
        ...(await launch('lost', lost)),
      ];
      expect(ids).toHaveLength(10);
      const report = await askOracle(aws, INSTALLATION);
      expect(report.duplicatedTokens).toEqual([]);
      const { items, complete } = await collect(client.compute.list({ ...scope, ownedBy: INSTALLATION }));
      expect(complete).toBe(true);
      const told = items.map((machine) => ({
        id: machine.id,
        state: machine.state,
        type: machine.machineType,
        zone: machine.zone,
        address: machine.addresses[0],
        token: machine.ownership?.token,
        shop: machine.labels['店铺'],
      }));
      const theirs = report.machines.map(({ id, state, type, zone: at, privateIp, tags }) => ({
        ...{ id, state, type, zone: at, address: privateIp, token: tags['springtide:token'] },
        shop: tags['店铺'],
      }));
      const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
      expect(theirs.toSorted(byId)).toEqual(told.toSorted(byId));
      expect(theirs.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(report.disks).toHaveLength(ids.length);

      await client.compute.terminate(ids, scope);
      const after = await askOracle(aws, INSTALLATION);
      expect([after.machines, after.disks, after.interfaces]).toEqual([[], [], []]);
      expect(after.terminated).toHaveLength(ids.length);
    },
    PATIENCE_MS,
  );

  it(
    'lists what that one made, as nobody’s',
    async () => {
      const order = { image: aws.imageId, subnet: aws.subnets[zone] ?? '', type: TYPE, count: 4 };
      const ids = await launchWithBoto3(aws, { ...order, name: 'report' });
      expect(ids).toHaveLength(4);
      const { items } = await collect(client.compute.list(scope));
      const found = items.filter(({ id }) => ids.includes(id));
      expect(found).toHaveLength(4);
      for (const machine of found) {
        expect(machine).toMatchObject({ machineType: TYPE, zone, labels: { team: 'reporting' } });
        expect(machine.ownership).toBeUndefined();
      }
      const ours = await collect(client.compute.list({ ...scope, ownedBy: INSTALLATION }));
      expect(ours).toEqual({ items: [], complete: true });
    },
    PATIENCE_MS,
  );
});
