import { addMs, asSpringtideError, type ErrorCode, type Instant } from '@springtide/kernel';
import type { CloudClient } from '@springtide/provider-kit';
import { timerFor, timerMoved, timersDue, type DueTimer, type Intent } from './domain/index.js';
import type { EffectLedger } from './ledger.service.js';

/** Machines whose timer in the cloud could not be moved. They live on, until it fires. */
export type TimerTrouble = Readonly<{
  accountId: string;
  region: string;
  machines: number;
  /** When the first of them ends itself; null when none of them has a timer that we know of. */
  endsAt: Instant | null;
  code: ErrorCode;
  message: string;
}>;

type Renewal = Readonly<{ tenantId: string; runId: string; fence: number; until: Instant }>;

/** Keeps the clouds' own timers behind the leases of machines that are wanted: they fire only when nobody renews them. */
export class CloudTimers {
  constructor(
    private readonly ledger: EffectLedger,
    private readonly observe: (tenantId: string, intentId: string) => Promise<Intent>,
  ) {}

  /**
   * Moves those that are too near, the nearest first; places side by side, so that one that fails or hangs keeps no other
   * from its time. A machine on its way out keeps its timer: should its end be forgotten, that is what ends it.
   * @returns what could not be moved; the next renewal tries it again.
   */
  async keepBehind(run: Renewal): Promise<readonly TimerTrouble[]> {
    const { tenantId, runId, until } = run;
    const filter = { runId, kind: 'create', onlyUnreleased: true } as const;
    const intents = await this.ledger.listIntents(tenantId, filter);
    const due = timersDue(intents, until, this.ledger.dependencies.policy);
    const places = Map.groupBy(due, ({ intent }) => `${intent.accountId}/${intent.region}`);
    const troubles = await Promise.all([...places.values()].map(async (own) => this.keepPlace(own, run)));
    return troubles.flat();
  }

  /** What cannot be moved uses up nothing of what may be: else the same few would keep all others from theirs. */
  private async keepPlace(due: readonly DueTimer[], run: Renewal): Promise<readonly TimerTrouble[]> {
    const { policy, clouds } = this.ledger.dependencies;
    const [first] = due;
    if (first === undefined) return [];
    const troubles: TimerTrouble[] = [];
    const endBy = addMs(this.ledger.now(), policy.leaseMs / 3);
    let room = policy.timerMoves;
    for (const timer of due) {
      // The next renewal must come in time; it goes on from here.
      if (room <= 0 || this.ledger.now() > endBy) break;
      try {
        const client = await clouds.open(run.tenantId, first.intent.accountId);
        if (!client.manifest.capabilities.timeToLive.supported) break;
        await this.moveThoseThere(client, timer, run);
        room -= timer.machineIds.length;
      } catch (thrown) {
        troubles.push(this.troubleOf(timer, thrown));
      }
    }
    return troubles;
  }

  /** One machine that vanished must not keep the others from their time. */
  private async moveThoseThere(client: CloudClient, timer: DueTimer, run: Renewal): Promise<void> {
    try {
      await this.move(client, timer, run);
    } catch (thrown) {
      if (asSpringtideError(thrown).code !== 'not-found') throw thrown;
      const seen = await this.observe(timer.intent.tenantId, timer.intent.id);
      const [left] = timersDue([seen], run.until, this.ledger.dependencies.policy);
      if (left !== undefined) await this.move(client, left, run);
    }
  }

  /** An absolute value, written ahead and recorded after: repeated as often as it takes. */
  private async move(
    client: CloudClient,
    { intent, machineIds }: DueTimer,
    { fence, until }: Renewal,
  ): Promise<void> {
    const { tenantId, runId, campaignId, accountId, region, service, poolId } = intent;
    const where = { tenantId, runId, campaignId, accountId, region, service, poolId };
    const at = timerFor(until, this.ledger.now(), this.ledger.dependencies.policy);
    await this.ledger.set(
      { ...where, step: `timer/${intent.id}`, batch: 0, fence },
      { releaseAt: at, machineIds },
      async (deadline) => {
        await client.compute.setReleaseTime(machineIds, { region }, at, { deadline });
      },
    );
    await this.ledger.change(intent, (current) => timerMoved(current, machineIds, at));
  }

  private troubleOf({ intent, machineIds, endsAt }: DueTimer, thrown: unknown): TimerTrouble {
    const { code, message } = asSpringtideError(thrown);
    const { accountId, region } = intent;
    this.ledger.dependencies.log.warn(
      { intent: intent.id, machines: machineIds.length, endsAt, code, reason: message },
      'the timer of machines in the cloud could not be moved; it is tried again with the next renewal',
    );
    return { accountId, region, machines: machineIds.length, endsAt, code, message };
  }
}
