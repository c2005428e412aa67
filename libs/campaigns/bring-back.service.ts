import { sentence, type RunRef, type Sentence, type WayBackObstacle } from '@springtide/contracts';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { isGivenUp, isWantedBack, type Intent } from '@springtide/effects/domain';
import { collectComplete, type Satellite } from '@springtide/provider-kit';
import type { Found } from './data/way-back.repository.js';
import { isSamePlace, type WayBackPlace } from './domain/index.js';
import { atEachPlace } from './return-places.js';
import type { OpenRun } from './run-book.js';

/** What a look at one phase met. `found`: what is there beyond the ledger's machines; left out: as it was. */
export type Findings = Readonly<{
  open: readonly Sentence[];
  waitMs: number;
  obstacles: readonly WayBackObstacle[];
  found?: readonly Found[];
  /** Of a proof: how far apart two clean listings must be. */
  apartMs?: number;
}>;

export type PhaseWork = RunRef &
  Readonly<{
    open: OpenRun;
    obstacles: readonly WayBackObstacle[];
    found: readonly Found[];
    /** Nobody holds the satellites: they go with their machines, and wait for no other account. */
    sweepEarly: boolean;
  }>;

/** The phases of the way back that ask clouds: end, read back, sweep, prove. Each look may be repeated at any time. */
export class BringBack {
  private readonly life: MachineLife;

  constructor(private readonly ledger: EffectLedger) {
    this.life = new MachineLife(ledger);
  }

  /** Brings unanswered purchases to rest, then asks for the end of every machine, and of what the last proof found. */
  async terminate(work: PhaseWork): Promise<Findings> {
    const intents = await this.unreleased(work);
    const strays = work.found.filter((one) => one.kind === 'machine');
    const withStrays = await this.namedBy(work, strays, intents);
    const { done, obstacles } = await this.at('change', work, withStrays, async (place, own) => {
      const rests = await Promise.all(
        own.map(async (intent) =>
          isGivenUp(intent) ? 0 : await this.ledger.bringToRest(work.tenantId, intent.id),
        ),
      );
      await this.letGo(work, place, strays);
      // While one account is late, the others are seen through: their machines are paid for until they are read gone.
      if (work.obstacles.length > 0) await this.seeThrough(work, own);
      return Math.max(0, ...rests);
    });
    const left = (await this.unreleased(work)).flatMap((intent) => notAsked(intent));
    const open = counted('waits.not-asked', left.length);
    const waitMs = Math.max(0, ...done);
    return { open: [...open, ...tell(work, obstacles)], waitMs, obstacles };
  }

  async readGone(work: PhaseWork): Promise<Findings> {
    const intents = (await this.unreleased(work)).filter((intent) => intent.items.some(isWantedBack));
    const { done, obstacles } = await this.at('look', work, intents, async (_place, own) =>
      this.seeThrough(work, own),
    );
    const there = done.reduce((sum, count) => sum + count, 0);
    const open = counted('waits.there', there);
    return { open: [...open, ...tell(work, obstacles)], waitMs: 0, obstacles };
  }

  /** @param kind which satellites are waited for; every sort is released in both phases. */
  async sweep(work: PhaseWork, kind: 'satellites' | 'timers'): Promise<Findings> {
    const intents = (await this.unreleased(work)).filter(
      (intent) => intent.state === 'settled' && !intent.items.some(isWantedBack),
    );
    const { done, obstacles } = await this.at('look', work, intents, async (place, own) => {
      const left: Found[] = [];
      for (const intent of own) {
        const satellites = await this.life.sweepUp(work.tenantId, intent.id);
        left.push(...satellites.map((satellite) => asFound(satellite, place, intent.id, this.ledger.now())));
      }
      return left;
    });
    const found = done.flat();
    const waited = found.filter((one) => (one.state === 'timer') === (kind === 'timers'));
    const open = counted(`waits.${kind}`, waited.length);
    return {
      open: [...open, ...tell(work, obstacles)],
      waitMs: 0,
      obstacles,
      found: keepSince(work.found, found),
    };
  }

