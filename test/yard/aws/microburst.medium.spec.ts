import { silentLogger, systemClock } from '@springtide/platform';
import { connectAccount, type CloudClient, type LaunchBatch } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { manifest } from '../../../providers/aws/index.js';
import { orReason, yardLane } from '../tools/lane.js';
import { startMoto } from './aws-yard.js';
import { startMicroburst } from './microburst.js';
import { seedCloud } from './seed.js';
import { Upstream } from './upstream.js';

const REGION = 'eu-central-1';
const ZONE = `${REGION}a`;
const THROTTLED = { code: 'RequestLimitExceeded', status: 503, message: 'Request limit exceeded.' };
const SOLD_OUT = { code: 'InsufficientInstanceCapacity', status: 500, message: 'No capacity.' };
const RUN = { service: 'ec2', operation: 'RunInstances' };
/** The machine may be busy with other things. */
const PATIENCE_MS = 60_000;

/** moto behind microburst: software of others, and nothing of ours between the provider and it. */
async function startChain() {
  const moto = await startMoto({});
  const upstream = new Upstream(moto.port);
  try {
    const seed = await seedCloud(upstream, { region: REGION, zones: [ZONE], addressPrefix: '127.20' });
    return { moto, upstream, seed, burst: await startMicroburst(moto.port) };
  } catch (thrown) {
    await moto.process.stop();
    throw thrown;
  }
}

const chain = await orReason(startChain());
const runs = yardLane('aws microburst', typeof chain !== 'string', typeof chain === 'string' ? chain : '');

(runs ? describe : describe.skip)('AWS under faults that others inject', () => {
  const { moto, upstream, seed, burst } = chain as Exclude<typeof chain, string>;
  const scope = { region: REGION };
  let client: CloudClient;
  let batches = 0;

  const batch = (): LaunchBatch => {
    const token = `burst-${(batches += 1)}`;
    return {
      token,
      region: REGION,
      zone: ZONE,
      machineType: 'c6i.large',
      purchaseOption: 'on-demand',
      count: 1,
      minimum: 1,
      namePrefix: token,
      image: seed.imageId,
      securityGroups: [seed.securityGroupId],
      ownership: { installation: 'i', tenant: 't', intent: `n-${token}`, token },
      labels: {},
    };
  };
  const carries = (token: string) => `ClientToken == '${token}'`;

  beforeAll(async () => {
    const settings = { regions: [REGION], endpoint: burst.endpoint, subnets: seed.subnets };
    const secret = { accessKeyId: 'AKIAYARDYARDYARDYARD', secretAccessKey: 'of-the-yard' };
    client = await connectAccount(manifest, settings, secret, {
      account: 'burst',
      clock: systemClock,
      gate: loopbackGate(),
      log: silentLogger,
    });
  }, PATIENCE_MS);
  beforeEach(async () => burst.clear(), PATIENCE_MS);
  afterAll(async () => {
    await client.close();
    await burst.stop();
    upstream.close();
    await moto.process.stop();
  }, PATIENCE_MS);

  it(
    'throttling is rate-limited without effect; every repetition carries the intent’s one token',
    async () => {
      const wanted = batch();
      const [ours = 0, others = 0] = await burst.add(
        { ...RUN, body: carries(wanted.token), times: 3, error: THROTTLED },
        { ...RUN, body: `ClientToken != '${wanted.token}'`, error: THROTTLED },
      );
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await expect(client.compute.launch(wanted)).rejects.toMatchObject({
          code: 'rate-limited',
          effect: 'none',
        });
      }
      const { items } = await client.compute.launch(wanted);
      expect(items).toMatchObject([{ outcome: 'accepted' }]);
      const fired = await burst.fired();
      expect(fired.map(({ rule_id }) => rule_id)).toEqual([ours, ours, ours]);
      expect(fired.some(({ rule_id }) => rule_id === others)).toBe(false);
    },
    PATIENCE_MS,
  );

  it(
    'a stock-out is insufficient-capacity without effect, and leaves nothing behind',
    async () => {
      const wanted = batch();
      await burst.add({ ...RUN, body: carries(wanted.token), times: 1, error: SOLD_OUT });
      await expect(client.compute.launch(wanted)).rejects.toMatchObject({
        code: 'insufficient-capacity',
        effect: 'none',
      });
      expect((await burst.fired()).length).toBe(1);
      const found = await client.compute.findByIntent({ intent: wanted.ownership.intent, ...scope });
      expect(found).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'an answer that is lost after the work leaves an orphan, which the search adopts, tag and all',
    async () => {
      const wanted = batch();
      await burst.add({
        ...RUN,
        body: carries(wanted.token),
        times: 1,
        response: { abort_frac: 0.5 },
      });
      await expect(client.compute.launch(wanted)).rejects.toMatchObject({ effect: 'maybe' });
      expect((await burst.fired()).length).toBe(1);
      const { intent } = wanted.ownership;
      const found = await client.compute.findByIntent({ intent, token: wanted.token, ...scope });
      expect(found).toMatchObject([{ state: 'running', ownership: wanted.ownership }]);
      const listed = await upstream.query('ec2', REGION, {
        Action: 'DescribeInstances',
        'Filter.1.Name': 'tag:springtide:intent',
        'Filter.1.Value.1': intent,
      });
      expect(listed.list('reservationSet').length).toBe(1);
    },
    PATIENCE_MS,
  );

  it(
    'a throttled read is repeated by the client and comes through',
    async () => {
      await burst.add({ service: 'ec2', operation: 'DescribeInstances', times: 2, error: THROTTLED });
      const found = await client.compute.findByIntent({ intent: 'nobody', ...scope });
      expect(found).toEqual([]);
      expect((await burst.fired()).length).toBe(2);
    },
    PATIENCE_MS,
  );
});
