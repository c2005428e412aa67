import { orReason, yardLane } from '../tools/lane.js';
import { cliBinary, runScript, sdkPython, tccli, unfolded } from './clients/vendor-clients.js';
import { ApiContract } from './contract/api-contract.js';
import { paramsOfQuery } from './contract/query-params.js';
import { askTencentOracle } from './oracle.js';
import { refusalsOf } from '../simulator-sources.js';
import { startTencentYard, type TencentYard } from './tencent-yard.js';

const REGION = 'ap-guangzhou';

/** The common errors of the vendor’s documents: of every product, so that the lists of single ones leave them out. */
const COMMON_CODES = [
  'AuthFailure.InvalidAuthorization',
  'AuthFailure.SecretIdNotFound',
  'AuthFailure.SignatureExpire',
  'AuthFailure.SignatureFailure',
  'AuthFailure.TokenFailure',
  'InvalidAction',
  'NoSuchVersion',
  'RequestSizeLimitExceeded',
  'UnsupportedProtocol',
  'UnsupportedRegion',
];

const ZONE = 'ap-guangzhou-3';

const sdk = await orReason(sdkPython());
const cli = await orReason(cliBinary('python'));

(yardLane('tencent yard (vendor SDK)', isPath(sdk), sdk) ? describe : describe.skip)(
  'the Tencent yard, asked with the vendor’s SDK',
  () => {
    let yard: TencentYard;
    beforeAll(async () => {
      yard = await startTencentYard({ settings: { bootMs: 300, terminateMs: 200, balancerTaskMs: 300 } });
    });
    afterAll(async () => yard.stop());

    it('launches, lists page by page, is idempotent, refuses what is wrong, and ends', async () => {
      const image = yard.regions[REGION]?.imageId ?? '';
      const args = ['--region', REGION, '--zone', ZONE, '--image', image];
      await expect(runScript(sdk, 'drive.py', yard, args)).resolves.toEqual({
        dryRunIds: null,
        launched: 25,
        sameAgain: true,
        firstStates: ['PENDING'],
        names: ['web-01', 'web-02', 'web-03'],
        pageSizes: [10, 10, 5],
        distinct: 25,
        total: 25,
        byTag: 25,
        byTagWithGet: 25,
        afterEnd: 0,
        balancers: 1,
        errors: {
          mismatch: 'InvalidParameterValue',
          wrongKey: 'AuthFailure.SignatureFailure',
          unknownKey: 'AuthFailure.SecretIdNotFound',
          unknownRegion: 'UnsupportedRegion',
          unknownType: 'InvalidParameterValue.InstanceTypeNotFound',
          unknownImage: 'InvalidImageId.NotFound',
          tooMany: 'InvalidParameterValue.LimitExceeded',
          unknownId: 'InvalidInstanceId.NotFound',
          malformedId: 'InvalidInstanceId.Malformed',
          limit: 'InvalidParameterValue.LimitExceeded',
          bothIdsAndFilters: 'InvalidParameter',
          unknownFilter: 'InvalidFilter',
          unknownParameter: 'UnknownParameter',
          wrongType: 'InvalidParameter',
          endingTwice: 'UnsupportedOperation.InstanceStateTerminating',
          busyBalancer: 'FailedOperation.ResourceInOperating',
        },
      });
    }, 60_000);

    it('shows the oracle what is ours and nothing else', async () => {
      const tags = { 'springtide:installation': 'one', 'springtide:token': 't-1' };
      const { ids } = await yard.admin.launchForeign({
        zone: ZONE,
        machineType: 'S5.LARGE8',
        count: 120,
        tags,
      });
      await yard.admin.launchForeign({ zone: ZONE, machineType: 'S5.LARGE8', count: 5 });
      const report = await askTencentOracle(yard, REGION);
      expect(report.machines.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(report.disks).toHaveLength(120);
      expect(report.interfaces).toHaveLength(120);
      expect(report.duplicatedTokens).toEqual([]);
      expect((await askTencentOracle(yard, REGION, 'another')).machines).toEqual([]);
    }, 60_000);
  },
);

(yardLane('tencent yard (tccli)', isPath(cli), cli) ? describe : describe.skip)(
  'the Tencent yard and the vendor’s command line',
  () => {
    type Example = Readonly<{
      product: string;
      version: string;
      action: string;
      title: string;
      query: string | null;
      params: Readonly<Record<string, unknown>>;
      answer: Readonly<Record<string, unknown>>;
    }>;
    const contract = new ApiContract();
    let yard: TencentYard;
    beforeAll(async () => {
      yard = await startTencentYard({ settings: { bootMs: 0 } });
    });
    afterAll(async () => yard.stop());

    it('takes what tccli sends, and tccli reads what it answers', async () => {
      const wish = { Placement: { Zone: ZONE }, ImageId: yard.regions[REGION]?.imageId, InstanceCount: 2 };
      const made = await ask('cvm', 'RunInstances', ...unfolded(wish));
      expect(made['InstanceIdSet']).toHaveLength(2);
      const ids = JSON.stringify(made['InstanceIdSet']);
      expect(await ask('cvm', 'DescribeInstances', '--InstanceIds', ids)).toMatchObject({
        TotalCount: 2,
      });
      await ask('cvm', 'TerminateInstances', '--InstanceIds', ids);
      expect(await ask('vpc', 'DescribeSubnets')).toMatchObject({ TotalCount: 3 });
      expect(await ask('sts', 'GetCallerIdentity')).toMatchObject({ Type: 'CAMUser' });
      expect(await ask('billing', 'DescribeAccountBalance')).toMatchObject({ OweAmount: 0 });
      const second = Math.floor(Date.now() / 1_000);
      const span = ['--StartTime', String(second - 600), '--EndTime', String(second + 1)];
      expect(await ask('cloudaudit', 'DescribeEvents', ...span)).toMatchObject({
        ListOver: true,
        Events: [{ EventName: 'TerminateInstances' }, { EventName: 'RunInstances' }],
      });
    }, 60_000);

    it('accepts the vendor’s own examples, but for one that says a number as text', async () => {
      const examples = await runScript<readonly Example[]>(cli, 'examples.py', yard);
      expect(examples.length).toBeGreaterThan(100);
      const refused = examples.flatMap((example) => {
        const about = contract.find(example.version, example.action, example.product);
        const params =
          example.query === null ? example.params : paramsOfQuery(contract, about, example.query);
        try {
          contract.checkRequest(about, params);
          return [];
        } catch (thrown) {
          return [`${example.product}/${example.action}: ${String(thrown)}`];
        }
      });
      expect(refused).toEqual([
        'cvm/InquiryPriceRunInstances: Error: The value type of parameter ' +
          '`InternetAccessible.InternetMaxBandwidthOut` is not valid.',
      ]);
    }, 60_000);

    it('knows every key of the answers in those examples, however deep', async () => {
      const examples = await runScript<readonly Example[]>(cli, 'examples.py', yard);
      const strange = examples.flatMap((example) => {
        const about = contract.find(example.version, example.action, example.product);
        return contract
          .flawsOfAnswer(about, example.answer)
          .filter((flaw) => flaw.includes(' is not in '))
          .map((flaw) => `${about.product}/${about.action}: ${flaw}`);
      });
      expect(strange).toEqual(['vpc/AllocateAddresses: Error is not in AllocateAddressesResponse']);
    }, 60_000);

    it('refuses with codes that the vendor’s own lists have', async () => {
      const lists = await runScript<Readonly<Record<string, readonly string[]>>>(cli, 'error-codes.py', yard);
      const known = new Set([...Object.values(lists).flat(), ...COMMON_CODES]);
      expect(known.size).toBeGreaterThan(1_000);
      const isKnown = (code: string) =>
        [...known].some((each) => (code.endsWith('…') ? each.startsWith(code.slice(0, -1)) : each === code));
      expect((await refusalsOf('tencent')).filter((code) => !isKnown(code))).toEqual([]);
    }, 60_000);

    async function ask(product: string, action: string, ...args: string[]) {
      return await tccli(yard, REGION, [product, action, ...args]);
    }
  },
);

function isPath(text: string): boolean {
  return text.startsWith('/');
}
