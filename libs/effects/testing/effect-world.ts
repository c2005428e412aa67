import { randomUUID } from 'node:crypto';
import { SpringtideError, addMs, compareMoney, sumMoney, zero, type Instant } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import {
  connectAccount,
  type CloudClient,
  type Ownership,
  type ProviderManifest,
} from '@springtide/provider-kit';
import { AdvancingClock, loopbackGate } from '@springtide/provider-kit/conformance';
import {
  examplePublicCloud,
  manifest as simulated,
  openSimulatedCloud,
  type CloudPlanInput,
  type SimulatedCloud,
} from '../../../providers/simulated/index.js';
import { MemoryEffectStore } from '../data/memory-effect-store.js';
import { costOfItem, type Intent, type Mandate } from '../domain/index.js';
import type { EffectStore } from '../effect-store.port.js';
import { STANDARD_EFFECTS, type EffectsPolicy } from '../effects-policy.js';
import type { LaunchAnswer, LaunchRequest } from '../launch.js';
import { EffectLedger } from '../ledger.service.js';
import { MachineLife } from '../machine-life.service.js';
import { Reconciler } from '../reconciler.service.js';
import { ACCOUNT, POOL, PRICE, TENANT, aMandate } from './effect-fixtures.js';
import { WorldOracle } from './world-oracle.js';

export const REGION = 'sim-east';
export const INSTALLATION = 'springtide-spec';

export type WorldOptions = Readonly<{
  store: EffectStore;
  plan?: Partial<CloudPlanInput>;
  policy?: Partial<EffectsPolicy>;
  mandate?: Partial<Mandate>;
}>;

/** A fresh world over an empty memory. */
export type OpenWorld = (options?: Omit<WorldOptions, 'store'>) => Promise<EffectWorld>;

/** One process's view of the world: its own ledger over the common store and cloud. */
export type Process = Readonly<{
  ledger: EffectLedger;
  life: MachineLife;
  reconciler: Reconciler;
  client: CloudClient;
}>;

export type ProcessOptions = Readonly<{
  store?: EffectStore;
  manifest?: ProviderManifest;
  installation?: string;
  policy?: Partial<EffectsPolicy>;
  /** The account cannot even be opened. */
  unreachable?: boolean;
}>;

/** A simulated cloud, a ledger memory and a mandate, under one clock; processes come and go. */
export class EffectWorld {
  readonly clock = new AdvancingClock();
  readonly cloud: SimulatedCloud;
  readonly run = randomUUID();
  /** Every machine that ever carried our mark, by intent: ground truth, not the ledger's word. */
  readonly everMade = new Map<string, Set<string>>();
  mandate: Mandate;
  readonly oracle: WorldOracle;
  private readonly name = `effects-${randomUUID()}`;

  constructor(readonly options: WorldOptions) {
    const behaviour = { bootMs: 1_000, terminateMs: 500, ...options.plan?.behaviour };
    this.cloud = openSimulatedCloud(
      this.name,
      examplePublicCloud({ ...options.plan, behaviour }),
      this.clock,
    );
    this.mandate = aMandate({ runId: this.run, ...options.mandate });
    const alone = options.store instanceof MemoryEffectStore;
    this.oracle = new WorldOracle(this, { installation: INSTALLATION, region: REGION, alone });
  }

  static async open(options: WorldOptions): Promise<EffectWorld> {
    const world = new EffectWorld(options);
    const { ledger } = await world.process();
    world.mandate = await ledger.openMandate(world.mandate);
    await ledger.takeFence(TENANT, world.run, 'first owner');
    return world;
  }

  async process(options: ProcessOptions = {}): Promise<Process> {
    const client = await connectAccount(
      options.manifest ?? simulated,
      { cloud: this.name },
      this.cloud.plan.credentials,
      {
        account: ACCOUNT,
        clock: this.clock,
        gate: loopbackGate(),
        log: silentLogger,
      },
    );
    const ledger = new EffectLedger({
      store: options.store ?? this.options.store,
      clouds: {
        open: async () => {
          if (options.unreachable === true) throw new SpringtideError('unavailable', 'nobody answers');
          return await Promise.resolve(client);
        },
      },
      clock: this.clock,
      newId: () => randomUUID(),
      installation: options.installation ?? INSTALLATION,
      policy: { ...STANDARD_EFFECTS, ...this.options.policy, ...options.policy },
      log: silentLogger,
    });
    return { ledger, life: new MachineLife(ledger), reconciler: new Reconciler(ledger), client };
  }