  /** One complete listing of every account of the run. What cannot be listed is not proven. */
  async prove(work: PhaseWork): Promise<Findings> {
    const intents = await this.ledger.listIntents(work.tenantId, { runId: work.runId, kind: 'create' });
    const { done, obstacles } = await this.at('look', work, intents, async (place, own) =>
      this.listed(work.tenantId, place, own),
    );
    const found = keepSince(
      work.found,
      done.flatMap((one) => one.found),
    );
    const unsettled = intents.filter((intent) => intent.state !== 'released' && !isGivenUp(intent));
    const open = [
      ...counted('waits.listed', found.filter((one) => one.kind === 'machine').length),
      ...counted('waits.outliving', found.filter((one) => one.kind === 'satellite').length),
      ...counted('waits.unsettled', unsettled.length),
      ...tell(work, obstacles),
    ];
    const apartMs = Math.max(0, ...done.map((one) => one.lagMs));
    return { open, waitMs: 0, obstacles, found, apartMs };
  }

  /** Reads machines back and, where they are gone, sweeps after them. @returns machines that are still there. */
  private async seeThrough(work: PhaseWork, own: readonly Intent[]): Promise<number> {
    let there = 0;
    for (const intent of own) {
      const machines = await this.life.readBack(work.tenantId, intent.id);
      if (machines === 0 && work.sweepEarly) await this.life.sweepUp(work.tenantId, intent.id);
      there += machines;
    }
    return there;
  }

  private async listed(tenantId: string, place: WayBackPlace, own: readonly Intent[]) {
    const { clouds, installation } = this.ledger.dependencies;
    const client = await clouds.open(tenantId, place.accountId);
    const options = { priority: 'scale-back' } as const;
    const machines = await collectComplete(
      client.compute.list({ region: place.region, ownedBy: installation }, options),
      'machines',
    );
    const byId = new Map(own.map((intent) => [intent.id, intent]));
    const kept = new Set(
      own.flatMap(({ items }) => items.flatMap((item) => (item.abandoned === null ? [] : [item.machineId]))),
    );
    const booked = new Set(own.flatMap(({ items }) => items.map((item) => item.machineId)));
    const found = machines.flatMap((machine): Found[] => {
      const intentId = machine.ownership?.intent ?? '';
      if (!byId.has(intentId) || kept.has(machine.id)) return [];
      // What the ledger has was read gone by its id; whatever else is on its way out may leave something behind.
      if (machine.state === 'terminating' && booked.has(machine.id)) return [];
      const { id, state } = machine;
      return [{ id, kind: 'machine', ...place, state, intentId, since: this.ledger.now() }];
    });
    return {
      found: [...found, ...(await this.leftOf(tenantId, place, own))],
      lagMs: this.ledger.lagOf(client),
    };
  }

  /** Of purchases that are over: what machines left that came to light, and were ended, since. It is swept at once. */
  private async leftOf(
    tenantId: string,
    place: WayBackPlace,
    own: readonly Intent[],
  ): Promise<readonly Found[]> {
    const left: Found[] = [];
    for (const intent of own.filter(({ state }) => state === 'released')) {
      const satellites = await this.life.sweepUp(tenantId, intent.id);
      left.push(...satellites.map((satellite) => asFound(satellite, place, intent.id, this.ledger.now())));
    }
    return left;
  }

  /** The same step for as long as the run has this owner: what is asked again is on record as a generation of it. */
  private async letGo(work: PhaseWork, place: WayBackPlace, strays: readonly Found[]): Promise<void> {
    const { tenantId, runId, fence } = work;
    const intents = await this.ledger.listIntents(tenantId, {
      runId,
      kind: 'create',
      onlyUnreleased: true,
      ...place,
    });
    const living = intents.flatMap((intent) =>
      intent.items
        .filter((item) => isWantedBack(item) && item.state !== 'releasing')
        .flatMap(({ machineId }) => (machineId === null ? [] : [{ intentId: intent.id, machineId }])),
    );
    const known = new Set(living.map((target) => target.machineId));
    const extra = strays
      .filter((one) => one.accountId === place.accountId && one.region === place.region && !known.has(one.id))
      .map(({ intentId, id: machineId }) => ({ intentId, machineId }));
    await this.life.release({
      tenantId,
      runId,
      campaignId: work.open.run.campaignId,
      step: `release/${fence}/${place.accountId}/${place.region}`,
      batch: 0,
      ...place,
      service: null,
      poolId: null,
      fence,
      targets: [...living, ...extra],
    });
  }

