import { SpringtideError, toInstant } from '@springtide/kernel';
import type { Deed } from '@springtide/provider-kit';
import type { Event } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cloudaudit/v20190319/cloudaudit_models.js';
import { z } from 'zod';

const figureOrText = z.union([z.number(), z.string()]);

/** The text within an event. What is of another shape counts as not told. */
const detailSchema = z.object({
  userIdentity: z
    .object({
      type: z.string().catch(''),
      userName: z.string().catch(''),
      principalId: figureOrText.transform(String).catch(''),
      accountId: figureOrText.transform(String).catch(''),
    })
    .optional()
    .catch(undefined),
  errorCode: figureOrText.catch(0),
  apiErrorCode: figureOrText.catch(0),
  /** Texts of JSON, as a rule. */
  requestParameters: z.unknown().optional(),
  responseElements: z.unknown().optional(),
});

type Detail = z.output<typeof detailSchema>;

const idsSchema = z.object({
  InstanceId: z.string().optional().catch(undefined),
  InstanceIds: z.array(z.string()).catch([]),
  InstanceIdSet: z.array(z.string()).catch([]),
});

/** What of an event was done to these machines; nothing where it failed, or where it does not say by whom or when. */
export function toDeeds(event: Event, wanted: ReadonlySet<string>): readonly Deed[] {
  const detail = detailSchema.safeParse(jsonOf(event.CloudAuditEvent)).data;
  const who = whoOf(event, detail);
  const at = timeOf(event);
  const what = event.EventName ?? '';
  if (who === '' || what === '' || at === undefined || failed(event, detail)) return [];
  return [...machinesOf(event, detail)]
    .filter((machineId) => wanted.has(machineId))
    .map((machineId) => ({ machineId, who, what, at: toInstant(at) }));
}

/** In whole seconds, as text. */
function timeOf({ EventTime = '' }: Event): Date | undefined {
  return /^\d{9,11}$/.test(EventTime) ? new Date(Number(EventTime) * 1_000) : undefined;
}

/** The first code is CAM's, which refuses for want of a right, the second the product's own. */
function failed({ ErrorCode = 0 }: Event, detail: Detail | undefined): boolean {
  const codes = [ErrorCode, detail?.errorCode ?? 0, detail?.apiErrorCode ?? 0];
  return codes.some((code) => !['', '0'].includes(String(code)));
}

/**
 * Names are with their kind, `instance/ins-…`, or without. A launch asks rights for machines that have no id yet: theirs are
 * in its answer.
 */
function machinesOf({ Resources }: Event, detail: Detail | undefined): ReadonlySet<string> {
  const named = (Resources?.ResourceName ?? '')
    .split('|')
    .flatMap((name) => /^(?:instance\/)?(ins-[a-z0-9]+)$/.exec(name)?.[1] ?? []);
  const told = [detail?.requestParameters, detail?.responseElements].flatMap((text) => {
    const ids = idsSchema.safeParse(jsonOf(text)).data;
    return ids === undefined ? [] : [ids.InstanceId ?? [], ids.InstanceIds, ids.InstanceIdSet].flat();
  });
  return new Set([...named, ...told]);
}

/**
 * What was read of a trail that was not read to its end. The cloud gives the newest first, but does not promise it: where it
 * does not, the last deed may be one of those that are missing, and somebody else would be named for it.
 */
export function newestOf(events: readonly Event[]): readonly Event[] {
  const times = events.flatMap((event) => timeOf(event)?.getTime() ?? []);
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  if (first > last) return events;
  throw new SpringtideError(
    'unavailable',
    `the Tencent Cloud trail has more than the ${events.length} events that were read, and these are not its newest: who changed machines is not known; nothing was changed`,
    // Another walk of thousands of events would end the same way; the next look asks anew.
    { effect: 'none', retry: 'never', nextStep: 'Look the machines up in the CloudAudit console.' },
  );
}

function whoOf({ Username = '', AccountID }: Event, detail: Detail | undefined): string {
  const { type = '', userName = '', principalId = '', accountId = '' } = detail?.userIdentity ?? {};
  const name = userName === '' ? Username : userName;
  if (type === 'Root' || (type === '' && name === 'root')) {
    return `main account ${accountId === '' ? (AccountID ?? '') : accountId}`.trim();
  }
  if (/role/i.test(type) || name === ANY_ROLE) return roleOf(name, principalId);
  if (name === '') return principalId === '' ? '' : `user ${principalId}`;
  return `user ${name}`;
}

/** Stands where a role's name would be. */
const ANY_ROLE = 'roleUser';

/** The role's name where it is told, otherwise its id; a session is what follows a colon. */
function roleOf(name: string, principalId: string): string {
  const [id = '', session = ''] = principalId.split(':', 2);
  const role = name === ANY_ROLE || name === '' ? id : name;
  if (role === '') return '';
  return session === '' ? `role ${role}` : `role ${role}, session ${session}`;
}

function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // The vendor leaves such texts empty, and cuts long ones.
    return undefined;
  }
}