  request(over: Partial<LaunchRequest> = {}): LaunchRequest {
    return {
      tenantId: TENANT,
      runId: this.run,
      campaignId: null,
      step: 'provision',
      batch: 0,
      accountId: ACCOUNT,
      region: REGION,
      service: 'storefront',
      poolId: POOL,
      mandateId: this.mandate.id,
      spec: {
        zone: 'sim-east-a',
        machineType: 'c2.large',
        purchaseOption: 'on-demand',
        image: 'img-shop-1',
        subnet: null,
        securityGroups: [],
        namePrefix: `st-${over.step ?? 'provision'}-${over.batch ?? 0}`.replaceAll(/[^a-z0-9-]/g, '-'),
        userData: null,
        labels: {},
      },
      count: 5,
      pricePerHour: PRICE,
      minimumBillingSeconds: 60,
      plannedHours: 2,
      releaseBy: addMs(this.now(), STANDARD_EFFECTS.leaseMs),
      fence: 1,
      ...over,
    };
  }

  now(): Instant {
    return this.clock.now().toISOString();
  }

  /** Notes what the cloud really has. Call after every step that may have changed it. */
  look(): readonly string[] {
    for (const machine of this.cloud.machines()) {
      const intent = machine.labels['springtide/intent'];
      if (intent === undefined) continue;
      this.everMade.set(intent, (this.everMade.get(intent) ?? new Set()).add(machine.id));
    }
    this.oracle.look();
    return this.cloud.machines().map((machine) => machine.id);
  }

  /** Asks again as an engine would, until the outcome is known. */
  async launch(process: Process, over: Partial<LaunchRequest> = {}, tries = 60): Promise<LaunchAnswer> {
    const request = this.request(over);
    for (let n = 0; n < tries; n += 1) {
      const answer = await process.ledger.launch(request);
      this.look();
      if (answer.status !== 'unknown') return answer;
      this.clock.advance(answer.retryAfterMs);
    }
    throw new Error(`the launch has no outcome after ${tries} tries`);
  }

  async intents(): Promise<readonly Intent[]> {
    return await this.options.store.transaction(TENANT, async (tx) =>
      tx.listIntents({ runId: this.run, kind: 'create' }),
    );
  }

  async books(): Promise<Mandate> {
    const mandate = await this.options.store.transaction(TENANT, async (tx) => tx.findMandateOfRun(this.run));
    if (mandate === undefined) throw new Error('the mandate is gone');
    return mandate;
  }

  /** Asks for the end of every machine of this run that the cloud has. */
  async release(process: Process): Promise<void> {
    const targets = (await this.intents()).flatMap(({ id: intentId, items }) =>
      items.flatMap(({ machineId }) => (machineId === null ? [] : [{ intentId, machineId }])),
    );
    await process.life.release({ ...this.request(), step: 'release', targets });
    this.look();
  }

