import { sentence, type BatchOrder, type BatchResult, type RunRef } from '@springtide/contracts';
import { EffectLedger, MachineLife, type LaunchAnswer, type LaunchRequest } from '@springtide/effects';
import type { Intent } from '@springtide/effects/domain';
import { HOUR, SpringtideError, addMs, asSpringtideError, msBetween } from '@springtide/kernel';
import { hashJson, sha256 } from '@springtide/platform';
import { AccountSilence } from './account-silence.js';
import { sheetFor, type RunPolicy } from './domain/index.js';
import type { OpenRun, RunBook } from './run-book.js';

/** Called between polls of a long wait: tells the engine that the work is alive and learns that it must end. */
export type Heartbeat = (detail: string) => void;

/** A purchase that nobody answered, with why. */
type Unanswered = Readonly<{ status: 'unknown'; retryAfterMs: number; reason: string }>;

/** Buys one batch of machines and sees them running. */
export class Provisioning {
  private readonly life: MachineLife;

  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
  ) {
    this.life = new MachineLife(ledger);
  }

  /**
   * Returns when the outcome is known. An unknown one is looked after with heartbeats, for as long as its account answers; a
   * silent one is left after a while, so that the phase can look elsewhere.
   */
  async launchBatch(order: BatchOrder, heartbeat: Heartbeat): Promise<BatchResult> {
    const open = await this.book.open(order.tenantId, order.runId);
    requireIntact(open);
    const mandate = await this.ledger.findMandate(order.tenantId, order.runId);
    if (mandate === undefined) throw new SpringtideError('internal', `run ${order.runId} has no mandate`);
    await this.book.say(
      order.tenantId,
      order.runId,
      sentence('now.buying', { count: order.count, pool: order.poolId, service: order.service }),
    );
    const silence = this.silenceFor(open.policy);
    for (;;) {
      const request = this.requestFor(open, mandate.id, order);
      const answer = await this.asked(request, silence);
      if (answer.status !== 'unknown') return await this.tell(order, answer);
      if (silence.isTooLong()) return await this.goOnWithout(await this.writtenFor(request), answer.reason);
      heartbeat(answer.reason);
      await this.ledger.dependencies.clock.sleep(Math.min(answer.retryAfterMs, open.policy.pollMs * 4));
    }
  }

  /** An account that cannot even be opened is one that does not answer. */
  private async asked(request: LaunchRequest, silence: AccountSilence): Promise<LaunchAnswer | Unanswered> {
    try {
      const answer = await this.ledger.launch(request);
      silence.note(answer.status === 'unknown' ? answer.failed : undefined);
      return answer;
    } catch (thrown) {
      const { code, message: reason } = asSpringtideError(thrown);
      if (!silence.note(code)) throw thrown;
      return { status: 'unknown', retryAfterMs: 1_000, reason };
    }
  }

  /**
   * Waits until every accepted machine runs, failed or used up its time. Of a purchase that was interrupted it is found out
   * first what came of it; nothing more is bought for it.
   */
  async awaitRunning(input: RunRef & { intentId: string }, heartbeat: Heartbeat): Promise<BatchResult> {
    const { tenantId, runId, intentId } = input;
    const { policy } = await this.book.open(tenantId, runId);
    const silence = this.silenceFor(policy);
    const rest = async () => await silence.ask(async () => await this.ledger.bringToRest(tenantId, intentId));
    for (let waitMs = await rest(); waitMs !== 0; waitMs = await rest()) {
      if (silence.isTooLong())
        return await this.goOnWithout(await this.stored(tenantId, intentId), 'the account does not answer');
      heartbeat('waiting until the cloud can prove what an interrupted call did');
      await this.ledger.dependencies.clock.sleep(Math.min(waitMs ?? policy.pollMs, policy.pollMs * 4));
    }
    for (;;) {
      const seen = await silence.ask(async () => await this.life.observe(tenantId, intentId));
      const intent = seen ?? (await this.stored(tenantId, intentId));
      const waiting = intent.items.filter((item) => item.state === 'accepted');
      heartbeat(`${intent.items.length - waiting.length} of ${intent.items.length} run`);
      if (waiting.length === 0) return resultOf(intent);
      const oldest =
        waiting.map((item) => item.acceptedAt ?? intent.createdAt).toSorted()[0] ?? intent.createdAt;
      if (msBetween(oldest, this.book.now()) > policy.runningTimeoutMs)
        return resultOf(await this.giveUp(intent));
      await this.ledger.dependencies.clock.sleep(policy.pollMs);
    }
  }

  /**
   * What was never sent is cancelled, and may be bought elsewhere. What may have been bought keeps its room and its money,
   * so that nothing is bought twice: people decide about it.
   */
  private async goOnWithout(intent: Intent, reason: string): Promise<BatchResult> {
    const { tenantId, runId, id, poolId, count } = intent;
    if (intent.state === 'written')
      await this.ledger.bringToRest(tenantId, id, 'its account did not answer; nothing was sent');
    const { state, items } = await this.stored(tenantId, id);
    // The reconciler may have seen them meanwhile.
    if (items.some(({ machineId }) => machineId !== null)) return { intentId: id, running: 0, refused: [] };
    const sent = state === 'sent' || state === 'written';
    const what = { count, pool: poolId ?? '', message: reason };
    await this.book.note(tenantId, runId, {
      step: 'provision.silent',
      level: 'problem',
      sentences: [sentence(sent ? 'provision.silent-sent' : 'provision.silent-unsent', what)],
      facts: { count, poolId: poolId ?? '' },
      once: `silent/${id}/${state}`,
    });
    return { intentId: null, running: 0, refused: sent ? [] : [{ code: 'unavailable', count }] };
  }

  private silenceFor({ runningTimeoutMs }: RunPolicy): AccountSilence {
    // Half of what a machine may take: what is bought elsewhere has the other half.
    return new AccountSilence(() => this.book.now(), runningTimeoutMs / 2);
  }

  /** @throws unavailable when not even our own books took it: it is asked for again. */
  private async writtenFor({ tenantId, runId, step, batch }: LaunchRequest): Promise<Intent> {
    const own = await this.ledger.listIntents(tenantId, { runId, kind: 'create' });
    const found = own.find((intent) => intent.step === step && intent.batch === batch);
    if (found !== undefined) return found;
    throw new SpringtideError(
      'unavailable',
      `batch ${batch} of ${step} could not be written; nothing was sent`,
    );
  }

  private async stored(tenantId: string, id: string): Promise<Intent> {
    const [intent] = await this.ledger.listIntents(tenantId, { ids: [id] });
    if (intent === undefined) throw new SpringtideError('not-found', `purchase ${id} is not in the ledger`);
    return intent;
  }

  /** Machines that never came up count as failed: they are replaced and brought back like any other. */
  private async giveUp(intent: Intent): Promise<Intent> {
    return await this.ledger.change(intent, (current) => ({
      ...current,
      items: current.items.map((item) =>
        item.state === 'accepted'
          ? {
              ...item,
              state: 'failed',
              refusal: { code: 'timeout', message: 'the machine did not run in time' },
            }
          : item,
      ),
    }));
  }

  private requestFor(open: OpenRun, mandateId: string, order: BatchOrder) {
    const { plan, run } = open;
    const pool = plan.pools.find((one) => one.id === order.poolId);
    const sheet = sheetFor(plan, order.service, order.poolId);
    if (pool === undefined || sheet === undefined) {
      throw new SpringtideError(
        'failed-precondition',
        `pool ${order.poolId} is not part of the approved plan`,
      );
    }
    const step = `provision/${keyOf(order)}`;
    return {
      tenantId: order.tenantId,
      runId: order.runId,
      campaignId: run.campaignId,
      step,
      batch: order.batch,
      accountId: pool.accountId,
      region: pool.region,
      service: order.service,
      poolId: order.poolId,
      mandateId,
      spec: {
        zone: pool.zone,
        machineType: pool.machineType,
        purchaseOption: pool.purchaseOption,
        image: sheet.image,
        subnet: sheet.subnet,
        securityGroups: sheet.securityGroups,
        namePrefix: namePrefix(order, run.id, step),
        userData: sheet.userData,
        labels: { service: order.service, phase: order.phase },
      },
      count: order.count,
      pricePerHour: pool.pricePerHour,
      minimumBillingSeconds: sheet.minimumBillingSeconds,
      plannedHours: plannedHours(open, this.book.now()),
      releaseBy: addMs(this.book.now(), this.ledger.dependencies.policy.leaseMs),
      fence: order.fence,
    };
  }

  private async tell(
    order: BatchOrder,
    answer: Exclude<LaunchAnswer, { status: 'unknown' }>,
  ): Promise<BatchResult> {
    const { count, poolId: pool, service } = order;
    const once = `launch/${keyOf(order)}/${order.batch}`;
    if (answer.status === 'refused') {
      await this.book.note(order.tenantId, order.runId, {
        step: 'provision.refused',
        level: 'problem',
        sentences: [sentence('provision.refused', { count, pool, message: answer.refusal.message })],
        facts: answer.refusal.facts,
        once,
      });
      return { intentId: null, running: 0, refused: [{ code: answer.refusal.code, count: order.count }] };
    }
    await this.book.note(order.tenantId, order.runId, {
      step: 'provision.bought',
      level: answer.refusals.length === 0 ? 'info' : 'warning',
      sentences: [
        sentence('provision.bought', { accepted: answer.accepted, count, pool, service }),
        ...answer.refusals.map((refusal) => sentence('provision.bought-less', refusal)),
      ],
      facts: { accepted: answer.accepted, wanted: order.count, poolId: order.poolId },
      once,
    });
    return {
      intentId: answer.intentId,
      running: 0,
      refused: answer.refusals.map(({ code, count }) => ({ code, count })),
    };
  }
}

