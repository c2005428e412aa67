import { SpringtideError, type Instant } from '@springtide/kernel';
import {
  adopted,
  foundByTag,
  stuckEffects,
  type Abandonment,
  type Intent,
  type StuckEffect,
} from './domain/index.js';
import type { EffectTransaction } from './effect-store.port.js';
import type { EffectLedger } from './ledger.service.js';
import { MachineLife } from './machine-life.service.js';
import { RECONCILER_RUN, Reconciler } from './reconciler.service.js';

/** Effects that have come no further for too long, and what a person may do about them. */
export class StuckEffects {
  private readonly life: MachineLife;
  private readonly reconciler: Reconciler;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
    this.reconciler = new Reconciler(ledger);
  }

  /** Oldest first. */
  async list(tenantId: string): Promise<readonly StuckEffect[]> {
    const { store, policy } = this.ledger.dependencies;
    const { creates, deletions, listings } = await store.transaction(tenantId, async (tx) => ({
      creates: await tx.listIntents({ kind: 'create', onlyUnreleased: true }),
      deletions: await tx.listIntents({ kind: 'delete', states: ['written', 'sent'] }),
      listings: await tx.listListings(),
    }));
    const at = this.ledger.now();
    const found = listings.flatMap((listing) => foundByTag(listing, RECONCILER_RUN));
    return creates
      .flatMap((intent) => stuckEffects(intent, deletions, at, policy))
      .concat(found)
      .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  /** Asks the cloud once more, now. @throws what it answers when that is an error. */
  async retry(tenantId: string, effect: StuckEffect): Promise<void> {
    switch (effect.kind) {
      case 'creating':
        await this.life.observe(tenantId, effect.intentId);
        return;
      case 'unknown-outcome':
        await this.ledger.bringToRest(tenantId, effect.intentId);
        return;
      case 'found-by-tag':
        await this.reconciler.pass({ tenantId, accountId: effect.accountId, region: effect.region });
        return;
      case 'deleting':
      case 'not-deleted':
        await this.askToGo(tenantId, effect);
    }
  }

  /**
   * Takes over a machine that a call of unknown outcome bought; one that only its marks tell of is brought back at once,
   * because no run is left that could need it. It must carry our marks and name this purchase: nothing else is ever
   * brought back by us.
   * @throws failed-precondition, saying what it carries instead.
   */
  async adopt(tenantId: string, effect: StuckEffect, machineId: string): Promise<void> {
    const { clouds, installation } = this.ledger.dependencies;
    const { intentId, accountId, region } = effect;
    const client = await clouds.open(tenantId, accountId);
    const machine = (await client.compute.describe([machineId], { region })).get(machineId);
    if (machine === undefined || machine === 'gone') {
      throw new SpringtideError(
        'not-found',
        `the account has no machine ${machineId} in ${region}; nothing was adopted`,
      );
    }
    const marks = machine.ownership;
    if (marks?.installation !== installation || marks.tenant !== tenantId || marks.intent !== intentId) {
      throw new SpringtideError(
        'failed-precondition',
        `machine ${machineId} does not carry the marks of this purchase, so it may be somebody else's; nothing was adopted`,
        {
          nextStep: `If it is ours, give it the ownership tags of intent ${intentId} in the cloud, and adopt it then.`,
        },
      );
    }
    if (effect.kind === 'found-by-tag') {
      await this.reconciler.endStranger({ tenantId, accountId, region }, machineId);
      return;
    }
    const [intent] = await this.ledger.listIntents(tenantId, { ids: [intentId] });
    if (intent === undefined)
      throw new SpringtideError('not-found', `effect ${intentId} is not in the ledger`);
    await this.ledger.change(intent, (current, at) => adopted(current, [machineId], at, 'open'));
  }

  private async askToGo(tenantId: string, effect: StuckEffect): Promise<void> {
    const { intentId, runId, campaignId, accountId, region } = effect;
    const fence = await this.ledger.dependencies.store.transaction(
      tenantId,
      async (tx) => await tx.currentFence(runId),
    );
    await this.life.release({
      tenantId,
      runId,
      campaignId,
      step: `retry/${intentId}/${effect.kind}`,
      batch: 0,
      accountId,
      region,
      service: null,
      poolId: null,
      fence,
      targets: effect.items.flatMap(({ machineId }) => (machineId === null ? [] : [{ intentId, machineId }])),
    });
  }
}

function orderOf({ since, intentId, kind }: StuckEffect): string {
  return `${since}~${intentId}.${kind}`;
}

/**
 * Nobody tries to bring these machines back any more; their rows stay as they are, with who took their cost on, and so does
 * what is set aside for them. If they go by themselves, the books follow.
 */
export async function abandonIn(
  tx: EffectTransaction,
  effect: Pick<StuckEffect, 'intentId' | 'items'>,
  by: Readonly<{ at: Instant; by: string; reason: string }>,
): Promise<Intent> {
  const intent = await tx.lockIntent(effect.intentId);
  if (intent === undefined)
    throw new SpringtideError('not-found', `effect ${effect.intentId} is not in the ledger`);
  const indexes = new Set(effect.items.map((item) => item.index));
  const abandonment: Abandonment = { ...by, costPerHour: intent.pricePerHour };
  const items = intent.items.map((item) =>
    indexes.has(item.index) && item.abandoned === null ? { ...item, abandoned: abandonment } : item,
  );
  const changed = { ...intent, items };
  await tx.saveIntent(changed);
  return changed;
}

/** Machines that only their marks tell of stay as they are, with who took their cost on; nobody is asked again. */
export async function abandonFoundIn(
  tx: EffectTransaction,
  effect: Pick<StuckEffect, 'intentId' | 'accountId' | 'region'>,
  by: Readonly<{ at: Instant; by: string; reason: string }>,
): Promise<void> {
  const listing = await tx.findListing(effect.accountId, effect.region);
  if (listing === undefined) return;
  const abandonment: Abandonment = { ...by, costPerHour: null };
  const strangers = listing.strangers.map((one) =>
    one.intentId === effect.intentId ? { ...one, abandoned: one.abandoned ?? abandonment } : one,
  );
  await tx.saveListing({ ...listing, strangers });
}
