import { createHash } from 'node:crypto';
import {
  SpringtideError,
  addMs,
  asSpringtideError,
  canonicalJson,
  msBetween,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import type { CloudClient, LaunchBatch } from '@springtide/provider-kit';
import type { Logger } from '@springtide/platform';
import {
  absence,
  adopted,
  answered,
  claim,
  nextGeneration,
  openItem,
  refusedWhole,
  reservationFor,
  sending,
  tokenOf,
  type Intent,
  type IntentPlace,
  type Mandate,
  type Refusal,
} from './domain/index.js';
import type { EffectStore, EffectTransaction, IntentFilter, StopSwitch } from './effect-store.port.js';
import type { EffectsPolicy } from './effects-policy.js';
import type { LaunchAnswer, LaunchRequest, LaunchSpec, RefusalCount } from './launch.js';
import { refusalError, saveWithBooks } from './ledger-books.js';

/** The way from an account id to its cloud; implemented by accounts. */
export interface CloudDirectory {
  open(tenantId: string, accountId: string): Promise<CloudClient>;
}

export type LedgerDependencies = Readonly<{
  store: EffectStore;
  clouds: CloudDirectory;
  clock: Clock;
  newId: () => string;
  /** Creator mark: which Springtide made a resource. */
  installation: string;
  policy: EffectsPolicy;
  log: Logger;
}>;

/**
 * The only way to change a cloud: write ahead, call, record; look before acting again.
 * Every method may be called any number of times with the same arguments and has its effect once.
 */
export class EffectLedger {
  constructor(readonly dependencies: LedgerDependencies) {}

  now(): Instant {
    return toInstant(this.dependencies.clock.now());
  }

  async openMandate(mandate: Mandate): Promise<Mandate> {
    return await this.dependencies.store.transaction(mandate.tenantId, async (tx) => {
      const existing = await tx.findMandateOfRun(mandate.runId);
      if (existing !== undefined) return existing;
      await tx.insertMandate(mandate);
      return mandate;
    });
  }

  /** @throws not-found. @returns the mandate as changed. */
  async changeMandate(
    tenantId: string,
    runId: string,
    change: (mandate: Mandate) => Mandate,
  ): Promise<Mandate> {
    return await this.dependencies.store.transaction(tenantId, async (tx) => {
      const found = await tx.findMandateOfRun(runId);
      const locked = found === undefined ? undefined : await tx.lockMandate(found.id);
      if (locked === undefined) throw new SpringtideError('not-found', `run ${runId} has no mandate`);
      const changed = change(locked);
      await tx.saveMandate(changed);
      return changed;
    });
  }

  async findMandate(tenantId: string, runId: string): Promise<Mandate | undefined> {
    return await this.dependencies.store.transaction(
      tenantId,
      async (tx) => await tx.findMandateOfRun(runId),
    );
  }

  /** The caller becomes the owner of the run; whoever owned it before can send nothing any more. */
  async takeFence(tenantId: string, runId: string, owner: string): Promise<number> {
    return await this.dependencies.store.transaction(
      tenantId,
      async (tx) => await tx.takeFence(runId, owner),
    );
  }

  async listIntents(tenantId: string, filter: IntentFilter): Promise<readonly Intent[]> {
    return await this.dependencies.store.transaction(tenantId, async (tx) => await tx.listIntents(filter));
  }

  async setStopSwitch(tenantId: string, state: StopSwitch): Promise<void> {
    await this.dependencies.store.transaction(tenantId, async (tx) => {
      await tx.saveStopSwitch(state);
    });
  }

  async findStopSwitch(tenantId: string): Promise<StopSwitch | undefined> {
    return await this.dependencies.store.transaction(tenantId, async (tx) => await tx.findStopSwitch());
  }

  /** Buys machines. A second call with the same run, step and batch continues the first one. */
  async launch(request: LaunchRequest): Promise<LaunchAnswer> {
    const written = await this.writeAhead(request);
    if ('code' in written) return { status: 'refused', refusal: written };
    if (written.state === 'settled' || written.state === 'released') return settledAnswer(written);
    if (written.state === 'sent') {
      const resolved = await this.resolveUnknown(written);
      if (resolved.next === 'done') return settledAnswer(resolved.intent);
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

  /**
   * A change that only sets something to an absolute value (a weight, a membership): written ahead, sent, recorded.
   * An unknown outcome is resolved by sending it again.
   */
  async set<T>(
    place: IntentPlace & { fence: number },
    desired: Readonly<Record<string, unknown>>,
    call: (deadline: Instant) => Promise<T>,
  ): Promise<T> {
    const intent = await this.writePlain('set', place, desired, 0);
    await this.beginCall(intent, place.fence);
    const result = await call(addMs(this.now(), this.dependencies.policy.callDeadlineMs));
    await this.finishPlain(intent);
    return result;
  }

  /** Writes a set or delete intent, or finds the one that was written before. */
  async writePlain(
    kind: 'set' | 'delete',
    place: IntentPlace,
    spec: Readonly<Record<string, unknown>>,
    count: number,
  ): Promise<Intent> {
    return await this.dependencies.store.transaction(place.tenantId, async (tx) => {
      const existing = await tx.lockIntentAt(place);
      if (existing !== undefined) return existing;
      const intent = this.draft(kind, place, spec, count);
      await tx.insertIntent(intent);
      return intent;
    });
  }

  /** Marks a plain intent as sent, unless its run has a newer owner. */
  async beginCall(intent: Intent, fence: number): Promise<void> {
    await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const locked = await this.lock(tx, intent.id);
      await this.requireFence(tx, locked, fence);
      if (locked.state === 'settled') return;
      await tx.saveIntent(sending(locked, { fence, at: this.now(), deadline: this.deadline() }));
    });
  }

  async finishPlain(intent: Intent): Promise<void> {
    await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const locked = await this.lock(tx, intent.id);
      await tx.saveIntent({ ...locked, state: 'settled' });
    });
  }

  /**
   * Brings an intent to rest without buying anything more: what was never sent is cancelled, what may have happened is
   * looked for and taken over, what is proven absent is closed. Scale-back calls it before it deletes.
   * @returns milliseconds to wait before asking again; 0 when it rests.
   */
  async bringToRest(tenantId: string, intentId: string): Promise<number> {
    const intent = await this.dependencies.store.transaction(
      tenantId,
      async (tx) => await this.lock(tx, intentId),
    );
    if (intent.state === 'settled' || intent.state === 'released') return 0;
    if (intent.state === 'written') {
      const cancelled = new SpringtideError('cancelled', 'the run ended before this was sent', {
        effect: 'none',
      });
      await this.change(intent, (current) =>
        current.state === 'written' ? refusedWhole(current, cancelled) : current,
      );
      return 0;
    }
    const client = await this.dependencies.clouds.open(tenantId, intent.accountId);
    const found = await client.compute.findByIntent({ intent: intent.id, region: intent.region });
    const ids = found.map((machine) => machine.id);
    let waitMs = 0;
    await this.change(intent, (current, at) => {
      if (current.state !== 'sent') return current;
      const taken = adopted(current, ids, at, 'open');
      if (taken.state !== 'sent') return taken;
      const proof = absence(taken, at, this.lagOf(client));
      waitMs = proof.waitMs;
      return proof.verdict === 'proven' ? adopted(proof.intent, ids, at, 'absent') : proof.intent;
    });
    return waitMs;
  }

  private async writeAhead(request: LaunchRequest): Promise<Intent | Refusal> {
    return await this.dependencies.store.transaction(request.tenantId, async (tx) => {
      const existing = await tx.lockIntentAt(request);
      if (existing !== undefined) return existing;
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
        this.dependencies.policy.reservationMargin,
      );
      const claimed = claim(mandate, { ...request, amount }, this.now());
      if (!claimed.ok) return claimed.error;
      const plain = this.draft('create', request, { ...request.spec }, request.count);
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
    const client = await this.dependencies.clouds.open(request.tenantId, request.accountId);
    const begun = await this.beginLaunch(intentId, request);
    if ('code' in begun) return { status: 'refused', refusal: begun };
    try {
      const receipt = await client.compute.launch(this.batchOf(begun, request, client), {
        deadline: begun.deadline ?? this.deadline(),
      });
      const outcomes = receipt.items.map((item) =>
        item.outcome === 'accepted'
          ? item
          : { outcome: 'refused' as const, code: item.error.code, message: item.error.message },
      );
      return settledAnswer(await this.change(begun, (intent, at) => answered(intent, outcomes, at)));
    } catch (thrown) {
      return await this.afterFailedCall(begun, asSpringtideError(thrown));
    }
  }

  private async afterFailedCall(begun: Intent, error: SpringtideError): Promise<LaunchAnswer> {
    this.dependencies.log.warn(
      { intent: begun.id, code: error.code, effect: error.effect, reason: error.message },
      'launch call failed',
    );
    if (error.effect === 'maybe') {
      return {
        status: 'unknown',
        intentId: begun.id,
        retryAfterMs: error.retryAfterMs ?? 1_000,
        reason: error.message,
      };
    }
    if (error.retry === 'same') {
      // Certainly nothing happened: the same token may go out again later.
      await this.change(begun, (intent) => ({ ...intent, state: 'written' }));
      return {
        status: 'unknown',
        intentId: begun.id,
        retryAfterMs: error.retryAfterMs ?? 2_000,
        reason: error.message,
      };
    }
    return settledAnswer(await this.change(begun, (intent) => refusedWhole(intent, error)));
  }

  /** Last checks, immediately before the call: stop switch, mandate, fence. */
  private async beginLaunch(intentId: string, request: LaunchRequest): Promise<Intent | Refusal> {
    return await this.dependencies.store.transaction(request.tenantId, async (tx) => {
      const intent = await this.lock(tx, intentId);
      await this.requireFence(tx, intent, request.fence);
      const stop = await tx.findStopSwitch();
      const mandate = await tx.lockMandate(request.mandateId);
      const refusal = stop?.engaged === true ? stopped(stop) : mandate?.state === 'open' ? null : frozen();
      if (refusal !== null) {
        if (intent.state === 'sent') return refusal;
        const cancelled = refusedWhole(intent, refusalError(refusal));
        await saveWithBooks(tx, intent, cancelled, this.now());
        return refusal;
      }
      const begun = sending(intent, { fence: request.fence, at: this.now(), deadline: this.deadline() });
      await tx.saveIntent(begun);
      return begun;
    });
  }

  /** A call was sent and its answer is not recorded. Looks first; decides whether to wait, to send again, or is done. */
  private async resolveUnknown(intent: Intent): Promise<Resolution> {
    const client = await this.dependencies.clouds.open(intent.tenantId, intent.accountId);
    const found = await client.compute.findByIntent({ intent: intent.id, region: intent.region });
    const ids = found.filter((machine) => machine.state !== 'terminating').map((machine) => machine.id);
    if (ids.length >= intent.count) {
      return { next: 'done', intent: await this.change(intent, (i, at) => adopted(i, ids, at, 'open')) };
    }
    if (this.tokenStillHolds(intent, client)) return { next: 'send' };
    return await this.resolveByAbsence(intent, ids, this.lagOf(client));
  }

  private async resolveByAbsence(intent: Intent, ids: readonly string[], lagMs: number): Promise<Resolution> {
    const proofs: ReturnType<typeof absence>[] = [];
    const changed = await this.change(intent, (current, at) => {
      const proof = absence(current, at, lagMs);
      proofs.push(proof);
      if (proof.verdict !== 'proven') return proof.intent;
      return ids.length > 0 ? adopted(proof.intent, ids, at, 'absent') : nextGeneration(proof.intent);
    });
    const waitMs = proofs[0]?.waitMs ?? lagMs;
    if (proofs[0]?.verdict !== 'proven') {
      return {
        next: 'wait',
        waitMs,
        reason: 'the last call had no answer; waiting until the cloud can prove what it did',
      };
    }
    return changed.state === 'written' ? { next: 'send' } : { next: 'done', intent: changed };
  }

  /** Clouds that remember tokens answer the same token with the same machines: sending again is the best look-up. */
  private tokenStillHolds(intent: Intent, client: CloudClient): boolean {
    if (!client.manifest.capabilities.idempotencyToken.supported) return false;
    return msBetween(intent.createdAt, this.now()) < this.dependencies.policy.tokenLifeMs;
  }

  lagOf(client: CloudClient): number {
    return this.dependencies.policy.visibilityLagMs ?? client.manifest.limits.visibilityLagMs;
  }

  private batchOf(intent: Intent, request: LaunchRequest, client: CloudClient): LaunchBatch {
    const spec: LaunchSpec = request.spec;
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
        installation: this.dependencies.installation,
        tenant: intent.tenantId,
        intent: intent.id,
        token: tokenOf(intent),
        ...(intent.campaignId === null ? {} : { campaign: intent.campaignId }),
        ...(intent.service === null ? {} : { service: intent.service }),
        ...(intent.releaseBy === null ? {} : { releaseBy: intent.releaseBy }),
      },
      ...(spec.userData === null ? {} : { userData: spec.userData }),
      labels: spec.labels,
    };
  }

  /** Locks, applies a pure change, saves it together with the books. A change of an older generation is dropped. */
  async change(intent: Intent, apply: (current: Intent, at: Instant) => Intent): Promise<Intent> {
    return await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const current = await this.lock(tx, intent.id);
      if (current.generation !== intent.generation) return current;
      const at = this.now();
      return await saveWithBooks(tx, current, apply(current, at), at);
    });
  }

  private async lock(tx: EffectTransaction, id: string): Promise<Intent> {
    const intent = await tx.lockIntent(id);
    if (intent === undefined) throw new SpringtideError('not-found', `effect ${id} is not in the ledger`);
    return intent;
  }

  private async requireFence(tx: EffectTransaction, intent: Intent, fence: number): Promise<void> {
    const current = await tx.currentFence(intent.runId);
    if (fence >= current) return;
    throw new SpringtideError(
      'conflict',
      `run ${intent.runId} has a newer owner (${current} > ${fence}); nothing was sent`,
      { retry: 'never', facts: { fence, current } },
    );
  }

  private deadline(): Instant {
    return addMs(this.now(), this.dependencies.policy.callDeadlineMs);
  }

  private draft(
    kind: Intent['kind'],
    place: IntentPlace,
    spec: Readonly<Record<string, unknown>>,
    count: number,
  ): Intent {
    return {
      tenantId: place.tenantId,
      runId: place.runId,
      campaignId: place.campaignId,
      step: place.step,
      batch: place.batch,
      accountId: place.accountId,
      region: place.region,
      service: place.service,
      poolId: place.poolId,
      id: this.dependencies.newId(),
      kind,
      spec,
      specHash: createHash('sha256').update(canonicalJson(spec)).digest('hex'),
      count,
      state: 'written',
      generation: 0,
      fence: 0,
      sentAt: null,
      deadline: null,
      firstAbsentAt: null,
      releaseBy: null,
      mandateId: null,
      pricePerHour: null,
      minimumBillingSeconds: 0,
      reserved: null,
      problem: null,
      createdAt: this.now(),
      items: [],
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
