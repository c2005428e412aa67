import { SpringtideError, asSpringtideError, msBetween, type Instant } from '@springtide/kernel';
import { failPoint } from '@springtide/platform';
import { sha256 } from '@springtide/platform';
import type { CloudClient, LaunchBatch, LaunchReceipt } from '@springtide/provider-kit';
import {
  absence,
  adopted,
  afterAbsence,
  answered,
  answeredLate,
  callRefused,
  claim,
  isTooNear,
  openItem,
  refusedWhole,
  reservationFor,
  sending,
  tokenOf,
  withTimer,
  type Intent,
  type ItemOutcome,
  type Mandate,
  type Refusal,
} from './domain/index.js';
import type { EffectTransaction, StopSwitch } from './effect-store.port.js';
import type { LaunchAnswer, LaunchRequest, LaunchSpec, RefusalCount } from './launch.js';
import { refusalError, saveWithBooks } from './ledger-books.js';
import type { EffectLedger } from './ledger.service.js';

/** One purchase, from the books to the cloud and back, however often it is interrupted. */
export class Purchase {
  constructor(private readonly ledger: EffectLedger) {}

  /**
   * Buys machines. A second call with the same run, step and batch continues the first one: what is sent is what was
   * written then.
   * @throws failed-precondition when it asks for something else than the first one.
   */
  async launch(request: LaunchRequest): Promise<LaunchAnswer> {
    const written = await this.writeAhead(request);
    await failPoint('purchase.written');
    if ('code' in written) return { status: 'refused', refusal: written };
    if (written.state === 'settled' || written.state === 'released') return settledAnswer(written);
    if (written.state === 'sent') {
      const resolved = await this.resolveUnknown(written);
      if (resolved.next === 'done') return this.answerOf(resolved.intent, 'the outcome is being looked for');
      if (resolved.next === 'wait') {
        return {
          status: 'unknown',
          intentId: written.id,
          retryAfterMs: resolved.waitMs,
          reason: resolved.reason,
        };
      }
    }
    return await this.send(written.id, request);
  }

  private async writeAhead(request: LaunchRequest): Promise<Intent | Refusal> {
    const { secretUserData: secret } = request;
    const digest = secret === undefined ? {} : { userDataDigest: sha256(secret) };
    const plain = this.ledger.draft('create', request, { ...request.spec, ...digest }, request.count);
    return await this.ledger.unlessTaken(request.tenantId, async (tx) => {
      const existing = await tx.lockIntentAt(request);
      if (existing !== undefined) return requireSame(existing, plain);
      await this.ledger.requireFence(tx, request, request.fence);
      const stop = await tx.findStopSwitch();
      if (stop?.engaged === true) return stopped(stop);
      const mandate = await tx.lockMandate(request.mandateId);
      if (mandate === undefined)
        throw new SpringtideError('not-found', `mandate ${request.mandateId} is missing`);
      const amount = reservationFor(
        request.pricePerHour,
        request.count,
        request.plannedHours,
        request.minimumBillingSeconds,
        this.ledger.dependencies.policy.reservationMargin,
      );
      const claimed = claim(mandate, { ...request, amount }, this.ledger.now());
      if (!claimed.ok) return claimed.error;
      const intent: Intent = {
        ...plain,
        fence: request.fence,
        mandateId: mandate.id,
        releaseBy: request.releaseBy,
        pricePerHour: request.pricePerHour,
        minimumBillingSeconds: request.minimumBillingSeconds,
        reserved: amount,
        items: Array.from({ length: request.count }, (_, index) => openItem(index)),
      };
      await tx.saveMandate(claimed.value);
      await tx.insertIntent(intent);
      return intent;
    });
  }

