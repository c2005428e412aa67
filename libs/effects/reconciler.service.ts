import { SpringtideError, addMs, asSpringtideError, type Instant } from '@springtide/kernel';
import { collect, type Machine } from '@springtide/provider-kit';
import {
  adopted,
  isUuid,
  reconcile,
  type Intent,
  type ListedMachine,
  type ReconcileDecision,
  type ReconcilePolicy,
} from './domain/index.js';
import type { ListingRecord } from './effect-store.port.js';
import type { EffectLedger } from './ledger.service.js';
import { MachineLife, liveIds, type ReleaseRequest } from './machine-life.service.js';

/** The reconciler acts under a run of its own, so that its deletions are intents like everybody's. */
export const RECONCILER_RUN = '00000000-0000-4000-8000-000000000001';

export type ReconcileReport = Readonly<{
  accountId: string;
  region: string;
  trusted: boolean;
  distrust: string | null;
  listed: number;
  adopted: number;
  lost: number;
  orphansDeleted: number;
  /** Machines with our marks whose intents this ledger does not know: left alone. */
  strangers: number;
  /** Runs with lapsed leases: their scale-back must start now. */
  lapsedRunIds: readonly string[];
}>;

/** A machine that is about to be ended, with the purchase that its marks name. */
export type Orphan = Readonly<{ runId: string; intentId: string; machineId: string; region: string }>;

/** Asked for each orphan before its end is sent, and again whenever that is tried again; what it throws puts the end off. */
export type TellOfOrphan = (orphan: Orphan) => Promise<void>;

export type Scope = Readonly<{ tenantId: string; accountId: string; region: string }>;