  /** While a person holds the way back, neither the reconciler nor a cloud's timer ends the machines. */
  async keepAlive({ tenantId, runId, fence }: RunRef, until: string): Promise<void> {
    await this.life.renewLeases(tenantId, runId, fence, until);
  }

  /** A refusal is over with the last thing that it was about, however that went. */
  private async at<T>(
    asks: 'change' | 'look',
    work: PhaseWork,
    intents: readonly Intent[],
    ask: (place: WayBackPlace, own: readonly Intent[]) => Promise<T>,
  ) {
    const { pollMs, retryMostMs } = work.open.policy;
    const pace = { leastMs: Math.min(pollMs, retryMostMs), mostMs: retryMostMs };
    const how = { now: () => this.ledger.now(), pace, asks };
    const { done, obstacles } = await atEachPlace(intents, work.obstacles, how, ask);
    const left = obstacles.length === 0 ? [] : [...(await this.unreleased(work)), ...work.found];
    const about = (one: WayBackObstacle) => left.some((thing) => isSamePlace(thing, one));
    return { done, obstacles: obstacles.filter((one) => one.kind === 'unreachable' || about(one)) };
  }

  private async unreleased({ tenantId, runId }: RunRef): Promise<readonly Intent[]> {
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    return intents.filter((intent) => !isGivenUp(intent));
  }

  /** With the purchases of machines that turned up after their purchase was over. */
  private async namedBy(
    { tenantId }: RunRef,
    strays: readonly Found[],
    known: readonly Intent[],
  ): Promise<readonly Intent[]> {
    const ids = [...new Set(strays.map((one) => one.intentId))].filter(
      (id) => !known.some((one) => one.id === id),
    );
    return ids.length === 0 ? known : [...known, ...(await this.ledger.listIntents(tenantId, { ids }))];
  }
}

/** Machines that no cloud was asked to end yet, and calls of which nobody knows what they bought. */
function notAsked(intent: Intent): readonly unknown[] {
  const living = intent.items.filter((item) => isWantedBack(item) && item.state !== 'releasing');
  const unknown =
    intent.state === 'sent' || intent.state === 'written'
      ? intent.items.filter((i) => i.state === 'open')
      : [];
  return [...living, ...unknown.filter((item) => item.abandoned === null)];
}

function asFound(satellite: Satellite, place: WayBackPlace, intentId: string, since: string): Found {
  return { id: satellite.id, kind: 'satellite', ...place, state: satellite.kind, intentId, since };
}

type Counted = 'not-asked' | 'there' | 'satellites' | 'timers' | 'listed' | 'outliving' | 'unsettled';

/** How many of something are waited for, where there are any. */
export function counted(code: `waits.${Counted}`, count: number): readonly Sentence[] {
  return count === 0 ? [] : [sentence(code, { count })];
}

function keepSince(before: readonly Found[], now: readonly Found[]): readonly Found[] {
  return now.map((one) => ({ ...one, since: before.find((old) => old.id === one.id)?.since ?? one.since }));
}

function tell({ open }: PhaseWork, obstacles: readonly WayBackObstacle[]): readonly Sentence[] {
  return obstacles.map(({ accountId, kind, nextTry, ...obstacle }) => {
    const account = open.plan.pools.find((pool) => pool.accountId === accountId)?.accountName ?? accountId;
    const { region, code, message, since, tries } = obstacle;
    const facts = { account, region, code, message, since, tries };
    if (nextTry === null) return sentence('waits.refused-for-good', facts);
    return sentence(`waits.${kind}`, { ...facts, nextTry });
  });
}
