import { startAlibabaYard, type AlibabaYard } from '../alibaba-yard.js';
import { call, type CallAnswer, type Caller } from '../signed-call.js';

const DAY_MS = 24 * 3_600_000;

type Parameters = Readonly<Record<string, string | number>>;
type WireEvent = Readonly<{ eventName: string; errorCode?: string; userIdentity: object }>;

describe('LookupEvents of the Alibaba Cloud yard', () => {
  let yard: AlibabaYard;
  let ann: Caller;
  let id = '';

  beforeAll(async () => {
    yard = await startAlibabaYard({ settings: { pendingMs: 0, startingMs: 0, stoppingMs: 0 } });
    ann = { endpoint: yard.endpoint, accessKeyId: 'LTAI5tAnn', secret: 'secret of ann' };
    const identity = { type: 'ram-user', userName: 'ann' } as const;
    await yard.admin.putKey({ accessKeyId: 'LTAI5tAnn', secret: 'secret of ann', identity });
  });
  beforeEach(async () => {
    await yard.admin.reset();
    const zone = yard.regions[0]?.zones[0] ?? '';
    const order = { machineType: 'ecs.c7.large', zone, running: true };
    id = (await yard.admin.createForeign(order)).ids[0] ?? '';
  });
  afterAll(() => yard.stop());

  const lookUp = (parameters: Parameters = {}) => call(ann, 'actiontrail', 'LookupEvents', parameters);
  const eventsOf = ({ body }: CallAnswer) => body['Events'] as readonly WireEvent[];
  const namesOf = (answer: CallAnswer) => eventsOf(answer).map(({ eventName }) => eventName);
  const where = (...pairs: readonly (readonly [string, string])[]): Parameters =>
    Object.fromEntries(
      pairs.flatMap(([key, value], n) => [
        [`LookupAttribute.${n + 1}.Key`, key],
        [`LookupAttribute.${n + 1}.Value`, value],
      ]),
    );
  const act = (action: string, parameters: Parameters = { InstanceId: id }) =>
    call(ann, 'ecs', action, parameters);

  it('tells what changed something and what was refused, by whom, and not who only looked', async () => {
    await act('StopInstance');
    await act('StopInstance', { InstanceId: 'i-none' });
    await act('DescribeInstances', { RegionId: yard.regions[0]?.regionId ?? '' });
    const answer = await lookUp();
    expect(eventsOf(answer)).toEqual([
      expect.objectContaining({ eventName: 'StopInstance', errorCode: 'InvalidInstanceId.NotFound' }),
      expect.objectContaining({
        eventName: 'StopInstance',
        eventRW: 'Write',
        serviceName: 'Ecs',
        referencedResources: { 'ACS::ECS::Instance': [id] },
        userIdentity: expect.objectContaining({ type: 'ram-user', userName: 'ann' }) as unknown,
      }),
    ]);
    expect(eventsOf(answer)[1]).not.toHaveProperty('errorCode');
  });

  it('looks for one thing or two that go together', async () => {
    await act('StopInstance');
    await act('StartInstance');
    await call(ann, 'vpc', 'AllocateEipAddress', { RegionId: yard.regions[0]?.regionId ?? '' });
    const found = async (...pairs: readonly (readonly [string, string])[]) =>
      namesOf(await lookUp(where(...pairs)));
    expect(await found(['ResourceName', id], ['ServiceName', 'Ecs'])).toEqual([
      'StartInstance',
      'StopInstance',
    ]);
    expect(await found(['ServiceName', 'Vpc'], ['EventRW', 'Write'])).toEqual(['AllocateEipAddress']);
    expect(await found(['EventName', 'StopInstance'])).toEqual(['StopInstance']);
    expect(await found(['User', 'ben'])).toEqual([]);
    expect(await found(['EventRW', 'Read'])).toEqual([]);
    expect(await found(['EventName', 'x'], ['EventName', 'StopInstance'])).toEqual(['StopInstance']);
    expect(await found(['ServiceName', 'Ecs'], ['User', 'ann'], ['EventName', 'x'])).toHaveLength(2);
    expect((await lookUp(where(['ResourceName', id], ['EventRW', 'Write']))).code).toBe('InvalidParameter');
    expect((await lookUp(where(['Colour', 'red']))).code).toBe('InvalidParameter');
  });

  it('goes page by page, either way, with the same question only', async () => {
    for (const action of ['StopInstance', 'StartInstance', 'StopInstance']) await act(action);
    const first = await lookUp({ MaxResults: 2 });
    const NextToken = String(first.body['NextToken']);
    expect(namesOf(first)).toEqual(['StopInstance', 'StartInstance']);
    const second = await lookUp({ MaxResults: 2, NextToken });
    expect([namesOf(second), second.body['NextToken']]).toEqual([['StopInstance'], undefined]);
    expect((await lookUp({ MaxResults: 1, NextToken })).code).toBe('InvalidParameter');
    const forward = await lookUp({ MaxResults: 2, Direction: 'FORWARD' });
    expect(namesOf(forward)).toEqual(['StopInstance', 'StartInstance']);
    const rest = await lookUp({
      MaxResults: 2,
      Direction: 'FORWARD',
      NextToken: String(forward.body['NextToken']),
    });
    expect(namesOf(rest)).toEqual(['StopInstance']);
  });

  it.each([
    ['a page of more than 50', { MaxResults: 51 }],
    ['one end of a span', { StartTime: '2026-11-01T00:00:00Z' }],
    [
      'a span that ends before it begins',
      { StartTime: '2026-11-02T00:00:00Z', EndTime: '2026-11-01T00:00:00Z' },
    ],
    ['a span of more than 30 days', { StartTime: '2026-10-01T00:00:00Z', EndTime: '2026-11-01T00:00:00Z' }],
    ['another form of time', { StartTime: '2026-11-01', EndTime: '2026-11-02' }],
    ['another direction', { Direction: 'SIDEWAYS' }],
    ['a token of its own invention', { NextToken: 'x' }],
  ])('refuses %s', async (_what, parameters) => {
    expect((await lookUp(parameters)).code).toBe('InvalidParameter');
  });

  it('answers only for the span that is asked for', async () => {
    await act('StopInstance');
    const stamp = (ms: number) => `${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z`;
    const within = (from: number, to: number) => lookUp({ StartTime: stamp(from), EndTime: stamp(to) });
    expect(namesOf(await within(-DAY_MS, 0))).toEqual(['StopInstance']);
    expect(namesOf(await within(-2 * DAY_MS, -DAY_MS))).toEqual([]);
  });

  it('answers for the region of the endpoint', async () => {
    const [here, there] = yard.regions.map(({ regionId }) => regionId);
    await act('StopInstances', { RegionId: here ?? '', 'InstanceId.1': id });
    const at = async (region = '') =>
      namesOf(
        await call({ ...ann, endpoint: yard.regionEndpoints[region] ?? '' }, 'actiontrail', 'LookupEvents'),
      );
    expect([await at(here), await at(there)]).toEqual([['StopInstances'], []]);
  });
});