/** Compares reality with the ledger, account by account, and closes the difference by intents. Independent of every run. */
export class Reconciler {
  private readonly life: MachineLife;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
  }

  /**
   * Where to look now: wherever something was bought lately, and now and then wherever an account is registered. After a
   * database was put back from a backup, the books may not know that anything was ever bought in one.
   */
  async scopes(registered: readonly Scope[] = []): Promise<readonly Scope[]> {
    const { store, policy } = this.ledger.dependencies;
    const bought = await store.listScopes(addMs(this.ledger.now(), -policy.watchMs));
    const known = new Set(bought.map(placeOf));
    const others = registered.filter((scope) => !known.has(placeOf(scope)));
    return [...bought, ...(await this.notListedLately(others))];
  }

  private async notListedLately(scopes: readonly Scope[]): Promise<readonly Scope[]> {
    const { store, policy } = this.ledger.dependencies;
    const before = addMs(this.ledger.now(), -policy.surveyMs);
    const lately = new Set<string>();
    for (const tenantId of new Set(scopes.map((scope) => scope.tenantId))) {
      const listings = await store.transaction(tenantId, async (tx) => await tx.listListings());
      const fresh = listings.filter(({ takenAt }) => takenAt > before);
      for (const { accountId, region } of fresh) lately.add(placeOf({ tenantId, accountId, region }));
    }
    return scopes.filter((scope) => !lately.has(placeOf(scope)));
  }

  /**
   * One pass. The cloud is listed first, the ledger read after it: what was created in between is then explained.
   * A cloud that cannot be asked proves nothing, but leases lapse all the same.
   * @param tell hears of orphans before they end: told afterwards, a death in between would leave an end that nobody knows of.
   */
  async pass(scope: Scope, tell: TellOfOrphan = async () => {}): Promise<ReconcileReport> {
    const takenAt = this.ledger.now();
    const { items, complete, lagMs } = await this.listOwned(scope);
    const { intents, earlier, releasedSince } = await this.readBooks(scope, items);
    const decision = reconcile(
      { ...scope, takenAt, complete, machines: items.map(asListed) },
      intents,
      {
        sightings: earlier?.sightings ?? [],
        strangers: earlier?.strangers ?? [],
        previousCount: earlier?.count ?? null,
        releasedSince,
        doubt: earlier?.doubt ?? null,
      },
      this.policyFor(scope, lagMs),
    );
    // Before anything is done: what was seen counts for the next pass even if this one does not come to its end.
    await this.keep(scope, takenAt, earlier, decision);
    const orphans = decision.orphans.map((machineId) => ({
      machineId,
      named: namedBy(machineId, items, intents),
    }));
    const done = await this.apply(scope, intents, decision);
    const orphansDeleted = await this.deleteOrphans(scope, orphans, tell);
    return {
      accountId: scope.accountId,
      region: scope.region,
      trusted: decision.trusted,
      distrust: decision.distrust,
      listed: items.length,
      ...done,
      orphansDeleted,
      strangers: decision.strangers.length,
      lapsedRunIds: lapsedRuns(intents, decision),
    };
  }

  private policyFor(scope: Scope, visibilityLagMs: number): ReconcilePolicy {
    const { installation, policy } = this.ledger.dependencies;
    const { graceMs, maxShrink } = policy;
    return { installation, tenantId: scope.tenantId, visibilityLagMs, graceMs, maxShrink };
  }

  private async listOwned(scope: Scope) {
    const { clouds, installation, log } = this.ledger.dependencies;
    try {
      const client = await clouds.open(scope.tenantId, scope.accountId);
      const { items, complete } = await collect(
        client.compute.list({ region: scope.region, ownedBy: installation }, { priority: 'sync' }),
      );
      return { items, complete, lagMs: this.ledger.lagOf(client) };
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      log.warn({ ...scope, code: error.code, reason: error.message }, 'the cloud could not be listed');
      return { items: [], complete: false, lagMs: 0 };
    }
  }

  private async readBooks(scope: Scope, machines: readonly Machine[]) {
    const { accountId, region } = scope;
    const named = [...new Set(machines.flatMap((machine) => machine.ownership?.intent ?? []))];
    return await this.ledger.dependencies.store.transaction(scope.tenantId, async (tx) => {
      const open = await tx.listIntents({ accountId, region, kind: 'create', onlyUnreleased: true });
      const ids = named.filter((id) => isUuid(id) && !open.some((intent) => intent.id === id));
      const others = ids.length === 0 ? [] : await tx.listIntents({ ids });
      const earlier = await tx.findListing(accountId, region);
      const releasedSince = earlier === undefined ? 0 : await tx.countReleasing(scope, earlier.takenAt);
      return { intents: [...open, ...others], earlier, releasedSince };
    });
  }

  /** A listing that is not trusted leaves the last trusted one in place, to compare the next one with. */
  private async keep(
    scope: Scope,
    takenAt: Instant,
    earlier: ListingRecord | undefined,
    decision: ReconcileDecision,
  ): Promise<void> {
    const { accountId, region } = scope;
    const { trusted, count, sightings, doubt } = decision;
    // Nothing to compare with yet, and nothing to believe: the first trusted listing begins the record.
    if (!trusted && earlier === undefined) return;
    const base = trusted || earlier === undefined ? { takenAt, count } : earlier;
    await this.ledger.dependencies.store.transaction(scope.tenantId, async (tx) => {
      // A person may have decided about them since the books were read.
      const decided = (await tx.findListing(accountId, region))?.strangers ?? [];
      const strangers = decision.strangers.map(
        (stranger) => decided.find(({ machineId }) => machineId === stranger.machineId) ?? stranger,
      );
      await tx.saveListing({
        accountId,
        region,
        trusted,
        sightings,
        strangers,
        doubt,
        takenAt: base.takenAt,
        count: base.count,
      });
    });
  }

  private async apply(scope: Scope, intents: readonly Intent[], decision: ReconcileDecision) {
    const byId = new Map(intents.map((intent) => [intent.id, intent]));
    let adoptedCount = 0;
    for (const adoption of decision.adoptions) {
      const intent = byId.get(adoption.intentId);
      if (intent === undefined) continue;
      await this.ledger.change(intent, (current, at) =>
        current.state === 'sent' ? adopted(current, adoption.machineIds, at, 'open') : current,
      );
      adoptedCount += adoption.machineIds.length;
    }
    const undecided = decision.strangers.filter((stranger) => stranger.abandoned === null);
    if (undecided.length > 0) {
      this.ledger.dependencies.log.error(
        { ...scope, machineIds: undecided.map((stranger) => stranger.machineId) },
        'machines carry our marks but their intents are not in the ledger; they are left alone and need a person',
      );
    }
    return { adopted: adoptedCount, lost: await this.reread(scope, decision, byId) };
  }

  private async reread(
    scope: Scope,
    decision: ReconcileDecision,
    byId: ReadonlyMap<string, Intent>,
  ): Promise<number> {
    let lost = 0;
    for (const intentId of new Set(decision.toReread.map((entry) => entry.intentId))) {
      const before = byId.get(intentId);
      const after = await this.attempt(scope, 'a machine could not be read again', async () =>
        this.life.observe(scope.tenantId, intentId),
      );
      if (before !== undefined && after !== undefined) lost += countLost(after) - countLost(before);
    }
    return lost;
  }

  /** Ends a machine of which only its marks tell, because a person said that it is ours; then looks what came of it. */
  async endStranger(scope: Scope, machineId: string): Promise<void> {
    await this.life.release(orphanRelease(scope, machineId));
    await this.pass(scope);
  }

  private async deleteOrphans(
    scope: Scope,
    orphans: readonly Readonly<{ machineId: string; named: Orphan | undefined }>[],
    tell: TellOfOrphan,
  ): Promise<number> {
    const { log } = this.ledger.dependencies;
    let deleted = 0;
    for (const { machineId, named } of orphans) {
      if (await this.wasTakenOver(scope, machineId)) continue;
      log.warn(
        { ...scope, machineId },
        'deleting an orphan: ours by tag, mark and ledger, in no live intent',
      );
      const done = await this.attempt(scope, 'an orphan could not be deleted yet', async () => {
        if (named !== undefined) await tell(named);
        await this.life.release(orphanRelease(scope, machineId));
        return true;
      });
      if (done === true) deleted += 1;
    }
    return deleted;
  }

  /** A late answer may have put the machine into its intent since the books were read. */
  private async wasTakenOver(scope: Scope, machineId: string): Promise<boolean> {
    const open = await this.ledger.listIntents(scope.tenantId, { kind: 'create', onlyUnreleased: true });
    return open.some((intent) => liveIds(intent).includes(machineId));
  }

  /** One machine that cannot be dealt with must not keep the pass from the others; the next pass tries it again. */
  private async attempt<T>(scope: Scope, failure: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      this.ledger.dependencies.log.warn({ ...scope, code, reason: message }, failure);
      return undefined;
    }
  }
}

