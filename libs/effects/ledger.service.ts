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
import type { CloudClient } from '@springtide/provider-kit';
import { failPoint, type Logger } from '@springtide/platform';
import {
  absence,
  adopted,
  refusedWhole,
  reopened,
  sending,
  setRefused,
  type Intent,
  type IntentPlace,
  type Mandate,
} from './domain/index.js';
import type { EffectStore, EffectTransaction, IntentFilter, StopSwitch } from './effect-store.port.js';
import type { EffectsPolicy } from './effects-policy.js';
import type { LaunchAnswer, LaunchRequest } from './launch.js';
import { saveWithBooks } from './ledger-books.js';
import { Purchase } from './purchase.service.js';

/** For so long what was checked at the beginning of a call holds until it is sent. */
const CHECK_HOLDS_MS = 1_000;

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
    return await this.unlessTaken(mandate.tenantId, async (tx) => {
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

  /**
   * Buys machines. A second call with the same run, step and batch continues the first one: what is sent is what was
   * written then.
   * @throws failed-precondition when it asks for something else than the first one.
   */
  async launch(request: LaunchRequest): Promise<LaunchAnswer> {
    return await new Purchase(this).launch(request);
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
    const written = await this.writePlain('set', place, desired, 0);
    const begun = await this.beginCall(written, place.fence);
    await failPoint('set.sending');
    const result = await this.orRefused(begun, async () => await call(begun.deadline ?? this.deadline()));
    await failPoint('set.answered');
    await this.finishPlain(begun);
    await failPoint('set.recorded');
    return result;
  }

  /** A refusal without effect is put on record: nobody has to wait for what came of it. */
  private async orRefused<T>(begun: Intent, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (error.effect === 'none') await this.change(begun, (current) => setRefused(current, error));
      throw thrown;
    }
  }

  /**
   * Writes a set or delete intent, or finds the one that was written before. One that was carried out already, or with
   * another content, is opened again as a new generation, so that everything that is sent is on record.
   */
  async writePlain(
    kind: 'set' | 'delete',
    place: IntentPlace,
    spec: Readonly<Record<string, unknown>>,
    count: number,
  ): Promise<Intent> {
    return await this.unlessTaken(place.tenantId, async (tx) => {
      const fresh = this.draft(kind, place, spec, count);
      const existing = await tx.lockIntentAt(place);
      if (existing === undefined) {
        await tx.insertIntent(fresh);
        return fresh;
      }
      const again = reopened(existing, spec, fresh.specHash, count);
      if (again !== existing) await tx.saveIntent(again);
      return again;
    });
  }

  /**
   * Marks a plain intent as sent, unless its run has a newer owner.
   * @returns it with the deadline by which its call must be on its way.
   */
  async beginCall(intent: Intent, fence: number): Promise<Intent> {
    return await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const locked = await this.lock(tx, intent.id);
      await this.requireFence(tx, locked, fence);
      // Finished meanwhile by somebody who asked for the same: this call is one more, and counted as such.
      const open = reopened(locked, intent.spec, intent.specHash, intent.count);
      const begun = sending(open, { fence, at: this.now(), deadline: this.deadline() });
      await tx.saveIntent(begun);
      return begun;
    });
  }

  /** What was checked when a call was begun is checked again if it had to wait until its call budget let it go. */
  hasWaited({ sentAt }: Pick<Intent, 'sentAt'>): boolean {
    return sentAt !== null && msBetween(sentAt, this.now()) >= CHECK_HOLDS_MS;
  }

  /** The last check of a call that may have waited. @throws conflict when its run has a newer owner. */
  async requireStillOwner(begun: Intent, fence: number): Promise<void> {
    if (!this.hasWaited(begun)) return;
    await this.dependencies.store.transaction(begun.tenantId, async (tx) => {
      await this.requireFence(tx, begun, fence);
    });
  }

  /** A call that was overtaken by a newer one of the same intent leaves the record to that one. */
  async finishPlain(intent: Intent): Promise<void> {
    await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const locked = await this.lock(tx, intent.id);
      if (locked.generation !== intent.generation || locked.state !== 'sent') return;
      await tx.saveIntent({ ...locked, state: 'settled', unanswered: 0 });
    });
  }

  /**
   * Brings an intent to rest without buying anything more: what was never sent is cancelled, what may have happened is
   * looked for and taken over, what is proven absent is closed. Scale-back calls it before it deletes.
   * @returns milliseconds to wait before asking again; 0 when it rests.
   */
  async bringToRest(
    tenantId: string,
    intentId: string,
    because = 'the run ended before this was sent',
  ): Promise<number> {
    const intent = await this.dependencies.store.transaction(
      tenantId,
      async (tx) => await this.lock(tx, intentId),
    );
    if (intent.state === 'settled' || intent.state === 'released') return 0;
    if (intent.state === 'written') {
      const cancelled = new SpringtideError('cancelled', because, {
        effect: 'none',
      });
      await this.change(intent, (current) =>
        current.state === 'written' ? refusedWhole(current, cancelled) : current,
      );
      return 0;
    }
    const client = await this.dependencies.clouds.open(tenantId, intent.accountId);
    const { ids, askedAt } = await this.lookFor(client, intent);
    await failPoint('rest.looking');
    let waitMs = 0;
    const rested = await this.change(intent, (current, at) => {
      if (current.state !== 'sent') return current;
      const taken = adopted(current, ids, at, 'open');
      if (taken.state !== 'sent') return taken;
      const proof = absence(taken, askedAt, this.lagOf(client));
      waitMs = proof.waitMs;
      return proof.verdict === 'proven' ? adopted(proof.intent, ids, at, 'absent') : proof.intent;
    });
    return rested.state === 'sent' || rested.state === 'written' ? Math.max(1, waitMs) : 0;
  }

  async lookFor(client: CloudClient, intent: Intent) {
    const askedAt = this.now();
    const found = await client.compute.findByIntent({ intent: intent.id, region: intent.region });
    // Machines that are already on their way out count too: they came, and they cost.
    return { ids: found.map((machine) => machine.id), askedAt };
  }

  lagOf(client: CloudClient): number {
    return this.dependencies.policy.visibilityLagMs ?? client.manifest.limits.visibilityLagMs;
  }

  /** Locks, applies a pure change, saves it together with the books. A change of an older generation is dropped. */
  async change(intent: Intent, apply: (current: Intent, at: Instant) => Intent): Promise<Intent> {
    return await this.dependencies.store.transaction(intent.tenantId, async (tx) => {
      const current = await this.lock(tx, intent.id);
      if (current.generation !== intent.generation) return current;
      const at = this.now();
      const changed = apply(current, at);
      return changed === current ? current : await saveWithBooks(tx, current, changed, at);
    });
  }

  /** Two writers of one effect: the second one finds what the first one wrote. */
  async unlessTaken<T>(tenantId: string, work: (tx: EffectTransaction) => Promise<T>): Promise<T> {
    const { store } = this.dependencies;
    try {
      return await store.transaction(tenantId, work);
    } catch (thrown) {
      if (asSpringtideError(thrown).code !== 'already-exists') throw thrown;
      return await store.transaction(tenantId, work);
    }
  }

  async lock(tx: EffectTransaction, id: string): Promise<Intent> {
    const intent = await tx.lockIntent(id);
    if (intent === undefined) throw new SpringtideError('not-found', `effect ${id} is not in the ledger`);
    return intent;
  }

  async requireFence(
    tx: EffectTransaction,
    intent: Pick<IntentPlace, 'runId'>,
    fence: number,
  ): Promise<void> {
    const current = await tx.currentFence(intent.runId);
    if (fence >= current) return;
    throw new SpringtideError(
      'conflict',
      `run ${intent.runId} has a newer owner (${current} > ${fence}); nothing was sent`,
      { retry: 'never', facts: { fence, current } },
    );
  }

  deadline(): Instant {
    return addMs(this.now(), this.dependencies.policy.callDeadlineMs);
  }

  draft(
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
      unanswered: 0,
      sentAt: null,
      deadline: null,
      firstAbsentAt: null,
      releaseBy: null,
      releaseAt: null,
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