  /** Scale-back as the run does it: to rest, release, read back gone, sweep, settle. */
  async bringBack(process: Process, fence = 1): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      const open = (await this.intents()).filter((intent) => intent.state !== 'released');
      if (open.length === 0) return;
      for (const intent of open) await this.bringBackOne(process, intent, fence);
      this.clock.advance(1_000);
      this.look();
    }
    throw new Error('scale-back did not come to its end');
  }

  private async bringBackOne(process: Process, intent: Intent, fence: number): Promise<void> {
    const waitMs = await process.ledger.bringToRest(TENANT, intent.id);
    if (waitMs > 0) {
      this.clock.advance(waitMs);
      return;
    }
    const [fresh] = await process.ledger.listIntents(TENANT, { ids: [intent.id] });
    const targets = (fresh?.items ?? [])
      .filter((item) => ['accepted', 'running', 'ready', 'failed'].includes(item.state))
      .flatMap(({ machineId }) => (machineId === null ? [] : [{ intentId: intent.id, machineId }]));
    const step = `release/${intent.id}/${targets.map((t) => t.machineId).join(',')}`;
    await process.life.release({ ...this.request(), step, fence, targets });
    await process.life.finishRelease(TENANT, intent.id);
  }

  /**
   * What must hold after anything, from the cloud's truth and the rows alone. @returns what does not.
   * `settled`: everything was brought back, so the books must be closed to the last digit.
   */
  async violations(settled: boolean): Promise<readonly string[]> {
    this.look();
    const intents = await this.intents();
    const mandate = await this.books();
    return [
      ...intents.flatMap((intent) => this.violationsOf(intent)),
      ...this.strayMachines(intents),
      ...bookViolations(intents, mandate, this.now()),
      ...(settled ? this.leftovers(intents, mandate) : []),
      ...(await this.oracle.violations()),
    ];
  }

  private violationsOf(intent: Intent): readonly string[] {
    const made = this.everMade.get(intent.id) ?? new Set();
    const recorded = new Set(intent.items.map((item) => item.machineId));
    const hidden = [...made].filter((id) => !recorded.has(id));
    return [
      ...(made.size > intent.count ? [`I3: ${made.size} machines for an intent of ${intent.count}`] : []),
      ...(intent.state === 'settled' || intent.state === 'released'
        ? hidden.map((id) => `I1: ${id} exists and its settled intent does not know it`)
        : []),
    ];
  }

  private strayMachines(intents: readonly Intent[]): readonly string[] {
    const known = new Set(intents.map((intent) => intent.id));
    return [...this.everMade.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `I1: machines of intent ${id}, which was never written`);
  }

  private leftovers(intents: readonly Intent[], mandate: Mandate): readonly string[] {
    const left = this.cloud.machines().filter((machine) => 'springtide/intent' in machine.labels);
    const open = intents.filter((intent) => intent.state !== 'released');
    const none = zero(mandate.budget.currency);
    return [
      ...left.map((machine) => `I5: ${machine.id} is left`),
      ...open.map((intent) => `intent ${intent.step} is still ${intent.state}`),
      ...(mandate.machines === 0 ? [] : [`books: ${mandate.machines} machines still hold room`]),
      ...(compareMoney(mandate.reserved, none) === 0
        ? []
        : [`books: ${mandate.reserved.amount} still reserved`]),
      ...(compareMoney(mandate.perHour, none) === 0 ? [] : [`books: ${mandate.perHour.amount} an hour left`]),
    ];
  }
}

/** A machine made behind the ledger's back, with whatever marks. */
export async function machineBehindTheLedger(
  { client }: Pick<Process, 'client'>,
  marks: Partial<Ownership>,
): Promise<string> {
  const token = randomUUID();
  const ownership = { installation: INSTALLATION, tenant: TENANT, intent: token, token, ...marks };
  const batch = { token, region: REGION, zone: 'sim-east-a', machineType: 'c2.large', count: 1, minimum: 1 };
  const more = { namePrefix: `x-${token.slice(0, 8)}`, image: 'img-shop-1', securityGroups: [], labels: {} };
  const receipt = await client.compute.launch({ ...batch, ...more, purchaseOption: 'on-demand', ownership });
  const [item] = receipt.items;
  if (item?.outcome !== 'accepted') throw new Error('no machine');
  return item.machineId;
}

const OVER: readonly string[] = ['refused', 'absent', 'gone', 'lost'];

/** The mandate is the sum of its intents, nothing more and nothing less. */
function bookViolations(intents: readonly Intent[], mandate: Mandate, at: Instant): readonly string[] {
  const { currency } = mandate.budget;
  const holding = intents.flatMap((i) => i.items.filter((item) => !OVER.includes(item.state))).length;
  const reserved = sumMoney(
    currency,
    intents.flatMap((intent) => intent.reserved ?? []),
  );
  const spent = sumMoney(
    currency,
    intents.flatMap((intent) =>
      intent.items.filter((item) => OVER.includes(item.state)).map((item) => costOfItem(intent, item, at)),
    ),
  );
  return [
    ...(holding === mandate.machines ? [] : [`books: ${mandate.machines} counted, ${holding} held`]),
    ...(compareMoney(reserved, mandate.reserved) === 0
      ? []
      : [`books: ${mandate.reserved.amount} reserved, intents hold ${reserved.amount}`]),
    ...(compareMoney(spent, mandate.committed) === 0
      ? []
      : [`books: ${mandate.committed.amount} committed, items cost ${spent.amount}`]),
  ];
}
