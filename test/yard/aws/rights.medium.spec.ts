import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { manifest } from '../../../providers/aws/index.js';
import { orReason, yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy, type PolicyDocument } from './rights.js';

const WITHOUT = [
  'cloudtrail:LookupEvents',
  'ec2:DescribeVolumes',
  'ec2:RunInstances',
  'elasticloadbalancing:ModifyListener',
];

function lacking(policy: PolicyDocument, actions: readonly string[]): PolicyDocument {
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !actions.includes(action)),
  }));
  return { ...policy, Statement: Statement.filter(({ Action }) => Action.length > 0) };
}

/** The machine may be busy with other things. */
const PATIENCE_MS = 60_000;

const yard = await orReason(
  publishedPolicy().then((policy) =>
    startAwsYard({ policy: lacking(policy, WITHOUT), settings: { rates: {} } }),
  ),
);
const runs = yardLane('aws rights', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('an AWS account whose policy lacks actions', () => {
  const aws = yard as AwsYard;
  const at = () => toInstant(systemClock.now());
  const options = () => ({ deadline: addMs(at(), 20_000) });
  const connect = async () =>
    manifest.connect(
      manifest.accountSchema.parse({
        settings: { regions: [aws.region], endpoint: aws.endpoint, machineTypes: ['c6i.large'] },
        secret: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
      }),
      { clock: systemClock, gate: loopbackGate(), log: silentLogger },
    );

  afterAll(async () => aws.stop(), PATIENCE_MS);

  it(
    'is verified with exactly these shown as not granted; the trail is not among what is tried',
    async () => {
      const session = await connect();
      const { permissions, identity } = await session.verify(at());
      expect(identity).toContain(':user/springtide');
      const missing = permissions.filter(({ granted }) => !granted).map(({ action }) => action);
      expect(missing.toSorted()).toEqual(['ec2:DescribeVolumes', 'ec2:RunInstances']);
      expect(permissions.length).toBeGreaterThan(missing.length);
      await session.close();
    },
    PATIENCE_MS,
  );

  it(
    'is refused the trail as permission-denied',
    async () => {
      const session = await connect();
      const machines = [{ id: 'i-00000000000000000', name: 'nobody' }];
      const trail = session.compute?.trail?.({ region: aws.region, machines, since: at() }, options());
      await expect(trail).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
      await session.close();
    },
    PATIENCE_MS,
  );

  it(
    'is refused a launch as permission-denied, and nothing is created',
    async () => {
      const session = await connect();
      const launch = session.compute?.launch(
        {
          token: 'refused',
          region: aws.region,
          zone: aws.zones[0] ?? '',
          machineType: 'c6i.large',
          purchaseOption: 'on-demand',
          count: 1,
          minimum: 1,
          namePrefix: 'refused',
          image: aws.imageId,
          securityGroups: [],
          ownership: { installation: 'i', tenant: 't', intent: 'n', token: 'refused' },
          labels: {},
        },
        options(),
      );
      await expect(launch).rejects.toMatchObject({ code: 'permission-denied', effect: 'none' });
      expect(await aws.admin.machines()).toEqual([]);
      await session.close();
    },
    PATIENCE_MS,
  );
});
