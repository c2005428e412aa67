import { SpringtideError, asSpringtideError, msBetween, type Instant } from '@springtide/kernel';
import { failPoint } from '@springtide/platform';
import type { CloudClient, Machine, Satellite } from '@springtide/provider-kit';
import { CloudTimers, type TimerTrouble } from './cloud-timers.service.js';
import {
  LIVE_ITEM_STATES,
  isWantedBack,
  observed,
  releasedIfEmpty,
  type EffectItem,
  type Intent,
  type IntentPlace,
} from './domain/index.js';
import type { EffectLedger } from './ledger.service.js';

/** So many times a deletion that a cloud forgot is asked for again with every deadline. */
const EVERY_TIME = 16;

export type ReleaseRequest = IntentPlace &
  Readonly<{
    fence: number;
    targets: readonly Readonly<{ intentId: string | null; machineId: string }>[];
  }>;

/** The life of machines after they were bought: seen running, declared ready, released, proven gone. */
export class MachineLife {
  private readonly timers: CloudTimers;

  constructor(private readonly ledger: EffectLedger) {
    this.timers = new CloudTimers(ledger, async (tenantId, intentId) => this.observe(tenantId, intentId));
  }

  /** Asks the cloud about every live machine of the intent and records what it says. */
  async observe(tenantId: string, intentId: string): Promise<Intent> {
    const intent = await this.require(tenantId, intentId);
    const ids = liveIds(intent);
    if (ids.length === 0) return intent;
    const client = await this.ledger.dependencies.clouds.open(tenantId, intent.accountId);
    // A slow answer tells of the time of the question: what was accepted since may not have been visible then.
    const askedAt = this.ledger.now();
    const seen = await client.compute.describe(ids, { region: intent.region });
    return await this.ledger.change(intent, (current, at) =>
      this.withSeen(current, seen, at, this.lagPassed(client, askedAt)),
    );
  }

  /** The service on these machines answered its health check: from now on they count as capacity. */
  async markReady(tenantId: string, intentId: string, machineIds: readonly string[]): Promise<Intent> {
    const intent = await this.require(tenantId, intentId);
    return await this.ledger.change(intent, (current, at) => ({
      ...current,
      items: current.items.map((item) =>
        item.state === 'running' && item.machineId !== null && machineIds.includes(item.machineId)
          ? { ...item, state: 'ready', readyAt: at }
          : item,
      ),
    }));
  }

  /** Deletes machines: written ahead as one delete intent, then asked of the cloud. Repeating it is safe. */
  async release(request: ReleaseRequest): Promise<void> {
    const { ledger } = this;
    if (request.targets.length === 0) return;
    const machineIds = request.targets.map((target) => target.machineId);
    const written = await ledger.writePlain('delete', request, { machineIds }, machineIds.length);
    const client = await ledger.dependencies.clouds.open(request.tenantId, request.accountId);
    const begun = await ledger.beginCall(written, request.fence);
    const control = {
      deadline: begun.deadline ?? ledger.deadline(),
      lastCheck: async () => await ledger.requireStillOwner(begun, request.fence),
    };
    await failPoint('release.sending');
    const outcomes = await client.compute.terminate(machineIds, { region: request.region }, control);
    await failPoint('release.answered');
    await this.recordTermination(request, outcomes);
    await failPoint('release.recorded');
    const failed = [...outcomes.values()].find((outcome) => outcome instanceof SpringtideError);
    if (failed !== undefined) throw failed;
    await ledger.finishPlain(begun);
  }

  /**
   * Reads machines on their way out again; once all of an intent's machines are gone, sweeps its satellites and
   * settles it. @returns what is still there.
   */
  async finishRelease(tenantId: string, intentId: string): Promise<{ machines: number; satellites: number }> {
    const machines = await this.readBack(tenantId, intentId);
    if (machines > 0) return { machines, satellites: 0 };
    const satellites = await this.sweepUp(tenantId, intentId);
    return { machines: 0, satellites: satellites.length };
  }

  /** Reads machines on their way out again, and asks again for those that stay. @returns how many are still there. */
  async readBack(tenantId: string, intentId: string): Promise<number> {
    const intent = await this.observe(tenantId, intentId);
    const machines = intent.items.filter((item) => isWantedBack(item)).length;
    if (machines > 0) await this.askAgain(intent);
    return machines;
  }

