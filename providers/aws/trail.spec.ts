import type { Event } from '@aws-sdk/client-cloudtrail';
import { toDeed } from './trail.js';

const AT = new Date('2026-11-11T00:00:05Z');
const ANN = { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::123456789012:user/ann' };

function event(userIdentity: unknown, changes: Partial<Event> = {}, record: object = {}): Event {
  return {
    EventName: 'StopInstances',
    EventTime: AT,
    EventSource: 'ec2.amazonaws.com',
    ReadOnly: 'false',
    Username: 'nobody looks here',
    CloudTrailEvent: JSON.stringify({ userIdentity, ...record }),
    ...changes,
  };
}

describe('an event of CloudTrail', () => {
  it('is a deed of its user, in the cloud’s words', () => {
    expect(toDeed('i-1', event(ANN))).toEqual({
      machineId: 'i-1',
      who: 'ann',
      what: 'StopInstances',
      at: '2026-11-11T00:00:05.000Z',
    });
  });

  it.each([
    [{ type: 'Root', accountId: '123456789012' }, 'root user'],
    [
      { type: 'AssumedRole', arn: 'arn:aws:sts::123456789012:assumed-role/deployer/bob@example.com' },
      'role deployer, session bob@example.com',
    ],
    [
      { type: 'AssumedRole', arn: 'arn:aws-cn:sts::123456789012:assumed-role/deployer/a/b' },
      'role deployer, session a/b',
    ],
    [
      { type: 'FederatedUser', arn: 'arn:aws:sts::123456789012:federated-user/carol' },
      'federated user carol',
    ],
    [{ type: 'AWSAccount', accountId: '210987654321' }, 'account 210987654321'],
    [{ type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' }, 'autoscaling.amazonaws.com'],
    [{ accountId: '123456789012', invokedBy: 'ec2.amazonaws.com' }, 'ec2.amazonaws.com'],
  ])('by %j is told of %s', (identity, who) => {
    expect(toDeed('i-1', event(identity))?.who).toBe(who);
  });

  it.each([
    ['who has no name', event({ type: 'IAMUser' })],
    ['whose role has no session', event({ type: 'AssumedRole', arn: 'arn:aws:iam::1:role/deployer' })],
    ['of a kind of user that is not known', event({ type: 'constructor', userName: 'eve' })],
    ['without a kind or a service', event({ accountId: '123456789012' })],
    ['without a user', event(undefined)],
    ['whose user is a text', event('ann')],
    ['whose record is cut', event(ANN, { CloudTrailEvent: '{"userIdentity":' })],
    ['without a record', event(ANN, { CloudTrailEvent: undefined })],
    ['without a name', event(ANN, { EventName: undefined })],
    ['without a time', event(ANN, { EventTime: undefined })],
    ['of no time', event(ANN, { EventTime: new Date(Number.NaN) })],
    ['that only reads', event(ANN, { ReadOnly: 'true' })],
    ['that failed', event(ANN, {}, { errorCode: 'Client.UnauthorizedOperation' })],
    ['of another service', event(ANN, { EventSource: 'ssm.amazonaws.com' })],
  ])('%s is left out', (_, strange) => {
    expect(toDeed('i-1', strange)).toBeUndefined();
  });
});