/** From now to the planned end: reserved in full, so that what is promised can be paid. */
function plannedHours(open: OpenRun, now: string): number {
  const end = open.run.phases.at(-1)?.endsAt ?? now;
  return Math.max(0, msBetween(now, end) + open.policy.drainMs) / HOUR;
}

/** Names one order of a run for good: asked for again under the same name, it is the same purchase. */
function keyOf({ phase, fence, revision, round, turn, service, poolId }: BatchOrder): string {
  const when = [fence, revision, round, ...(turn === undefined ? [] : [turn])].join('.');
  return `${phase}/${when}/${service}/${poolId}`;
}

/** At most 40 characters, unique per batch, and telling: which run, which service. */
function namePrefix(order: BatchOrder, runId: string, step: string): string {
  const service = order.service
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 12);
  return `st-${runId.slice(0, 6)}-${service}-${sha256(step).slice(0, 8)}-${order.batch}`;
}

/** Nothing is bought on a plan that is not the approved one any more; what was bought goes back all the same. */
function requireIntact({ plan, planHash }: OpenRun): void {
  if (hashJson(plan) === planHash) return;
  throw new SpringtideError(
    'failed-precondition',
    'the stored plan does not match its hash: it was changed after it was approved; nothing more is bought on it',
    { nextStep: 'Abort the run, have the audit log verified, and have a new plan made.' },
  );
}

function resultOf(intent: Intent): BatchResult {
  const failed = intent.items.filter((item) => item.state === 'failed' || item.state === 'lost').length;
  return {
    intentId: intent.id,
    running: intent.items.filter((item) => item.state === 'running' || item.state === 'ready').length,
    refused: failed === 0 ? [] : [{ code: 'failed-to-boot', count: failed }],
  };
}