  /**
   * Releases what outlived the machines of an intent and settles it once nothing is left. Of one that is over already, what
   * came to light since. @returns what is left.
   */
  async sweepUp(tenantId: string, intentId: string): Promise<readonly Satellite[]> {
    const intent = await this.require(tenantId, intentId);
    const rests = intent.state === 'settled' || intent.state === 'released';
    if (!rests || intent.items.some((item) => isWantedBack(item))) return [];
    const left = await this.sweep(intent);
    if (left.length === 0) await this.ledger.change(intent, (current) => releasedIfEmpty(current));
    return left;
  }

  /**
   * While the run wants its machines it renews their leases; when it is dead they lapse. Where the cloud has a timer of
   * its own, that is kept behind them.
   * @returns timers that could not be moved; the leases are renewed all the same.
   * @throws conflict when the run has a newer owner.
   */
  async renewLeases(
    tenantId: string,
    runId: string,
    fence: number,
    until: Instant,
  ): Promise<readonly TimerTrouble[]> {
    const { store } = this.ledger.dependencies;
    await store.transaction(tenantId, async (tx) => {
      if (fence < (await tx.currentFence(runId))) {
        throw new SpringtideError('conflict', `run ${runId} has a newer owner; its leases were not renewed`, {
          retry: 'never',
          facts: { fence },
        });
      }
      await tx.renewLeases(runId, until);
    });
    return await this.timers.keepBehind({ tenantId, runId, fence, until });
  }

  /**
   * A cloud may accept a deletion and then forget it. What is still there a deadline later is asked for again, once per
   * deadline, as a delete intent of its own.
   */
  private async askAgain(intent: Intent): Promise<void> {
    const { policy, store, log } = this.ledger.dependencies;
    const waited = (item: EffectItem) =>
      item.state === 'releasing' && item.releasingAt !== null
        ? msBetween(item.releasingAt, this.ledger.now())
        : 0;
    const stuck = intent.items.filter((item) => isWantedBack(item) && waited(item) > policy.callDeadlineMs);
    if (stuck.length === 0) return;
    const round = turnOf(Math.max(...stuck.map(waited)) / policy.callDeadlineMs);
    const step = `again/${intent.id}`;
    const { asked, fence } = await store.transaction(intent.tenantId, async (tx) => ({
      asked: await tx.lockIntentAt({ runId: intent.runId, step, batch: round }),
      fence: await tx.currentFence(intent.runId),
    }));
    if (asked?.state === 'settled' || isRecent(asked?.sentAt, this.ledger.now(), policy.callDeadlineMs))
      return;
    const targets = stuck.flatMap(({ machineId }) =>
      machineId === null ? [] : [{ intentId: intent.id, machineId }],
    );
    try {
      await this.release({ ...placeOf(intent), step, batch: round, fence, targets });
    } catch (thrown) {
      // They are reported as still there, and asked for again at the next deadline; other machines are not kept waiting.
      const { code, message } = asSpringtideError(thrown);
      log.warn({ intent: intent.id, code, reason: message }, 'machines on their way out are still there');
    }
  }

  /** A deletion like any other: written ahead, sent, recorded. Whoever owns the run now may sweep what it left. */
  private async releaseSatellite(
    intent: Intent,
    client: CloudClient,
    satellite: Satellite,
  ): Promise<'releasing' | 'gone'> {
    const { ledger } = this;
    const place = { ...intent, step: `sweep/${intent.id}/${satellite.id}`, batch: 0 };
    const written = await ledger.writePlain('delete', place, { satellite: satellite.id }, 1);
    const fence = await ledger.dependencies.store.transaction(
      intent.tenantId,
      async (tx) => await tx.currentFence(intent.runId),
    );
    const begun = await ledger.beginCall(written, fence);
    const control = begun.deadline === null ? undefined : { deadline: begun.deadline };
    await failPoint('satellite.sending');
    const outcome = await client.compute.releaseSatellite(satellite, control);
    await failPoint('satellite.answered');
    await ledger.finishPlain(begun);
    return outcome;
  }

