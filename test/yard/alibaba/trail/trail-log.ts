import type { AlibabaCloud } from '../cloud.js';
import { secondStamp } from '../cloud-clock.js';
import { newRequestId } from '../ids.js';
import { ACCOUNT_ID } from '../seed.js';
import type { AccessKey } from '../wire/access-desk.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import type { WireError } from '../wire/wire-error.js';

const KEPT_EVENTS = 20_000;
const READS = /^(Describe|List|Get|Query|Lookup)/;
/** As events spell the products, where it is not the product's name with a capital. */
const SERVICES: Readonly<Record<string, string>> = { cs: 'CS', bssopenapi: 'BssOpenApi' };
export const INSTANCE = 'ACS::ECS::Instance';

/** What came of a call: its answer, or its refusal. */
export type Outcome = Readonly<{ answer: AnswerBody } | { error: WireError }>;

export type TrailEvent = Readonly<{
  order: number;
  /** By the cloud's watch, in whole seconds, as events are stamped. */
  at: number;
  /** Undefined: the call named none and came in at the endpoint for all. */
  region: string | undefined;
  instances: readonly string[];
  service: string;
  name: string;
  user: string;
  accessKeyId: string;
  id: string;
  body: AnswerBody;
}>;

/** What changed something, or tried to, by whom; oldest first. */
export class TrailLog {
  private events: TrailEvent[] = [];
  private order = 0;

  record(cloud: AlibabaCloud, call: ApiCall, requestId: string, outcome: Outcome): void {
    if (READS.test(call.action)) return;
    this.order += 1;
    const at = Math.floor(cloud.clock.wall() / 1_000) * 1_000;
    this.events.push(eventOf({ call, requestId, outcome, order: this.order, at }));
    if (this.events.length > KEPT_EVENTS) this.events = this.events.slice(-KEPT_EVENTS / 2);
  }

  list(): readonly TrailEvent[] {
    return this.events;
  }

  clear(): void {
    this.events = [];
  }
}

type Made = Readonly<{ call: ApiCall; requestId: string; outcome: Outcome; order: number; at: number }>;

function eventOf({ call, requestId, outcome, order, at }: Made): TrailEvent {
  const { product, action, region, caller } = call;
  const id = newRequestId();
  const service = SERVICES[product] ?? `${product.charAt(0).toUpperCase()}${product.slice(1)}`;
  const instances = instancesOf(call, outcome);
  const identity = identityOf(caller);
  const about = { order, at, region, instances, service, name: action, id };
  return {
    ...about,
    user: identity.userName,
    accessKeyId: caller.accessKeyId,
    body: {
      eventId: id,
      eventVersion: 1,
      eventCategory: 'Management',
      eventType: 'ApiCall',
      eventRW: 'Write',
      eventName: action,
      eventTime: secondStamp(new Date(at)),
      eventSource: `${product}${region === undefined ? '' : `.${region}`}.aliyuncs.com`,
      serviceName: service,
      ...(region === undefined ? {} : { acsRegion: region }),
      isGlobal: false,
      requestId,
      sourceIpAddress: '127.0.0.1',
      userIdentity: { ...identity, accessKeyId: caller.accessKeyId },
      ...(instances.length === 0
        ? {}
        : {
            referencedResources: { [INSTANCE]: instances },
            resourceType: INSTANCE,
            resourceName: instances.join(';'),
          }),
      ...('error' in outcome
        ? { errorCode: outcome.error.code, errorMessage: outcome.error.message }
        : { responseElements: { RequestId: requestId } }),
    },
  };
}

/** Machines that the call names, and those that it made. */
function instancesOf(call: ApiCall, outcome: Outcome): readonly string[] {
  if (call.product !== 'ecs') return [];
  const one = call.text('InstanceId');
  const tagged = call.text('ResourceType')?.toLowerCase() === 'instance' ? call.list('ResourceId') : [];
  const made = 'answer' in outcome ? (outcome.answer['InstanceIdSets'] as MadeSet | undefined) : undefined;
  const all = [
    ...(one === undefined ? [] : [one]),
    ...call.list('InstanceId'),
    ...tagged,
    ...(made?.InstanceIdSet ?? []),
  ];
  return [...new Set(all)];
}

type MadeSet = Readonly<{ InstanceIdSet: readonly string[] }>;

function identityOf({ accessKeyId, identity, securityToken }: AccessKey) {
  const usual = securityToken === undefined ? 'ram-user' : 'assumed-role';
  const { type, userName } = identity ?? { type: usual, userName: accessKeyId };
  const principalId = type === 'root-account' ? ACCOUNT_ID : `3${ACCOUNT_ID}`;
  return { type, userName, principalId, accountId: ACCOUNT_ID };
}
