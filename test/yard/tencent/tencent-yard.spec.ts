import { simulatedSource } from '../machines/machine-source.js';
import { YardBench, ZONE, TYPE, codeOf, type CallDetails } from './yard-bench.js';

const MINUTE = 60_000;

describe('the Tencent yard', () => {
  const bench = new YardBench();
  beforeAll(async () => bench.open());
  afterAll(async () => bench.close());
  beforeEach(async () => bench.renew());

  describe('who may ask', () => {
    it.each<readonly [string, CallDetails, string]>([
      ['the service that an SDK makes of an address', { scope: '127' }, 'accepted'],
      ['the service itself', { scope: 'cvm' }, 'accepted'],
      ['a clock 4 minutes off', { at: 4 * MINUTE }, 'accepted'],
      ['a clock 6 minutes off', { at: -6 * MINUTE }, 'AuthFailure.SignatureExpire'],
      ['another key', { secret: { secretKey: 'other' } }, 'AuthFailure.SignatureFailure'],
      ['an unknown id', { secret: { secretId: 'AKIDother' } }, 'AuthFailure.SecretIdNotFound'],
      ['a body that was not signed', { forgedBody: '{"Limit":1}' }, 'AuthFailure.SignatureFailure'],
      ['a token that nobody gave', { secret: { token: 't' } }, 'AuthFailure.TokenFailure'],
    ])('%s', async (_what, { at: claimed = 0, ...more }, code) => {
      const signedAt = bench.now + claimed;
      expect(await codeOf(bench.call('cvm/DescribeZones', {}, { ...more, at: signedAt }))).toBe(code);
    });

    it('takes a session’s token with its secret', async () => {
      const secret = { secretId: 'AKIDsession', secretKey: 'k', token: 'session-1' };
      await bench.yard.admin.putCredential(secret);
      expect(await codeOf(bench.call('cvm/DescribeZones', {}, { secret }))).toBe('accepted');
      const without = { ...secret, token: undefined };
      expect(await codeOf(bench.call('cvm/DescribeZones', {}, { secret: without }))).toBe(
        'AuthFailure.TokenFailure',
      );
      await bench.yard.admin.removeCredential('AKIDsession');
      expect(await codeOf(bench.call('cvm/DescribeZones', {}, { secret }))).toBe(
        'AuthFailure.SecretIdNotFound',
      );
    });

    it('does what a policy allows and nothing else', async () => {
      const statement = [
        {
          effect: 'allow' as const,
          action: ['cvm:Describe*', 'name/cvm:RunInstances'],
          resource: ['*'] as ['*'],
        },
        { effect: 'deny' as const, action: ['cvm:DescribeImages'], resource: ['*'] as ['*'] },
      ];
      const secret = {
        secretId: 'AKIDleast',
        secretKey: 'k',
        policy: { version: '2.0' as const, statement },
      };
      await bench.yard.admin.putCredential(secret);
      expect(await codeOf(bench.call('cvm/DescribeZones', {}, { secret }))).toBe('accepted');
      expect(await codeOf(bench.call('cvm/RunInstances', bench.order(), { secret }))).toBe('accepted');
      for (const what of ['cvm/DescribeImages', 'cvm/TerminateInstances', 'sts/GetCallerIdentity']) {
        expect(await codeOf(bench.call(what, {}, { secret }))).toBe('UnauthorizedOperation');
      }
    });
  });

  it('counts calls per second, action and region', async () => {
    const codes = await Promise.all(
      Array.from({ length: 23 }, async () => codeOf(bench.call('cvm/DescribeZones'))),
    );
    expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(3);
    expect(await codeOf(bench.call('cvm/DescribeRegions'))).toBe('accepted');
    expect(await codeOf(bench.call('cvm/DescribeZones', {}, { region: 'ap-shanghai' }))).toBe('accepted');
    await bench.pass(1_000);
    expect(await codeOf(bench.call('cvm/DescribeZones'))).toBe('accepted');
  });

  it.each<readonly [string, unknown, string]>([
    ['cvm/DescribeInstances', { Colour: 'red' }, 'UnknownParameter'],
    ['cvm/DescribeInstances', { Limit: '10' }, 'InvalidParameter'],
    ['cvm/DescribeInstances', { InstanceIds: 'ins-1' }, 'InvalidParameter'],
    ['cvm/DescribeInstances', { Filters: [{ Name: 'zone' }] }, 'MissingParameter'],
    ['cvm/TerminateInstances', {}, 'MissingParameter'],
    ['cvm/RunInstances', { InstanceChargeType: 'FREE' }, 'InvalidParameterValue'],
    ['cvm/Nothing', {}, 'InvalidAction'],
    ['none/Nothing', {}, 'NoSuchVersion'],
  ])('%s with %j is %s', async (what, params, code) => {
    expect(await codeOf(bench.call(what, params))).toBe(code);
  });

  it('loses answers, not work', async () => {
    await bench.yard.admin.addFault({ action: 'RunInstances', kind: 'lost-answer' });
    await expect(bench.launch({ ClientToken: 'lost' })).rejects.toThrow('fetch failed');
    expect(await bench.launch({ ClientToken: 'lost' })).toHaveLength(1);
    expect(await bench.yard.admin.machines()).toHaveLength(1);
    const outcomes = (await bench.yard.admin.calls()).map(({ token, outcome }) => `${token} ${outcome}`);
    expect(outcomes).toEqual(['lost cut', 'lost ok']);
  });

  it('bears 20,000 machines, and answers a page of 100 in a fraction of 200 ms', async () => {
    await bench.yard.admin.change({ rates: {}, balanceFen: 10_000_000_000 });
    const tags = { fleet: 'shop' };
    for (const zone of [ZONE, 'ap-guangzhou-4']) {
      await bench.yard.admin.launchForeign({ zone, machineType: TYPE, count: 10_000, tags });
    }
    const took: number[] = [];
    for (const Offset of [0, 5_000, 10_000, 15_000, 19_900]) {
      const begun = performance.now();
      const Filters = [{ Name: 'tag:fleet', Values: ['shop'] }];
      const page = await bench.call('cvm/DescribeInstances', { Offset, Limit: 100, Filters });
      took.push(performance.now() - begun);
      expect(page).toMatchObject({ TotalCount: 20_000 });
      expect(page['InstanceSet']).toHaveLength(100);
    }
    const [, , median = Infinity] = took.toSorted((one, other) => one - other);
    expect(median).toBeLessThan(200);
  }, 60_000);

  it('is a source of machines for the boot agent', async () => {
    await bench.launch();
    await bench.pass(3_000);
    const source = simulatedSource('tencent', `${bench.yard.endpoint}/_yard/machines`);
    expect(await source.list()).toMatchObject([
      { machineType: TYPE, address: '127.60.0.2', state: 'running', labels: {} },
    ]);
  });
});