  private async sweep(intent: Intent): Promise<readonly Satellite[]> {
    const kept = new Set(intent.items.flatMap((item) => (item.abandoned === null ? [] : [item.machineId])));
    const machineIds = intent.items.flatMap(({ machineId }) =>
      machineId === null || kept.has(machineId) ? [] : [machineId],
    );
    if (machineIds.length === 0 && kept.size > 0) return [];
    const client = await this.ledger.dependencies.clouds.open(intent.tenantId, intent.accountId);
    const query = { region: intent.region, machineIds, intent: intent.id };
    const satellites = await client.compute.listSatellites(query, { priority: 'scale-back' });
    const left: Satellite[] = [];
    for (const satellite of satellites) {
      // What hangs on an abandoned machine is its own, and what does not say whose it is may be.
      if (kept.size > 0 && (satellite.machineId === undefined || kept.has(satellite.machineId))) continue;
      try {
        if ((await this.releaseSatellite(intent, client, satellite)) !== 'gone') left.push(satellite);
      } catch (thrown) {
        // It counts as left and is asked for again; it must not keep the others.
        const { code, message } = asSpringtideError(thrown);
        this.ledger.dependencies.log.warn(
          { satellite: satellite.id, intent: intent.id, code, reason: message },
          'a satellite could not be released yet',
        );
        left.push(satellite);
      }
    }
    return left;
  }

  private async recordTermination(
    request: ReleaseRequest,
    outcomes: ReadonlyMap<string, 'terminating' | 'gone' | SpringtideError>,
  ): Promise<void> {
    // Orphans have no intent of their own; their deletion is recorded by the delete intent alone.
    const intentIds = request.targets.map((target) => target.intentId).filter((id) => id !== null);
    for (const intentId of new Set(intentIds)) {
      const intent = await this.require(request.tenantId, intentId);
      await this.ledger.change(intent, (current, at) => ({
        ...current,
        items: current.items.map((item) => terminated(item, outcomes.get(item.machineId ?? ''), at)),
      }));
    }
  }

  /** Inside the visibility lag "gone" may mean "not yet visible": such an item is left as it is. */
  private withSeen(
    intent: Intent,
    seen: ReadonlyMap<string, Machine | 'gone'>,
    at: Instant,
    visible: (item: EffectItem) => boolean,
  ): Intent {
    const items = intent.items.map((item) => {
      const machine = item.machineId === null ? undefined : seen.get(item.machineId);
      if (machine === undefined) return item;
      if (machine === 'gone') return visible(item) ? observed(item, { state: 'gone' }, at) : item;
      const [address] = machine.addresses;
      return observed(
        item,
        {
          state: machine.state,
          ...(address === undefined ? {} : { address }),
          ...(machine.stateReason === undefined ? {} : { reason: machine.stateReason }),
          ...(machine.notice === undefined ? {} : { notice: machine.notice }),
        },
        at,
      );
    });
    return { ...intent, items };
  }

  private lagPassed(client: CloudClient, at: Instant): (item: EffectItem) => boolean {
    const lagMs = this.ledger.lagOf(client);
    return (item) => item.acceptedAt === null || Date.parse(at) - Date.parse(item.acceptedAt) > lagMs;
  }

  private async require(tenantId: string, intentId: string): Promise<Intent> {
    const intent = await this.ledger.dependencies.store.transaction(
      tenantId,
      async (tx) => await tx.lockIntent(intentId),
    );
    if (intent === undefined)
      throw new SpringtideError('not-found', `effect ${intentId} is not in the ledger`);
    return intent;
  }
}

export function liveIds(intent: Intent): readonly string[] {
  return intent.items.flatMap((item) =>
    item.machineId !== null && LIVE_ITEM_STATES.includes(item.state) ? [item.machineId] : [],
  );
}

/** With every deadline at first, then ever less often: what is kept for years is asked for some thirty times. */
function turnOf(deadlines: number): number {
  return Math.floor(deadlines <= EVERY_TIME ? deadlines : EVERY_TIME + Math.log2(deadlines / EVERY_TIME));
}

function isRecent(sentAt: Instant | null | undefined, now: Instant, withinMs: number): boolean {
  return sentAt !== null && sentAt !== undefined && msBetween(sentAt, now) < withinMs;
}

function placeOf(intent: Intent): IntentPlace {
  const { tenantId, runId, campaignId, step, batch, accountId, region, service, poolId } = intent;
  return { tenantId, runId, campaignId, step, batch, accountId, region, service, poolId };
}

function terminated(
  item: EffectItem,
  outcome: 'terminating' | 'gone' | SpringtideError | undefined,
  at: Instant,
): EffectItem {
  if (outcome === undefined || !LIVE_ITEM_STATES.includes(item.state)) return item;
  if (outcome instanceof SpringtideError) {
    const { code, message } = asSpringtideError(outcome);
    return { ...item, refusal: { code, message } };
  }
  const releasing = { ...item, state: 'releasing' as const, releasingAt: item.releasingAt ?? at };
  return outcome === 'gone' ? { ...releasing, state: 'gone', goneAt: at } : releasing;
}
