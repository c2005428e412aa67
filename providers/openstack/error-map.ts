import { type ErrorCode, type ErrorDetails, type SpringtideError } from '@springtide/kernel';
import { withConsequence, type WireCall } from './wire-error.js';

/** An answer that is no success, as far as errors are read from it. */
export type Refusal = Readonly<{ status: number; body: string; retryAfter: string }>;

type Meaning = readonly [ErrorCode, ErrorDetails?];

const QUOTA: Meaning = [
  'quota-exceeded',
  { nextStep: 'Have the project’s quota raised, or plan with another account.' },
];
const FULL: Meaning = ['insufficient-capacity', { nextStep: 'Use another zone, or buy the gap elsewhere.' }];
const NO_ADDRESS: Meaning = [
  'subnet-exhausted',
  { nextStep: 'Add a subnet to the network, or use another network.' },
];
const MOVED: Meaning = ['conflict', { retry: 'same', nextStep: 'Ask again from the start of the list.' }];

/** Words that say more than the status does; the first that fits decides. */
const WORDS: readonly (readonly [readonly number[], RegExp, Meaning])[] = [
  [[403, 409, 413], /quota|maximum number of ports|overquota/i, QUOTA],
  [[400, 403, 404, 409], /no (more |fixed )?ip address|ipaddressgenerationfailure|no fixed ip/i, NO_ADDRESS],
  [[400, 409, 500], /no valid host/i, FULL],
  [[400], /marker .*(not|could not).*found/i, MOVED],
];

const STATUSES: Readonly<Record<number, Meaning>> = {
  400: ['invalid-argument'],
  401: ['unauthenticated', { nextStep: 'Correct the account’s user and password, or renew its credential.' }],
  403: [
    'permission-denied',
    { nextStep: 'Grant the role and the policies that the provider’s README lists.' },
  ],
  404: ['not-found'],
  405: ['unsupported'],
  406: ['unsupported', { nextStep: 'This cloud is older than OpenStack Pike, which is the least.' }],
  409: ['conflict', { retry: 'same' }],
  412: ['failed-precondition'],
  413: ['rate-limited', { retryAfterMs: 1_000 }],
  415: ['internal', { effect: 'none', retry: 'never' }],
  429: ['rate-limited', { retryAfterMs: 1_000 }],
  502: ['unavailable'],
  503: ['unavailable'],
  504: ['unavailable'],
};

/** What an answer means that is no success. One that is not in the tables is unknown, and may have happened. */
export function refusalError(refusal: Refusal, call: WireCall): SpringtideError {
  const { status, body } = refusal;
  const text = messageIn(body);
  const byWords = WORDS.find(
    ([statuses, words]) => statuses.includes(status) && words.test(`${text} ${body}`),
  );
  const [code, details = {}] = byWords?.[2] ?? STATUSES[status] ?? (['unknown'] as const);
  const retryAfterMs = waitOf(refusal.retryAfter) ?? details.retryAfterMs;
  return withConsequence(code, `was answered with ${status}: ${text}`, call, {
    ...details,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    facts: { httpStatus: status },
  });
}

/** Every service has its own frame around the words. */
function messageIn(body: string): string {
  try {
    const found = firstMessage(JSON.parse(body), 0);
    if (found !== undefined) return clip(found);
  } catch {
    // Not JSON: glance answers in HTML, a proxy in anything.
  }
  return clip(body.replace(/<[^>]*>/g, ' '));
}

function firstMessage(value: unknown, depth: number): string | undefined {
  if (depth > 4 || typeof value !== 'object' || value === null) return undefined;
  const { message, detail } = value as { message?: unknown; detail?: unknown };
  const own = [message, detail].find((each) => typeof each === 'string' && each !== '');
  if (typeof own === 'string') return own;
  for (const inner of Object.values(value)) {
    const found = firstMessage(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function clip(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain || 'no words';
}

function waitOf(retryAfter: string): number | undefined {
  return /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined;
}