  private async send(intentId: string, request: LaunchRequest): Promise<LaunchAnswer> {
    const client = await this.ledger.dependencies.clouds.open(request.tenantId, request.accountId);
    const begun = await this.beginLaunch(intentId, request, client);
    if ('code' in begun) return await this.afterRefusal(intentId, request.tenantId, begun);
    if (begun.state === 'settled' || begun.state === 'released') return settledAnswer(begun);
    await failPoint('purchase.sending');
    let receipt: LaunchReceipt;
    try {
      receipt = await client.compute.launch(this.batchOf(begun, client, request.secretUserData), {
        deadline: begun.deadline ?? this.ledger.deadline(),
        lastCheck: async () => await this.requireStillAllowed(begun, request),
      });
    } catch (thrown) {
      return await this.afterFailedCall(begun, client, asSpringtideError(thrown));
    }
    // Outside the try: what fails from here on is our own memory, and says nothing about the call.
    await failPoint('purchase.answered');
    const recorded = await this.record(begun, outcomesOf(receipt));
    await failPoint('purchase.recorded');
    return this.answerOf(recorded, 'a newer call is under way');
  }

  /** The books say no. What was never sent is over; what may have happened is looked for until it is known. */
  private async afterRefusal(intentId: string, tenantId: string, refusal: Refusal): Promise<LaunchAnswer> {
    const waitMs = await this.ledger.bringToRest(tenantId, intentId);
    if (waitMs > 0) return { status: 'unknown', intentId, retryAfterMs: waitMs, reason: refusal.message };
    const intent = await this.ledger.dependencies.store.transaction(
      tenantId,
      async (tx) => await this.ledger.lock(tx, intentId),
    );
    const bought = intent.items.some((item) => item.machineId !== null);
    return bought ? settledAnswer(intent) : { status: 'refused', refusal };
  }

  /** The answer to one call: also one that comes when a newer generation is under way hides nothing. */
  private async record(begun: Intent, outcomes: readonly ItemOutcome[]): Promise<Intent> {
    return await this.ledger.dependencies.store.transaction(begun.tenantId, async (tx) => {
      const current = await this.ledger.lock(tx, begun.id);
      const at = this.ledger.now();
      const taken =
        current.generation === begun.generation
          ? answered(current, outcomes, at)
          : answeredLate(current, outcomes, at);
      return taken === current ? current : await saveWithBooks(tx, current, taken, at);
    });
  }

  private answerOf(intent: Intent, reason: string): LaunchAnswer {
    if (intent.state === 'settled' || intent.state === 'released') return settledAnswer(intent);
    return { status: 'unknown', intentId: intent.id, retryAfterMs: 1_000, reason };
  }

  private async afterFailedCall(
    begun: Intent,
    client: CloudClient,
    error: SpringtideError,
  ): Promise<LaunchAnswer> {
    this.ledger.dependencies.log.warn(
      { intent: begun.id, code: error.code, effect: error.effect, reason: error.message },
      'launch call failed',
    );
    if (error.effect === 'maybe') {
      return {
        status: 'unknown',
        intentId: begun.id,
        retryAfterMs: error.retryAfterMs ?? 1_000,
        reason: error.message,
        failed: error.code,
      };
    }
    const refused = await this.ledger.change(begun, (intent) => callRefused(intent, error));
    if (refused.state === 'settled' || refused.state === 'released') return settledAnswer(refused);
    const retryAfterMs = error.retryAfterMs ?? (refused.problem === null ? 2_000 : this.ledger.lagOf(client));
    const { code: failed, message: reason } = error;
    return { status: 'unknown', intentId: begun.id, retryAfterMs, reason, failed };
  }

