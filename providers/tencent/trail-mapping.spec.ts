import type { Event } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/v20190319/cloudaudit_models.js';
import { newestOf, toDeeds } from './trail-mapping.js';

const STOPPED = 'ins-1a2b3c4d';
const OTHER = 'ins-aaaaaaaa';
const wanted = new Set([STOPPED, OTHER]);

/** With nothing but the resource to tell the machine, as older events are. */
function anEvent(changes: Partial<Event> = {}, detail: object = {}): Event {
  return {
    EventName: 'StopInstances',
    EventTime: '1629961140',
    Username: '100000000002',
    ErrorCode: 0,
    Resources: { ResourceType: 'cvm', ResourceName: `instance/${STOPPED}` },
    CloudAuditEvent: JSON.stringify({
      userIdentity: { ...identity('CAMUser', '100000000002'), principalId: '100000000002' },
      errorCode: '0',
      apiErrorCode: 0,
      requestParameters: '',
      ...detail,
    }),
    ...changes,
  };
}

function identity(type: string, userName: string, principalId: string | number = '4611686018427') {
  return { type, userName, principalId, accountId: '100000000001', sessionContext: '' };
}

function whoOf(userIdentity: object, Username = ''): string | undefined {
  return toDeeds(anEvent({ Username }, { userIdentity }), wanted)[0]?.who;
}

describe('an event of CloudAudit', () => {
  it('is what a user did to a machine, and when', () => {
    const at = '2021-08-26T06:59:00.000Z';
    const deed = { machineId: STOPPED, who: 'user 100000000002', what: 'StopInstances', at };
    expect(toDeeds(anEvent(), wanted)).toEqual([deed]);
    expect(toDeeds(anEvent(), new Set([OTHER]))).toEqual([]);
  });

  it('names machines by the resource, by what was asked, and by what was answered', () => {
    const several = { ResourceName: `image/img-1|instance/${OTHER}|instance/${STOPPED}|instance/*` };
    const none = { ResourceType: 'cvm', ResourceName: 'instance/*' };
    const texts = [
      { requestParameters: JSON.stringify({ InstanceIds: [OTHER, 'ins-bbbbbbbb'] }) },
      { requestParameters: JSON.stringify({ InstanceId: OTHER, InstanceIds: 7 }) },
      { requestParameters: { InstanceIds: [OTHER] } },
      { responseElements: JSON.stringify({ InstanceIdSet: [OTHER], RequestId: 'r' }) },
    ];
    const machines = (event: Event) => toDeeds(event, wanted).map(({ machineId }) => machineId);
    expect(machines(anEvent({ Resources: several })).toSorted()).toEqual([STOPPED, OTHER]);
    expect(machines(anEvent({ Resources: { ResourceName: OTHER } }))).toEqual([OTHER]);
    for (const detail of texts) expect(machines(anEvent({ Resources: none }, detail))).toEqual([OTHER]);
    const named = { requestParameters: JSON.stringify({ InstanceName: OTHER, UserData: OTHER }) };
    expect(machines(anEvent({ Resources: none }, named))).toEqual([]);
  });

  it('says the main account, roles and sessions as such', () => {
    expect(whoOf(identity('Root', 'root'))).toBe('main account 100000000001');
    expect(whoOf({}, 'root')).toBe('main account');
    const bare = anEvent({ Username: 'root', AccountID: 100_000_000_001, CloudAuditEvent: '' });
    expect(toDeeds(bare, wanted)[0]?.who).toBe('main account 100000000001');
    expect(whoOf(identity('CAMUser', 'ann'))).toBe('user ann');
    expect(whoOf(identity('AssumedRole', 'deployer'))).toBe('role deployer');
    expect(whoOf(identity('CAMRole', 'deployer', '46116860:nightly'))).toBe('role deployer, session nightly');
    expect(whoOf(identity('', 'roleUser', 4_611_686))).toBe('role 4611686');
    expect(whoOf(identity('CAMUser', '', 100_015))).toBe('user 100015');
    expect(whoOf({}, 'ann')).toBe('user ann');
  });

  it('is left out where it failed, whichever code tells it', () => {
    const failures = [
      anEvent({ ErrorCode: 4 }),
      anEvent({}, { errorCode: '4' }),
      anEvent({}, { apiErrorCode: 'InvalidInstanceId.NotFound' }),
      anEvent({}, { apiErrorCode: 4_000 }),
    ];
    for (const failure of failures) expect(toDeeds(failure, wanted)).toEqual([]);
    expect(toDeeds(anEvent({}, { errorCode: '', apiErrorCode: '' }), wanted)).toHaveLength(1);
  });

  it('is left out where it does not say who, what or when', () => {
    const nobody = { userIdentity: { type: 'CAMUser', userName: '', principalId: '' } };
    const silent = [
      anEvent({ Username: '' }, nobody),
      anEvent({ Username: '' }, { userIdentity: identity('AssumedRole', '', '') }),
      anEvent({ EventName: '' }),
      anEvent({ EventTime: '' }),
      anEvent({ EventTime: '2019-03-20 12:36:27' }),
      {},
    ];
    for (const event of silent) expect(toDeeds(event, wanted)).toEqual([]);
  });

  it('is read as far as it can be where its text is cut, empty or of another shape', () => {
    for (const CloudAuditEvent of ['', '{"userIdentity":{"type', '[]', '{"userIdentity":"root"}']) {
      const deeds = toDeeds(anEvent({ CloudAuditEvent }), wanted);
      expect(deeds).toMatchObject([{ machineId: STOPPED, who: 'user 100000000002' }]);
    }
  });
});

describe('a trail that was not read to its end', () => {
  const at = (EventTime: string): Event => ({ EventTime });

  it('is told where it began with the newest', () => {
    const events = [at('1629961142'), at('no time'), at('1629961140')];
    expect(newestOf(events)).toEqual(events);
  });

  it('is not told where it began with the oldest, for the last deed may be missing', () => {
    const events = [at('1629961140'), at('1629961142')];
    const refused = { code: 'unavailable', effect: 'none', retry: 'never' };
    expect(() => newestOf(events)).toThrow(expect.objectContaining(refused));
    expect(() => newestOf([])).toThrow(/not its newest/);
  });
});
