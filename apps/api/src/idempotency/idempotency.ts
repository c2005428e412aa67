import type { RouteSpec } from '@springtide/contracts';
import type { Clock } from '@springtide/kernel';
import { failPoint, sha256, type Database, type Logger, type RequestContext } from '@springtide/platform';
import { HttpRefusal } from '../http/http-refusal.js';
import { claim, complete, purge, release, renew, type Claim } from './data/idempotency.repository.js';

/** An answer as it went out, so that a repeat gets the same bytes. */
export type StoredAnswer = Readonly<{ status: number; body: string | null; etag: string | null }>;

export type KeyedRequest = Readonly<{ key: string; route: RouteSpec; requestHash: string }>;

const KEEP_MS = 24 * 60 * 60 * 1_000;

/** A claim is renewed while its process lives; when that dies, a repeat may try again after so long. */
const LEASE_MS = 15_000;

const KEEP_TRIES = 3;

/**
 * One execution per key. The first answer is kept for 24 hours and repeated; a failure frees the key, so that the same
 * request may be tried again. Keys belong to the user who sent them.
 */
export class Idempotency {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async once(
    ctx: RequestContext,
    keyed: KeyedRequest,
    work: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer & { replayed: boolean }> {
    // The key itself is not kept: whoever reads the table learns nothing that proves or repeats a request.
    const request = { ...keyed, key: sha256(keyed.key) };
    const claimed = await this.claim(ctx, request);
    if (claimed.kind === 'held') return { ...answerOf(claimed, request), replayed: true };
    const renewal = setInterval(() => void this.renew(ctx, request.key, claimed.claimId), LEASE_MS / 3);
    try {
      const held = { key: request.key, claimId: claimed.claimId };
      const answer = await this.workOrRelease(ctx, held, async () =>
        request.route.atomic === true
          ? await this.workAndKeep(ctx, held, request, work)
          : await this.workThenKeep(ctx, held, request, work),
      );
      await failPoint('answer.kept');
      return { ...answer, replayed: false };
    } finally {
      clearInterval(renewal);
    }
  }

  /** Forgets keys older than a day, of all tenants. */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - KEEP_MS);
    return await this.database.systemWork('idempotency-purge', (tx) => purge(tx, before));
  }

  private async workOrRelease(
    ctx: RequestContext,
    { key, claimId }: Held,
    work: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    try {
      return await work();
    } catch (thrown) {
      // If even this fails, the lease lapses; what the caller must hear is why the work failed.
      await this.database.unitOfWork(ctx, (tx) => release(tx, ctx, key, claimId)).catch(() => undefined);
      throw thrown;
    }
  }

  /** Change and answer come to be together: whoever repeats the request finds both, or neither. */
  private async workAndKeep(
    ctx: RequestContext,
    held: Held,
    request: KeyedRequest,
    work: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    return await this.database.atOnce(ctx, async (tx) => {
      const answer = await work();
      await failPoint('answer.made');
      if (!(await complete(tx, ctx, held, toKeep(request, answer)))) throw inProgress();
      return answer;
    });
  }

  private async workThenKeep(
    ctx: RequestContext,
    held: Held,
    request: KeyedRequest,
    work: () => Promise<StoredAnswer>,
  ): Promise<StoredAnswer> {
    const answer = await work();
    await failPoint('answer.made');
    await this.keep(ctx, held, toKeep(request, answer));
    return answer;
  }

  /** The work is done: an answer that cannot be kept must not read as a failure, or it would be done again. */
  private async keep(ctx: RequestContext, claimed: Held, answer: StoredAnswer): Promise<void> {
    for (let attempt = 1; attempt <= KEEP_TRIES; attempt += 1) {
      try {
        await this.database.unitOfWork(ctx, (tx) => complete(tx, ctx, claimed, answer));
        return;
      } catch (error) {
        this.log.warn({ requestId: ctx.requestId, attempt, error }, 'an idempotent answer was not kept');
        await this.clock.sleep(200 * attempt);
      }
    }
  }

  private async claim(ctx: RequestContext, request: KeyedRequest): Promise<Claim> {
    const now = this.clock.now();
    return await this.database.unitOfWork(ctx, (tx) =>
      claim(tx, ctx, {
        ...request,
        routeId: request.route.id,
        now,
        leaseUntil: new Date(now.getTime() + LEASE_MS),
        forgetBefore: new Date(now.getTime() - KEEP_MS),
      }),
    );
  }

  private async renew(ctx: RequestContext, key: string, claimId: string): Promise<void> {
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
    // A missed renewal only shortens the lease; the next one, or the end of the work, makes up for it.
    await this.database
      .unitOfWork(ctx, (tx) => renew(tx, ctx, key, claimId, leaseUntil))
      .catch(() => undefined);
  }
}

type Held = Readonly<{ key: string; claimId: string }>;

function toKeep({ route }: KeyedRequest, answer: StoredAnswer): StoredAnswer {
  return route.idempotent === 'once-only' ? { ...answer, body: null } : answer;
}

function answerOf(held: Extract<Claim, { kind: 'held' }>, request: KeyedRequest): StoredAnswer {
  if (held.routeId !== request.route.id || held.requestHash !== request.requestHash) {
    throw refusal(422, 'invalid-argument', 'Idempotency key used before', {
      detail: 'This idempotency key was already used for another request; nothing was changed.',
      nextStep: 'Use a new key for a new request.',
    });
  }
  if (held.answer === null) {
    throw inProgress();
  }
  if (request.route.idempotent === 'once-only') {
    throw refusal(409, 'already-exists', 'Shown only once', {
      detail: 'This request was already carried out, and its answer held a secret that is shown only once.',
      nextStep: 'If the secret was lost, revoke what was created and create it again with a new key.',
    });
  }
  return held.answer;
}

function inProgress(): HttpRefusal {
  return refusal(409, 'conflict', 'Still in progress', {
    detail: 'Another request with this idempotency key is being carried out; this one changed nothing.',
    nextStep: 'Repeat it in a moment with the same key to get its answer.',
    retryAfterSeconds: 1,
  });
}

function refusal(
  status: number,
  code: 'invalid-argument' | 'conflict' | 'already-exists',
  title: string,
  rest: Readonly<{ detail: string; nextStep: string; retryAfterSeconds?: number }>,
): HttpRefusal {
  return new HttpRefusal({ status, code, title, ...rest });
}