function placeOf({ tenantId, accountId, region }: Scope): string {
  return `${tenantId}/${accountId}/${region}`;
}

function orphanRelease(scope: Scope, machineId: string): ReleaseRequest {
  return {
    ...scope,
    runId: RECONCILER_RUN,
    campaignId: null,
    // Ids are unique in a cloud, not among clouds.
    step: `orphan/${scope.accountId}/${scope.region}/${machineId}`,
    batch: 0,
    service: null,
    poolId: null,
    fence: 0,
    targets: [{ intentId: null, machineId }],
  };
}

function namedBy(
  machineId: string,
  listed: readonly Machine[],
  intents: readonly Intent[],
): Orphan | undefined {
  const named = listed.find(({ id }) => id === machineId)?.ownership?.intent;
  const intent = intents.find(({ id }) => id === named);
  if (intent === undefined) return undefined;
  return { runId: intent.runId, intentId: intent.id, machineId, region: intent.region };
}

function countLost(intent: Intent): number {
  return intent.items.filter((item) => item.state === 'lost').length;
}

function asListed(machine: Machine): ListedMachine {
  return {
    machineId: machine.id,
    installation: machine.ownership?.installation ?? null,
    tenantId: machine.ownership?.tenant ?? null,
    intentId: machine.ownership?.intent ?? null,
    launchedAt: machine.launchedAt ?? null,
    terminating: machine.state === 'terminating',
  };
}

function lapsedRuns(intents: readonly Intent[], decision: ReconcileDecision): readonly string[] {
  const lapsed = new Set(decision.lapsed);
  return [...new Set(intents.filter((intent) => lapsed.has(intent.id)).map((intent) => intent.runId))];
}

/** A failed pass is reported, never swallowed: other accounts go on. */
export function failedPass(scope: Scope, thrown: unknown): ReconcileReport {
  const error = thrown instanceof SpringtideError ? thrown : asSpringtideError(thrown);
  return {
    accountId: scope.accountId,
    region: scope.region,
    trusted: false,
    distrust: `${error.code}: ${error.message}`,
    listed: 0,
    adopted: 0,
    lost: 0,
    orphansDeleted: 0,
    strangers: 0,
    lapsedRunIds: [],
  };
}
