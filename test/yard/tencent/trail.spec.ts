import { YardBench, codeOf } from './yard-bench.js';

type Shown = Readonly<{ EventName: string; ErrorCode: number; CloudAuditEvent: string }>;
type Answer = Readonly<{
  Events: readonly Shown[];
  NextToken: number;
  ListOver: boolean;
  TotalCount: number;
}>;

describe('the trail of the Tencent yard', () => {
  const bench = new YardBench();
  const ann = { secretId: 'AKIDannannannannann', secretKey: 'annNeverARealSecretKey' };
  beforeAll(async () => bench.open());
  beforeEach(async () => {
    await bench.renew();
    await bench.yard.admin.putCredential({ ...ann, user: 'ann' });
  });
  afterAll(async () => bench.close());

  async function look(more: object = {}) {
    const second = Math.floor(bench.now / 1_000);
    const span = { StartTime: second - 600, EndTime: second, MaxResults: 50 };
    const answer: unknown = await bench.call('cloudaudit/DescribeEvents', { ...span, ...more });
    const { Events, ...rest } = answer as Answer;
    return { ...rest, Events, names: Events.map(({ EventName }) => EventName) };
  }

  async function changed(times: number): Promise<string> {
    const [id = ''] = await bench.launch();
    for (let n = 0; n < times; n += 1) {
      await bench.pass(1_000);
      const renamed = { InstanceIds: [id], InstanceName: `name-${n}` };
      await bench.call('cvm/ModifyInstancesAttribute', renamed, { secret: ann });
    }
    return id;
  }

  it('has every changing call, the newest first, with who made it and when, and no reads', async () => {
    const id = await changed(1);
    await bench.call('cvm/DescribeInstances');
    const { names, Events, ListOver } = await look();
    expect(names).toEqual(['ModifyInstancesAttribute', 'RunInstances']);
    expect(Events).toMatchObject([
      {
        Username: 'ann',
        EventTime: String(bench.now / 1_000),
        Resources: { ResourceName: `instance/${id}`, ResourceType: 'cvm' },
      },
      { Username: 'root', Resources: { ResourceName: 'instance/*' } },
    ]);
    expect(ListOver).toBe(true);
  });

  it('has refused calls with the code of their refusal, and those without the right with one of CAM', async () => {
    const statement = [{ effect: 'deny' as const, action: ['cvm:StopInstances'], resource: ['*'] as ['*'] }];
    const [id = ''] = await bench.launch();
    await codeOf(bench.call('cvm/TerminateInstances', { InstanceIds: ['ins-00000000'] }));
    await bench.yard.admin.putCredential({
      ...ann,
      user: 'ann',
      policy: { version: '2.0', statement },
    });
    await codeOf(bench.call('cvm/StopInstances', { InstanceIds: [id] }, { secret: ann }));
    const { Events } = await look();
    const codes = Events.map(({ ErrorCode, CloudAuditEvent }) => [
      ErrorCode === 0,
      (JSON.parse(CloudAuditEvent) as { apiErrorCode: unknown }).apiErrorCode,
    ]);
    expect(codes).toEqual([
      [false, 'UnauthorizedOperation'],
      [true, 'InvalidInstanceId.NotFound'],
      [true, 0],
    ]);
  });

  it('gives pages by token, to the end and each event once, whatever comes meanwhile', async () => {
    await changed(4);
    const first = await look({ MaxResults: 3 });
    expect(first).toMatchObject({ ListOver: false, TotalCount: 5 });
    await bench.launch();
    const second = await look({ MaxResults: 3, NextToken: first.NextToken });
    expect(second).toMatchObject({ ListOver: true, names: ['ModifyInstancesAttribute', 'RunInstances'] });
  });

  it('filters by conditions that must all fit, of one key by any', async () => {
    const id = await changed(5);
    await bench.call('cvm/StopInstances', { InstanceIds: [id] });
    const named = (...values: string[]) =>
      values.map((AttributeValue) => ({ AttributeKey: 'EventName', AttributeValue }));
    const { names } = await look({ LookupAttributes: named('StopInstances', 'RunInstances') });
    expect(names).toEqual(['StopInstances', 'RunInstances']);
    const both = [
      ...named('RunInstances'),
      { AttributeKey: 'ResourceName', AttributeValue: `instance/${id}` },
    ];
    expect((await look({ LookupAttributes: both })).names).toEqual([]);
    const reads = [{ AttributeKey: 'ActionType', AttributeValue: 'Read' }];
    expect((await look({ LookupAttributes: reads })).names).toEqual([]);
  });

  it('shows nothing before its time, and refuses spans and pages that the vendor refuses', async () => {
    await bench.yard.admin.change({ auditLagMs: 300_000 });
    await bench.launch();
    expect((await look()).names).toEqual([]);
    await bench.pass(300_000);
    expect((await look()).names).toEqual(['RunInstances']);
    const second = Math.floor(bench.now / 1_000);
    const day = 86_400;
    await expect(codeOf(look({ MaxResults: 51 }))).resolves.toBe('InvalidParameterValue.MaxResult');
    await expect(codeOf(look({ StartTime: second + 1 }))).resolves.toBe('InvalidParameterValue.Time');
    await expect(codeOf(look({ StartTime: second - 91 * day }))).resolves.toBe('InvalidParameterValue.Time');
    await expect(codeOf(look({ StartTime: second - 31 * day }))).resolves.toBe('LimitExceeded.OverTime');
    const strange = [{ AttributeKey: 'Weather', AttributeValue: 'fine' }];
    await expect(codeOf(look({ LookupAttributes: strange }))).resolves.toBe('InvalidParameterValue');
  });
});
