import { silentLogger, systemClock } from '@springtide/platform';
import { collect, connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { z } from 'zod';
import { cliBinary, tccli, unfolded } from '../../test/yard/tencent/clients/vendor-clients.js';
import { LEAST_KEY, publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import {
  startTencentYard,
  type RegionAccess,
  type TencentYard,
} from '../../test/yard/tencent/tencent-yard.js';
import { orReason, yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const INSTALLATION = 'tccli';
const PAGE = 5;
const scope = { region: REGION };

const instancesSchema = z.object({
  TotalCount: z.number(),
  InstanceSet: z.array(
    z.object({
      InstanceId: z.string(),
      InstanceName: z.string(),
      InstanceState: z.string(),
      InstanceType: z.string(),
      InstanceChargeType: z.string(),
      Placement: z.object({ Zone: z.string() }),
      PrivateIpAddresses: z.array(z.string()),
    }),
  ),
});
const disksSchema = z.object({ DiskSet: z.array(z.object({ InstanceId: z.string() })) });

const reason = await orReason(cliBinary('tccli').then(() => ''));

(yardLane('tencent provider (tccli)', reason === '', reason) ? describe : describe.skip)(
  'the Tencent provider beside the vendor’s own command line',
  () => {
    const gate = loopbackGate();
    let yard: TencentYard;
    let region: RegionAccess;
    let client: CloudClient;

    beforeAll(async () => {
      yard = await startTencentYard({ settings: { bootMs: 0, terminateMs: 0, rates: { '*': null } } });
      await yard.admin.putCredential({ ...LEAST_KEY, policy: await publishedPolicy() });
      const found = yard.regions[REGION];
      if (found === undefined) throw new Error(`the yard has no ${REGION}`);
      region = found;
      const context = { account: INSTALLATION, clock: systemClock, gate, log: silentLogger };
      client = await connectAccount(manifest, yardSettings(yard.endpoint, yard), LEAST_KEY, context);
    });
    afterAll(async () => {
      await client.close();
      await gate.close();
      await yard.stop();
    });

    async function launch(token: string, changes: Partial<LaunchBatch>): Promise<void> {
      const { items } = await client.compute.launch({
        token,
        region: REGION,
        zone: region.zones[0] ?? '',
        machineType: 'S5.LARGE8',
        purchaseOption: 'on-demand',
        count: 1,
        minimum: 1,
        namePrefix: token,
        image: region.imageId,
        securityGroups: [region.securityGroupId],
        ownership: { installation: INSTALLATION, tenant: 'acme', intent: `intent-${token}`, token },
        labels: {},
        ...changes,
      });
      expect(items.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    }

    /** What it lists under our mark, page by page. */
    async function listed() {
      const filter = [
        '--Filters',
        JSON.stringify([{ Name: 'tag:springtide:installation', Values: [INSTALLATION] }]),
      ];
      const machines: z.infer<typeof instancesSchema>['InstanceSet'] = [];
      for (;;) {
        const at = ['--Offset', String(machines.length), '--Limit', String(PAGE)];
        const answer = await tccli(yard, REGION, ['cvm', 'DescribeInstances', ...filter, ...at]);
        const { InstanceSet, TotalCount } = instancesSchema.parse(answer);
        machines.push(...InstanceSet);
        if (InstanceSet.length === 0 || machines.length >= TotalCount) return machines;
      }
    }

    it('made what that one lists, machine by machine, with their disks, and ends all of it', async () => {
      await launch('web', { count: 6, minimum: 6 });
      await launch('batch', { count: 2, minimum: 2, purchaseOption: 'spot', zone: region.zones[1] ?? '' });
      await yard.admin.launchForeign({ zone: region.zones[0] ?? '', machineType: 'S5.LARGE8', count: 1 });
      const { items: ours } = await collect(client.compute.list({ ...scope, ownedBy: INSTALLATION }));
      expect(ours).toHaveLength(8);
      const theirs = (await listed()).map((machine) => ({
        id: machine.InstanceId,
        name: machine.InstanceName,
        running: machine.InstanceState === 'RUNNING',
        machineType: machine.InstanceType,
        spot: machine.InstanceChargeType === 'SPOTPAID',
        zone: machine.Placement.Zone,
        addresses: machine.PrivateIpAddresses,
      }));
      const told = ours.map(({ id, name, state, machineType, purchaseOption, zone, addresses }) => {
        const running = state === 'running';
        return { id, name, running, machineType, spot: purchaseOption === 'spot', zone, addresses };
      });
      expect(theirs.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
        told.toSorted((a, b) => a.id.localeCompare(b.id)),
      );
      const disks = await tccli(yard, REGION, ['cbs', 'DescribeDisks', '--Limit', '100']);
      const attached = disksSchema.parse(disks).DiskSet.map(({ InstanceId }) => InstanceId);
      const ids = ours.map(({ id }) => id);
      expect(attached.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());

      for (let looks = 0; looks < 100; looks += 1) {
        const found = await client.compute.describe(ids, scope);
        if (ids.every((id) => found.get(id) === 'gone')) break;
        await client.compute.terminate(ids, scope);
        await systemClock.sleep(100);
      }
      expect(await listed()).toEqual([]);
    }, 120_000);

    it('lists what that one made, as nobody’s', async () => {
      const order = {
        Placement: { Zone: region.zones[0] },
        ImageId: region.imageId,
        InstanceType: 'S5.2XLARGE16',
        InstanceCount: 2,
        InstanceName: 'by-hand',
      };
      const made = await tccli(yard, REGION, ['cvm', 'RunInstances', ...unfolded(order)]);
      const ids = z.object({ InstanceIdSet: z.array(z.string()) }).parse(made).InstanceIdSet;
      expect(ids).toHaveLength(2);
      const { items, complete } = await collect(client.compute.list(scope));
      expect(complete).toBe(true);
      const found = items.filter(({ id }) => ids.includes(id));
      expect(found.map(({ machineType, state }) => [machineType, state])).toEqual(
        ids.map(() => ['S5.2XLARGE16', 'running']),
      );
      expect(found.every(({ ownership }) => ownership === undefined)).toBe(true);
    }, 60_000);
  },
);
