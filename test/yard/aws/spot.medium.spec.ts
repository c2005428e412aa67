import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import type { ComputeFacet, LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { setTimeout as wait } from 'node:timers/promises';
import { manifest } from '../../../providers/aws/index.js';
import { orReason, yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy } from './rights.js';

const TYPE = 'c6i.large';

/** The machine may be busy with other things. */
const PATIENCE_MS = 60_000;

const yard = await orReason(
  publishedPolicy().then((policy) =>
    startAwsYard({ policy, settings: { bootDelayMs: 0, terminateDelayMs: 0, rates: {} } }),
  ),
);
const runs = yardLane('aws spot', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('spot machines of AWS', () => {
  const aws = yard as AwsYard;
  const options = () => ({ deadline: addMs(toInstant(systemClock.now()), 20_000) });
  const scope = { region: aws.region };
  let compute: ComputeFacet;
  let close: () => Promise<void>;
  let tokens = 0;

  const launch = async () => {
    const token = `spot-${(tokens += 1)}`;
    const batch: LaunchBatch = {
      token,
      region: aws.region,
      zone: aws.zones[0] ?? '',
      machineType: TYPE,
      purchaseOption: 'spot',
      count: 1,
      minimum: 1,
      namePrefix: token,
      image: aws.imageId,
      securityGroups: [aws.securityGroupId],
      ownership: { installation: 'i', tenant: 't', intent: `n-${token}`, token },
      labels: {},
    };
    const { items } = await compute.launch(batch, options());
    return items.map((item) => (item.outcome === 'accepted' ? item.machineId : ''))[0] ?? '';
  };

  beforeAll(async () => {
    const settings = {
      regions: [aws.region],
      endpoint: aws.endpoint,
      machineTypes: [TYPE],
      subnets: aws.subnets,
      spot: { maxPricePerHour: { [TYPE]: '0.05' }, interruptionPerHour: 0.01 },
    };
    const secret = { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
    const account = manifest.accountSchema.parse({ settings, secret });
    const context = { clock: systemClock, gate: loopbackGate(), log: silentLogger };
    const session = await manifest.connect(account, context);
    if (session.compute === undefined) throw new Error('the account offers no compute');
    compute = session.compute;
    close = () => session.close();
  }, PATIENCE_MS);
  afterAll(async () => {
    await close();
    await aws.stop();
  }, PATIENCE_MS);

  it(
    'are offered with the price of the moment, the account’s interruptions and a limit of their own',
    async () => {
      const offerings = [];
      for await (const page of compute.listOfferings(scope, options())) offerings.push(...page.items);
      const spot = offerings.filter(({ purchaseOption }) => purchaseOption === 'spot');
      expect(spot.length).toBe(aws.zones.length);
      expect(spot[0]).toMatchObject({
        pricePerHour: { currency: 'USD', amount: '0.0312' },
        interruptionPerHour: 0.01,
        quotaGroup: 'L-34B43A08',
      });
    },
    PATIENCE_MS,
  );

  it(
    'run as such and draw on the spot limit only',
    async () => {
      const used = async () =>
        Object.fromEntries(
          (await compute.listQuotas(scope, options())).map(({ group, usedVcpu }) => [group, usedVcpu]),
        );
      const before = await used();
      const id = await launch();
      expect((await compute.describe([id], scope, options())).get(id)).toMatchObject({
        purchaseOption: 'spot',
        state: 'running',
      });
      expect(await used()).toEqual({ ...before, 'L-34B43A08': (before['L-34B43A08'] ?? 0) + 2 });
    },
    PATIENCE_MS,
  );

  it(
    'show the notice while they still run, and are gone after it',
    async () => {
      const [first, other] = [await launch(), await launch()];
      await aws.admin.reclaim([first], 1_000);
      const noticed = await compute.describe([first, other], scope, options());
      expect(noticed.get(first)).toMatchObject({
        state: 'running',
        stateReason: expect.stringMatching(/^marked-for-termination/),
      });
      expect(noticed.get(other)).not.toHaveProperty('stateReason', expect.stringMatching(/marked/));
      await wait(1_500);
      const after = await compute.describe([first, other], scope, options());
      expect(after.get(first)).toBe('gone');
      expect(after.get(other)).toMatchObject({ state: 'running' });
    },
    PATIENCE_MS,
  );

  it(
    'that are sold out are insufficient-capacity, over the limit quota-exceeded, both without effect',
    async () => {
      const zone = aws.zones[0] ?? '';
      await aws.admin.setStock(TYPE, zone, 0, 'spot');
      await expect(launch()).rejects.toMatchObject({ code: 'insufficient-capacity', effect: 'none' });
      await aws.admin.setStock(TYPE, zone, null, 'spot');
      await aws.admin.change({ spotVcpuLimit: 0 });
      await expect(launch()).rejects.toMatchObject({ code: 'quota-exceeded', effect: 'none' });
      await aws.admin.change({ spotVcpuLimit: null });
      expect(await launch()).toMatch(/^i-/);
    },
    PATIENCE_MS,
  );
});
