import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import type { Offering } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { manifest } from '../../../providers/aws/index.js';
import { orReason, yardLane } from '../tools/lane.js';
import { startAwsYard, type AwsYard } from './aws-yard.js';
import { publishedPolicy } from './rights.js';

/** The machine may be busy with other things. */
const PATIENCE_MS = 60_000;

const yard = await orReason(
  publishedPolicy().then((policy) => startAwsYard({ policy, settings: { rates: {} } })),
);
const runs = yardLane('aws prices', typeof yard !== 'string', typeof yard === 'string' ? yard : '');

(runs ? describe : describe.skip)('prices of AWS by its API', () => {
  const aws = yard as AwsYard;
  const offeringsWith = async (prices: object): Promise<readonly Offering[]> => {
    const account = manifest.accountSchema.parse({
      settings: {
        regions: [aws.region],
        endpoint: aws.endpoint,
        machineTypes: ['c6i.large', 'c6i.xlarge', 'c6i.2xlarge'],
        ...prices,
      },
      secret: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    });
    const context = { clock: systemClock, gate: loopbackGate(), log: silentLogger };
    const session = await manifest.connect(account, context);
    const found: Offering[] = [];
    const options = { deadline: addMs(toInstant(systemClock.now()), 20_000) };
    const pages = session.compute?.listOfferings({ region: aws.region }, options) ?? [];
    for await (const page of pages) found.push(...page.items);
    await session.close();
    return found;
  };
  const priceIn = (offerings: readonly Offering[], machineType: string) =>
    offerings.find((each) => each.machineType === machineType)?.pricePerHour?.amount;

  afterAll(async () => aws.stop(), PATIENCE_MS);

  it(
    'rule over the list that ships, from every page, shared tenancy only',
    async () => {
      const offerings = await offeringsWith({ prices: 'api' });
      expect(priceIn(offerings, 'c6i.large')).toBe('0.0971');
      expect(priceIn(offerings, 'c6i.xlarge')).toBe('0.1942');
      // What the API does not tell is taken from the list that ships.
      expect(priceIn(offerings, 'c6i.2xlarge')).toBe('0.388');
    },
    PATIENCE_MS,
  );

  it(
    'are not asked for where the account does not say so',
    async () => {
      const before = (await aws.admin.calls()).filter(({ action }) => action === 'GetProducts').length;
      await offeringsWith({});
      const after = (await aws.admin.calls()).filter(({ action }) => action === 'GetProducts').length;
      expect(after).toBe(before);
    },
    PATIENCE_MS,
  );
});
