import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CloudBook } from './cloud-book.js';
import { isReading, jsonAnswer, jsonError, type WireAnswer, type WireCall } from './query-protocol.js';
import { allows, type PolicyDocument } from './rights.js';

const KEPT_EVENTS = 5_000;
const MOST_PER_PAGE = 50;
const ACCOUNT = '123456789012';
const SOURCE = 'ec2.amazonaws.com';
const MACHINE = /^i-[0-9a-f]+$/;

type Recorded = Readonly<{
  /** Counts events, so that a listing goes on where it was although more have happened meanwhile. */
  number: number;
  id: string;
  at: Date;
  name: string;
  user: string;
  accessKeyId: string;
  region: string;
  machines: readonly string[];
  errorCode?: string;
}>;

const lookupSchema = z.object({
  LookupAttributes: z.array(z.object({ AttributeKey: z.string(), AttributeValue: z.string() })).default([]),
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  MaxResults: z.number().default(MOST_PER_PAGE),
  NextToken: z.string().optional(),
});
type Lookup = z.infer<typeof lookupSchema>;

/** What can be asked for; one of it at a time. */
const ATTRIBUTES = new Map<string, (event: Recorded) => readonly string[]>([
  ['AccessKeyId', ({ accessKeyId }) => [accessKeyId]],
  ['EventId', ({ id }) => [id]],
  ['EventName', ({ name }) => [name]],
  ['EventSource', () => [SOURCE]],
  ['ReadOnly', () => ['false']],
  ['ResourceName', ({ machines }) => machines],
  ['ResourceType', ({ machines }) => (machines.length > 0 ? ['AWS::EC2::Instance'] : [])],
  ['Username', ({ user }) => [user]],
]);

/** CloudTrail's event history of EC2, which the emulator lacks. The caller's rights are judged here, by the action alone. */
export class TrailDesk {
  #events: readonly Recorded[] = [];
  #count = 0;

  constructor(
    private readonly book: CloudBook,
    /** Name by access key id. */
    private readonly users: ReadonlyMap<string, string>,
    private readonly policy: PolicyDocument | undefined,
  ) {}

  reset(): void {
    this.#events = [];
  }

  /** Every changing call of somebody who is known, refused ones too. */
  record(call: WireCall, answer: WireAnswer): void {
    const user = this.users.get(call.accessKeyId);
    if (call.service !== 'ec2' || isReading(call) || user === undefined) return;
    const { action: name, accessKeyId, region } = call;
    const errorCode = errorCodeIn(answer);
    this.#count += 1;
    const event = {
      ...{ number: this.#count, id: randomUUID(), at: this.book.now(), name, user, accessKeyId, region },
      machines: machinesOf(call, answer),
      ...(errorCode === undefined ? {} : { errorCode }),
    };
    this.#events = [event, ...this.#events.slice(0, KEPT_EVENTS - 1)];
  }

  answer(call: WireCall): WireAnswer {
    const action = `cloudtrail:${call.action}`;
    if (this.#refuses(call, action)) {
      return jsonError(400, 'AccessDeniedException', `User is not authorized to perform: ${action}`);
    }
    if (call.action !== 'LookupEvents') {
      return jsonError(400, 'UnknownOperationException', `The yard has no ${call.action}.`);
    }
    const lookup = lookupSchema.parse(JSON.parse(call.body.toString('utf8')));
    return refusalOf(lookup) ?? this.#page(lookup, call.region);
  }

  #refuses({ accessKeyId }: WireCall, action: string): boolean {
    const bound = this.users.get(accessKeyId) === 'springtide';
    return bound && this.policy !== undefined && !allows(this.policy, action);
  }

  #page(lookup: Lookup, region: string): WireAnswer {
    const before = numberIn(lookup);
    if (before === undefined) return jsonError(400, 'InvalidNextTokenException', 'The token is not valid.');
    const now = this.book.now().getTime();
    const shownUntil = now - this.book.settings.trailDelayMs;
    const left = this.#events.filter(
      (event) =>
        event.number < before &&
        event.region === region &&
        event.at.getTime() <= shownUntil &&
        fits(event, lookup),
    );
    const page = left.slice(0, lookup.MaxResults);
    const last = page.at(-1);
    return jsonAnswer({
      Events: page.map(eventShape),
      ...(last === undefined || page.length === left.length ? {} : { NextToken: tokenOf(lookup, last) }),
    });
  }
}

