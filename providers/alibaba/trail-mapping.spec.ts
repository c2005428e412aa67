import { toDeeds } from './trail-mapping.js';

const ID = 'i-bp1aaaaaaaaaaaaaaaaa';
const OTHER = 'i-bp1bbbbbbbbbbbbbbbbb';
const WANTED = new Set([ID]);

/** As the vendor’s page about ECS events shows one (alibabacloud.com/help/doc-detail/28821). */
const stopped = {
  eventId: '239EB588-CD24-522E-B0B5-174A1A588BE0',
  eventName: 'StopInstance',
  eventTime: '2021-08-04T06:11:36Z',
  eventType: 'ApiCall',
  serviceName: 'Ecs',
  referencedResources: { 'ACS::ECS::Instance': [ID] },
  userIdentity: {
    accountId: '1547353256850000',
    principalId: '2389026010022900',
    type: 'ram-user',
    userName: 'Alice',
  },
};

describe('an event of ActionTrail', () => {
  it('is a deed of the user to each of the machines that are asked for', () => {
    const both = { ...stopped, referencedResources: { 'ACS::ECS::Instance': [ID, OTHER, ID] } };
    const deed = { machineId: ID, who: 'Alice', what: 'StopInstance', at: '2021-08-04T06:11:36.000Z' };
    expect(toDeeds(both, WANTED)).toEqual([deed]);
    expect(toDeeds(both, new Set([ID, OTHER]))).toEqual([deed, { ...deed, machineId: OTHER }]);
    expect(toDeeds(both, new Set())).toEqual([]);
  });

  it('finds the machine among other resources, and under the older name of its type', () => {
    const made = { 'ACS::VPC::VSwitch': ['vsw-1'], 'ACS::ECS::Instance': [ID], 'ACS::ECS::Image': [] };
    expect(toDeeds({ ...stopped, referencedResources: made }, WANTED)).toHaveLength(1);
    expect(toDeeds({ ...stopped, referencedResources: { Instance: [ID] } }, WANTED)).toHaveLength(1);
  });

  it.each([
    [{ type: 'root-account', userName: 'root', principalId: '1547353256850000' }, 'root account'],
    [{ type: 'assumed-role', userName: 'ops:ann', principalId: '3:ann' }, 'role ops:ann'],
    [{ type: 'assumed-role', principalId: '34359792600393:ann' }, 'role 34359792600393:ann'],
    [{ type: 'ram-user', userName: '', principalId: '2389026010022900' }, 'ram-user 2389026010022900'],
    [{ type: 'cloudsso-user', userName: 'ann@shop.example' }, 'ann@shop.example'],
    [{ principalId: '2389026010022900' }, 'user 2389026010022900'],
  ])('names who did it: %j', (userIdentity, who) => {
    expect(toDeeds({ ...stopped, userIdentity }, WANTED)).toEqual([expect.objectContaining({ who })]);
  });

  it('that succeeded may say so with an empty error code', () => {
    expect(toDeeds({ ...stopped, errorCode: '', eventRW: 'Write' }, WANTED)).toHaveLength(1);
  });

  it.each([
    ['failed', { errorCode: 'IncorrectInstanceStatus' }],
    ['only looked', { eventRW: 'Read' }],
    ['names nobody', { userIdentity: { type: 'system' } }],
    ['has no identity', { userIdentity: undefined }],
    ['has no name', { eventName: '' }],
    ['has no time', { eventTime: undefined }],
    ['has a time of no zone', { eventTime: '2021-08-04T06:11:36' }],
    ['has a time that is none', { eventTime: 'yesterday' }],
    ['has no resources', { referencedResources: undefined }],
    ['has resources of another shape', { referencedResources: { 'ACS::ECS::Instance': ID } }],
    ['is about another machine', { referencedResources: { 'ACS::ECS::Instance': [OTHER] } }],
  ])('is left out when it %s', (_, part) => {
    expect(toDeeds({ ...stopped, ...part }, WANTED)).toEqual([]);
  });

  it.each([[null], ['text'], [{}], [[]]])('is left out when it is %j', (event) => {
    expect(toDeeds(event, WANTED)).toEqual([]);
  });
});