  /** Last checks, immediately before the call: fence, stop switch, mandate and its window. */
  private async beginLaunch(
    intentId: string,
    request: LaunchRequest,
    client: CloudClient,
  ): Promise<Intent | Refusal> {
    return await this.ledger.dependencies.store.transaction(request.tenantId, async (tx) => {
      const intent = await this.ledger.lock(tx, intentId);
      await this.ledger.requireFence(tx, intent, request.fence);
      // Whoever asked for the same at the same moment has its answer already.
      if (intent.state === 'settled' || intent.state === 'released') return intent;
      // Read, not locked: a freeze that commits now finds this intent as sent, and brings it to rest.
      const refusal = await this.whyNotNow(tx, request.runId);
      if (refusal !== null) {
        if (intent.state !== 'written') return refusal;
        const cancelled = refusedWhole(intent, refusalError(refusal));
        await saveWithBooks(tx, intent, cancelled, this.ledger.now());
        return refusal;
      }
      const begun = sending(this.timed(intent, client), {
        fence: request.fence,
        at: this.ledger.now(),
        deadline: this.ledger.deadline(),
      });
      await tx.saveIntent(begun);
      return begun;
    });
  }

  /**
   * Calls wait for their budget, and a stop or a new owner may come meanwhile. Such a call counts as never sent; the next
   * try meets the same refusal in the books, and concludes from it.
   */
  private async requireStillAllowed(begun: Intent, request: LaunchRequest): Promise<void> {
    if (!this.ledger.hasWaited(begun)) return;
    const why = await this.ledger.dependencies.store.transaction(request.tenantId, async (tx) => {
      if ((await tx.currentFence(request.runId)) > request.fence) return 'the run has a newer owner';
      return (await this.whyNotNow(tx, request.runId))?.message;
    });
    if (why === undefined) return;
    throw new SpringtideError('conflict', `nothing was sent, which had waited for its call budget: ${why}`, {
      retryAfterMs: 1,
    });
  }

  private async whyNotNow(tx: EffectTransaction, runId: string): Promise<Refusal | null> {
    const stop = await tx.findStopSwitch();
    if (stop?.engaged === true) return stopped(stop);
    const mandate = await tx.findMandateOfRun(runId);
    if (mandate?.state !== 'open') return frozen();
    return this.ledger.now() <= mandate.validUntil ? null : expired(mandate);
  }

  /** A call was sent and its answer is not recorded. Looks first; decides whether to wait, to send again, or is done. */
  private async resolveUnknown(intent: Intent): Promise<Resolution> {
    const client = await this.ledger.dependencies.clouds.open(intent.tenantId, intent.accountId);
    const { ids, askedAt } = await this.ledger.lookFor(client, intent);
    await failPoint('purchase.looking');
    if (ids.length >= intent.count) {
      return {
        next: 'done',
        intent: await this.ledger.change(intent, (i, at) => adopted(i, ids, at, 'open')),
      };
    }
    // A cloud that has refused the token since would refuse it again; only a look-up can conclude then.
    if (intent.problem === null && this.tokenStillHolds(intent, client)) return { next: 'send' };
    return await this.resolveByAbsence(intent, ids, askedAt, this.ledger.lagOf(client));
  }

  private async resolveByAbsence(
    intent: Intent,
    ids: readonly string[],
    askedAt: Instant,
    lagMs: number,
  ): Promise<Resolution> {
    let waitMs = lagMs;
    const changed = await this.ledger.change(intent, (current, at) => {
      if (current.state !== 'sent') return current;
      const proof = absence(current, askedAt, lagMs);
      waitMs = proof.waitMs;
      return proof.verdict === 'proven' ? afterAbsence(proof.intent, ids, at) : proof.intent;
    });
    if (changed.state === 'written') return { next: 'send' };
    if (changed.state !== 'sent') return { next: 'done', intent: changed };
    const reason = 'the last call had no answer; waiting until the cloud can prove what it did';
    return { next: 'wait', waitMs: Math.max(1, waitMs), reason };
  }

  /** Clouds that remember tokens answer the same token with the same machines: sending again is the best look-up. */
  private tokenStillHolds(intent: Intent, client: CloudClient): boolean {
    if (!client.manifest.capabilities.idempotencyToken.supported) return false;
    const { policy } = this.ledger.dependencies;
    // What the token brings carries the timer that was sent with it: machines that would end in the peak are not wanted.
    if (isTooNear(intent, this.ledger.now(), policy)) return false;
    return msBetween(intent.createdAt, this.ledger.now()) < policy.tokenLifeMs;
  }