function refusalOf({ LookupAttributes, StartTime, EndTime, MaxResults }: Lookup): WireAnswer | undefined {
  if (
    LookupAttributes.length > 1 ||
    LookupAttributes.some(({ AttributeKey }) => !ATTRIBUTES.has(AttributeKey))
  ) {
    return jsonError(400, 'InvalidLookupAttributesException', 'One attribute of those that there are.');
  }
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime) {
    return jsonError(400, 'InvalidTimeRangeException', 'The start is after the end.');
  }
  if (MaxResults >= 1 && MaxResults <= MOST_PER_PAGE) return undefined;
  return jsonError(400, 'InvalidMaxResultsException', `MaxResults is from 1 to ${MOST_PER_PAGE}.`);
}

function fits(event: Recorded, { LookupAttributes, StartTime, EndTime }: Lookup): boolean {
  const at = secondsOf(event.at);
  return (
    at >= (StartTime ?? 0) &&
    at <= (EndTime ?? Number.POSITIVE_INFINITY) &&
    LookupAttributes.every(({ AttributeKey, AttributeValue }) =>
      ATTRIBUTES.get(AttributeKey)?.(event).includes(AttributeValue),
    )
  );
}

/** A token goes with the question that it was given for. */
function questionOf({ LookupAttributes, StartTime, EndTime }: Lookup): string {
  return JSON.stringify([LookupAttributes, StartTime, EndTime]);
}

function tokenOf(lookup: Lookup, last: Recorded): string {
  return Buffer.from(`${last.number} ${questionOf(lookup)}`).toString('base64');
}

/** Below which the events of this page count; undefined for a token that belongs to no such question. */
function numberIn(lookup: Lookup): number | undefined {
  if (lookup.NextToken === undefined) return Number.POSITIVE_INFINITY;
  const [number = '', ...question] = Buffer.from(lookup.NextToken, 'base64').toString('utf8').split(' ');
  return question.join(' ') === questionOf(lookup) ? Number(number) : undefined;
}

function eventShape(event: Recorded) {
  return {
    EventId: event.id,
    EventName: event.name,
    ReadOnly: 'false',
    AccessKeyId: event.accessKeyId,
    EventTime: secondsOf(event.at),
    EventSource: SOURCE,
    Username: event.user,
    Resources: event.machines.map((id) => ({ ResourceType: 'AWS::EC2::Instance', ResourceName: id })),
    CloudTrailEvent: JSON.stringify(recordShape(event)),
  };
}

function recordShape({ id, at, name, user, accessKeyId, region, errorCode }: Recorded) {
  return {
    eventVersion: '1.10',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${ACCOUNT}:user/${user}`,
      ...{ accountId: ACCOUNT, accessKeyId, userName: user },
    },
    eventTime: at.toISOString().replace(/\.\d{3}/, ''),
    ...{ eventSource: SOURCE, eventName: name, awsRegion: region },
    ...(errorCode === undefined ? {} : { errorCode }),
    ...{ eventID: id, readOnly: false, eventType: 'AwsApiCall', managementEvent: true },
    ...{ recipientAccountId: ACCOUNT, eventCategory: 'Management' },
  };
}

/** Those that the call names, and those that it made. */
function machinesOf({ action, params }: WireCall, { body, status }: WireAnswer): readonly string[] {
  const named = [...params.values()].filter((value) => MACHINE.test(value));
  const makes = status < 300 && (action === 'RunInstances' || action === 'CreateFleet');
  const made = makes ? String(body).matchAll(/<(?:instanceId|item)>(i-[0-9a-f]+)</g) : [];
  return [...new Set([...named, ...[...made].map(([, id = '']) => id)])];
}

function errorCodeIn({ status, body }: WireAnswer): string | undefined {
  if (status < 300) return undefined;
  const code = /<Code>([^<]+)</.exec(String(body))?.[1] ?? 'InternalError';
  return `${status < 500 ? 'Client' : 'Server'}.${code}`;
}

/** Events are dated by whole seconds. */
function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
