import { SpringtideError, asSpringtideError } from '@springtide/kernel';
import { collect, type CloudClient, type Machine } from '@springtide/provider-kit';
import {
  adopted,
  reconcile,
  type Intent,
  type ListedMachine,
  type ReconcileDecision,
} from './domain/index.js';
import type { EffectLedger } from './ledger.service.js';
import { MachineLife } from './machine-life.service.js';

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
  /** Runs with lapsed leases: their scale-back must start now. */
  lapsedRunIds: readonly string[];
}>;

export type Scope = Readonly<{ tenantId: string; accountId: string; region: string }>;

/** Compares reality with the ledger, account by account, and closes the difference by intents. Independent of every run. */
export class Reconciler {
  private readonly life: MachineLife;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
  }

  async scopes(): Promise<readonly Scope[]> {
    return await this.ledger.dependencies.store.listScopes();
  }

  /** One pass. The cloud is listed first, the ledger read after it: what was created in between is then explained. */
  async pass(scope: Scope): Promise<ReconcileReport> {
    const { clouds, store, installation, policy } = this.ledger.dependencies;
    const client = await clouds.open(scope.tenantId, scope.accountId);
    const takenAt = this.ledger.now();
    const { items, complete } = await this.listOwned(client, scope);
    const { intents, earlier, releasedSince } = await this.readBooks(scope);
    const decision = reconcile(
      { ...scope, takenAt, complete, machines: items.map(asListed) },
      intents,
      { sightings: earlier?.sightings ?? [], previousCount: earlier?.count ?? null, releasedSince },
      {
        installation,
        visibilityLagMs: this.ledger.lagOf(client),
        graceMs: policy.graceMs,
        maxShrink: policy.maxShrink,
      },
    );
    const done = await this.apply(scope, client, intents, decision);
    await store.transaction(scope.tenantId, async (tx) => {
      await tx.saveListing({
        ...scope,
        takenAt,
        trusted: decision.trusted,
        count: decision.trusted ? items.length : (earlier?.count ?? items.length),
        sightings: decision.sightings,
      });
    });
    return {
      accountId: scope.accountId,
      region: scope.region,
      trusted: decision.trusted,
      distrust: decision.distrust,
      listed: items.length,
      ...done,
      lapsedRunIds: lapsedRuns(intents, decision),
    };
  }

  private async listOwned(client: CloudClient, scope: Scope) {
    const { installation } = this.ledger.dependencies;
    try {
      return await collect(client.compute.list({ region: scope.region, ownedBy: installation }));
    } catch (thrown) {
      // A listing that failed proves nothing; the pass still looks at leases.
      const error = asSpringtideError(thrown);
      this.ledger.dependencies.log.warn({ ...scope, code: error.code }, 'the cloud could not be listed');
      return { items: [], complete: false };
    }
  }

  private async readBooks(scope: Scope) {
    return await this.ledger.dependencies.store.transaction(scope.tenantId, async (tx) => {
      const intents = await tx.listIntents({
        accountId: scope.accountId,
        region: scope.region,
        onlyUnreleased: true,
      });
      const earlier = await tx.findListing(scope.accountId, scope.region);
      const all = await tx.listIntents({ accountId: scope.accountId, region: scope.region, kind: 'create' });
      const since = earlier?.takenAt ?? '';
      const releasedSince = all
        .flatMap((intent) => intent.items)
        .filter((item) => item.releasingAt !== null && item.releasingAt >= since).length;
      return { intents, earlier, releasedSince };
    });
  }

  private async apply(
    scope: Scope,
    client: CloudClient,
    intents: readonly Intent[],
    decision: ReconcileDecision,
  ) {
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
    const lost = await this.reread(scope, decision);
    const orphansDeleted = await this.deleteOrphans(scope, decision.orphans);
    return { adopted: adoptedCount, lost, orphansDeleted };
  }

  private async reread(scope: Scope, decision: ReconcileDecision): Promise<number> {
    let lost = 0;
    for (const intentId of new Set(decision.toReread.map((entry) => entry.intentId))) {
      const intent = await this.life.observe(scope.tenantId, intentId);
      lost += intent.items.filter((item) => item.state === 'lost').length;
    }
    return lost;
  }

  private async deleteOrphans(scope: Scope, machineIds: readonly string[]): Promise<number> {
    for (const machineId of machineIds) {
      this.ledger.dependencies.log.warn(
        { ...scope, machineId },
        'deleting an orphan: ours by tag and mark, in no live intent',
      );
      await this.life.release({
        ...scope,
        runId: RECONCILER_RUN,
        campaignId: null,
        step: `orphan/${machineId}`,
        batch: 0,
        service: null,
        poolId: null,
        fence: 0,
        targets: [{ intentId: null, machineId }],
      });
    }
    return machineIds.length;
  }
}

function asListed(machine: Machine): ListedMachine {
  return {
    machineId: machine.id,
    installation: machine.ownership?.installation ?? null,
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
    lapsedRunIds: [],
  };
}