  private timed(intent: Intent, client: CloudClient): Intent {
    if (!client.manifest.capabilities.timeToLive.supported) return intent;
    return withTimer(intent, this.ledger.now(), this.ledger.dependencies.policy);
  }

  /**
   * From what is written alone, so that the same token always carries the same batch. The lease is not part of it: it is
   * renewed, and a cloud refuses a token that comes with other parameters. The timer is that of the generation.
   */
  private batchOf(intent: Intent, client: CloudClient, secretUserData: string | undefined): LaunchBatch {
    const spec = intent.spec as LaunchSpec;
    const userData = spec.userData ?? secretUserData;
    return {
      token: tokenOf(intent),
      region: intent.region,
      zone: spec.zone,
      machineType: spec.machineType,
      purchaseOption: spec.purchaseOption,
      count: intent.count,
      minimum: client.manifest.capabilities.partialLaunch.supported ? 1 : intent.count,
      namePrefix: spec.namePrefix,
      image: spec.image,
      ...(spec.subnet === null ? {} : { subnet: spec.subnet }),
      securityGroups: spec.securityGroups,
      ownership: {
        installation: this.ledger.dependencies.installation,
        tenant: intent.tenantId,
        intent: intent.id,
        token: tokenOf(intent),
        ...(intent.campaignId === null ? {} : { campaign: intent.campaignId }),
        ...(intent.service === null ? {} : { service: intent.service }),
      },
      ...(userData === undefined ? {} : { userData }),
      labels: spec.labels,
      ...(intent.releaseAt === null ? {} : { releaseAt: intent.releaseAt }),
    };
  }
}

type Resolution =
  | Readonly<{ next: 'done'; intent: Intent }>
  | Readonly<{ next: 'wait'; waitMs: number; reason: string }>
  | Readonly<{ next: 'send' }>;

function settledAnswer(intent: Intent): LaunchAnswer {
  const refusals = new Map<string, RefusalCount>();
  for (const item of intent.items) {
    if (item.state !== 'refused' && item.state !== 'absent') continue;
    const { code, message } = item.refusal ?? {
      code: 'insufficient-capacity',
      message: 'the cloud gave fewer machines',
    };
    refusals.set(code, { code, message, count: (refusals.get(code)?.count ?? 0) + 1 });
  }
  const accepted = intent.items.filter((item) => item.machineId !== null).length;
  return { status: 'settled', intentId: intent.id, accepted, refusals: [...refusals.values()] };
}

function outcomesOf(receipt: LaunchReceipt): readonly ItemOutcome[] {
  return receipt.items.map((item) =>
    item.outcome === 'accepted'
      ? item
      : { outcome: 'refused', code: item.error.code, message: item.error.message },
  );
}

function requireSame(existing: Intent, wanted: Intent): Intent {
  if (existing.specHash === wanted.specHash && existing.count === wanted.count) return existing;
  throw new SpringtideError(
    'failed-precondition',
    `effect ${wanted.step}/${wanted.batch} of this run was written for other machines; nothing was sent`,
    { nextStep: 'Ask for the same machines, or under a step of its own.' },
  );
}

function expired({ validUntil }: Mandate): Refusal {
  return {
    code: 'expired',
    message: `the approval's window ended at ${validUntil}; nothing was bought`,
    facts: { validUntil },
  };
}

function stopped(stop: StopSwitch): Refusal {
  return {
    code: 'stopped',
    message: `the stop switch is on since ${stop.at} (${stop.reason}); nothing was bought`,
    facts: { since: stop.at },
  };
}

function frozen(): Refusal {
  return { code: 'frozen', message: 'purchases are frozen for this run; nothing was bought', facts: {} };
}
