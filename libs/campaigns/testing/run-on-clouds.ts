import { randomUUID } from 'node:crypto';
import { sentence, type CampaignInput, type RunCommand, type WayBackPhase } from '@springtide/contracts';
import { EffectLedger, PostgresEffectStore, STANDARD_EFFECTS, type EffectsPolicy } from '@springtide/effects';
import { HOUR, SpringtideError, addMs, money, zero, type Instant } from '@springtide/kernel';
import { hashJson, newId, silentLogger } from '@springtide/platform';
import { connectAccount, type CloudClient, type ProviderManifest } from '@springtide/provider-kit';
import { AdvancingClock, loopbackGate } from '@springtide/provider-kit/conformance';
import { seedTenant, testDatabase, type SeededTenant, type TestDatabase } from '@springtide/testing';
import {
  examplePublicCloud,
  manifest as simulated,
  openSimulatedCloud,
  type CloudPlanInput,
  type SimulatedCloud,
} from '../../../providers/simulated/index.js';
import type { Findings } from '../bring-back.service.js';
import { findWayBack, type KeptWayBack } from '../data/way-back.repository.js';
import { RunBook, type OpenRun } from '../run-book.js';
import { giveCommand } from '../run-commands.js';
import { ScaleBack } from '../scale-back.service.js';
import { WayBackService } from '../way-back.service.js';

export const REGION = 'sim-east';
const PRICE = money('CNY', '0.39');
const RUN_TEMPLATE = { phase: 'peak', service: 'storefront' } as const;

type CloudOptions = Readonly<{ plan?: Partial<CloudPlanInput>; manifest?: ProviderManifest }>;

export type CloudUnderRun = Readonly<{
  accountId: string;
  cloud: SimulatedCloud;
  client: CloudClient;
  /** Ids of ours that it has, by its own word. */
  ours(): readonly string[];
}>;

/** One database for the runs of a spec file. */
export async function campaignsDatabase(): Promise<Readonly<{ test: TestDatabase; tenant: SeededTenant }>> {
  const test = await testDatabase();
  return { test, tenant: await seedTenant(test.database) };
}

/** A run at its peak with machines in simulated clouds, over a real database, under a clock that flies. */
export class RunOnClouds {
  readonly clock = new AdvancingClock();
  readonly runId = randomUUID();
  readonly clouds: CloudUnderRun[] = [];
  /** Accounts that nobody can reach now. */
  readonly away = new Set<string>();
  /** What stands before the machines are asked to go; empty when a phase is through. */
  readonly before: Record<'sendHome' | 'drain' | 'evict', readonly string[]> = {
    sendHome: [],
    drain: [],
    evict: [],
  };
  readonly ledger: EffectLedger;
  readonly book: RunBook;
  readonly wayBack: WayBackService;
  fence = 0;

  private constructor(
    readonly test: TestDatabase,
    readonly tenant: SeededTenant,
    policy: Partial<EffectsPolicy>,
    private readonly profile: 'standard' | 'demo',
  ) {
    const { database } = test;
    this.ledger = new EffectLedger({
      store: new PostgresEffectStore(database),
      clouds: { open: async (_tenant, accountId) => await this.open(accountId) },
      clock: this.clock,
      newId,
      installation: 'springtide-spec',
      policy: { ...STANDARD_EFFECTS, ...policy },
      log: silentLogger,
    });
    this.book = new RunBook(database, this.clock);
    const stand = (name: 'sendHome' | 'drain' | 'evict') => async (): Promise<Findings> =>
      await Promise.resolve({
        open: this.before[name].map((text) => sentence('quoted', { text })),
        waitMs: 0,
        obstacles: [],
      });
    this.wayBack = new WayBackService(this.book, this.ledger, {
      sendHome: stand('sendHome'),
      drain: stand('drain'),
      evict: stand('evict'),
    });
  }

  static async open(
    { test, tenant }: Readonly<{ test: TestDatabase; tenant: SeededTenant }>,
    clouds: readonly CloudOptions[] = [{}],
    policy: Partial<EffectsPolicy> = {},
    profile: 'standard' | 'demo' = 'standard',
  ): Promise<RunOnClouds> {
    const run = new RunOnClouds(test, tenant, policy, profile);
    for (const options of clouds) run.clouds.push(await run.connect(options));
    await run.store();
    run.fence = await run.ledger.takeFence(tenant.tenantId, run.runId, 'the run');
    return run;
  }

  now(): Instant {
    return this.clock.now().toISOString();
  }

  cloud(index: number): CloudUnderRun {
    const found = this.clouds[index];
    if (found === undefined) throw new Error(`there is no cloud ${index}`);
    return found;
  }

  /** Buys machines in one of the clouds. @returns the purchase. */
  async buy(index: number, count: number, step = 'provision'): Promise<string> {
    const { accountId } = this.cloud(index);
    const mandate = await this.ledger.findMandate(this.tenant.tenantId, this.runId);
    const answer = await this.ledger.launch({
      tenantId: this.tenant.tenantId,
      runId: this.runId,
      campaignId: mandate?.campaignId ?? null,
      step: `${step}/${index}`,
      batch: 0,
      accountId,
      region: REGION,
      service: RUN_TEMPLATE.service,
      poolId: poolOf(accountId),
      mandateId: mandate?.id ?? '',
      spec: {
        zone: 'sim-east-a',
        machineType: 'c2.large',
        purchaseOption: 'on-demand',
        image: 'img-shop-1',
        subnet: null,
        securityGroups: [],
        namePrefix: `st-${step}-${index}`.replaceAll(/[^a-z0-9-]/g, '-'),
        userData: null,
        labels: {},
      },
      count,
      pricePerHour: PRICE,
      minimumBillingSeconds: 60,
      plannedHours: 2,
      releaseBy: addMs(this.now(), STANDARD_EFFECTS.leaseMs),
      fence: this.fence,
    });
    return answer.status === 'settled' ? answer.intentId : '';
  }

  /** As the workflow does it, until `until` says so, or nothing is left to do. @returns phases in the order of looks. */
  async bringBack(
    until: (phase: WayBackPhase) => boolean | Promise<boolean> = () => false,
  ): Promise<readonly WayBackPhase[]> {
    const ids = { tenantId: this.tenant.tenantId, runId: this.runId };
    const { fence, ...begun } = await this.wayBack.begin({ ...ids, owner: 'way back', reason: 'drill' });
    const looks: WayBackPhase[] = [];
    for (let turn: { next: WayBackPhase | null; waitMs: number } = begun; turn.next !== null;) {
      if (looks.length > 2_000) throw new Error('the way back came to no end');
      if (await until(turn.next)) return looks;
      looks.push(turn.next);
      turn = await this.wayBack.look({ ...ids, fence }, turn.next);
      this.clock.advance(turn.waitMs);
    }
    await new ScaleBack(this.book, this.ledger).close({ ...ids, fence });
    return looks;
  }

  async give(command: RunCommand, version?: number): Promise<void> {
    const ctx = this.tenant.admin;
    await this.test.database.unitOfWork(ctx, async (tx) => {
      await giveCommand({ tx, ctx, at: this.now() }, this.runId, command, version);
    });
  }

  async kept(): Promise<KeptWayBack | undefined> {
    return await this.book.within(
      this.tenant.tenantId,
      this.runId,
      async (tx) => await findWayBack(tx, this.runId),
    );
  }

  async row() {
    return (await this.book.open(this.tenant.tenantId, this.runId)).run;
  }

  async plan() {
    return (await this.book.open(this.tenant.tenantId, this.runId)).plan;
  }

  /** As if another plan had been approved: its hash goes with it. */
  async changePlan(change: (plan: OpenRun['plan']) => OpenRun['plan'] = (plan) => plan): Promise<void> {
    const content = change(await this.plan());
    await this.test.database.systemWork('test', async (tx) => {
      await tx.query(
        `update campaign_plan set content = $2, hash = $3 where id = (select plan_id from campaign_run where id = $1)`,
        [this.runId, JSON.stringify(content), hashJson(content)],
      );
    });
  }

  /** As if it had been armed so. */
  async changeCampaign(change: Partial<CampaignInput>): Promise<void> {
    await this.test.database.systemWork('test', async (tx) => {
      await tx.query('update campaign set input = input || $2 where current_run_id = $1', [
        this.runId,
        JSON.stringify(change),
      ]);
    });
  }

  async intents() {
    return await this.ledger.listIntents(this.tenant.tenantId, { runId: this.runId, kind: 'create' });
  }

  async story(): Promise<readonly string[]> {
    const rows = await this.book.within(this.tenant.tenantId, this.runId, async (tx) =>
      tx.query<{ step: string; detail: string }[]>(
        'select step, detail from campaign_timeline where run_id = $1 order by id',
        [this.runId],
      ),
    );
    return rows.map((row) => `${row.step}: ${row.detail}`);
  }

  private async open(accountId: string): Promise<CloudClient> {
    if (this.away.has(accountId)) throw new SpringtideError('unavailable', 'no route to the cloud');
    const found = this.clouds.find((one) => one.accountId === accountId);
    if (found === undefined) throw new SpringtideError('not-found', `there is no account ${accountId}`);
    return await Promise.resolve(found.client);
  }

  private async connect({ plan, manifest = simulated }: CloudOptions): Promise<CloudUnderRun> {
    const name = `way-back-${randomUUID()}`;
    const accountId = randomUUID();
    const behaviour = { bootMs: 1_000, terminateMs: 500, ...plan?.behaviour };
    const cloud = openSimulatedCloud(name, examplePublicCloud({ ...plan, behaviour }), this.clock);
    const client = await connectAccount(manifest, { cloud: name }, cloud.plan.credentials, {
      account: accountId,
      clock: this.clock,
      gate: loopbackGate(),
      log: silentLogger,
    });
    const ours = () =>
      cloud
        .machines()
        .filter((machine) => 'springtide/intent' in machine.labels)
        .map((machine) => machine.id);
    return { accountId, cloud, client, ours };
  }

  /** What arming would have written. */
  private async store(): Promise<void> {
    const { tenantId } = this.tenant;
    const [campaignId, planId] = [randomUUID(), randomUUID()];
    const [start, end] = [addMs(this.now(), -HOUR), addMs(this.now(), 2 * HOUR)];
    const phases = [{ name: RUN_TEMPLATE.phase, startsAt: start, endsAt: end }];
    const pools = this.clouds.map(({ accountId }, index) => poolRow(accountId, `cloud-${index}`));
    const input = { name: 'drill', phases, demand: [], policy: this.profile, budget: money('CNY', '100') };
    await this.test.database.systemWork('test', async (tx) => {
      await tx.query(
        `insert into campaign values ($1, $2, 'drill', 'running', $3, $4, 'Ada', $4, 1, $5, $6, $7, $7)`,
        [campaignId, tenantId, JSON.stringify(input), randomUUID(), planId, this.runId, this.now()],
      );
      await tx.query(
        `insert into campaign_plan (id, tenant_id, campaign_id, revision, campaign_version, status, hash, content, created_at)
         values ($1, $2, $3, 1, 1, 'ready', 'plan', $4, $5)`,
        [planId, tenantId, campaignId, JSON.stringify(planContent(pools, phases)), this.now()],
      );
      await tx.query(
        `insert into campaign_run (id, tenant_id, campaign_id, plan_id, state, control, phase, phases, targets, revision,
           summary, since, started_at)
         values ($1, $2, $3, $4, 'holding', 'run', 'peak', $5, $6, 1, 'Holding.', $7, $7)`,
        [
          this.runId,
          tenantId,
          campaignId,
          planId,
          JSON.stringify(phases),
          JSON.stringify(targetsOf(pools)),
          this.now(),
        ],
      );
    });
    await this.ledger.openMandate({
      id: randomUUID(),
      tenantId,
      campaignId,
      runId: this.runId,
      approvalId: null,
      planHash: 'plan',
      poolIds: pools.map((pool) => pool.id),
      maxMachines: 20,
      budget: money('CNY', '100'),
      maxPerHour: money('CNY', '7.8'),
      validUntil: addMs(end, 6 * HOUR),
      state: 'open',
      machines: 0,
      reserved: zero('CNY'),
      committed: zero('CNY'),
      perHour: zero('CNY'),
    });
  }
}

function poolOf(accountId: string): string {
  return `${accountId}/c2.large`;
}

function poolRow(accountId: string, accountName: string) {
  return {
    id: poolOf(accountId),
    accountId,
    accountName,
    provider: 'simulated',
    region: REGION,
    zone: 'sim-east-a',
    machineType: 'c2.large',
    purchaseOption: 'on-demand',
    pricePerHour: PRICE,
    cap: 30,
  };
}

type PoolRow = ReturnType<typeof poolRow>;

function targetsOf(pools: readonly PoolRow[]) {
  return pools.map((pool) => ({ ...RUN_TEMPLATE, poolId: pool.id, machines: 4 }));
}

function planContent(pools: readonly PoolRow[], phases: readonly unknown[]) {
  return {
    marketSnapshotId: null,
    standing: [],
    capacity: [],
    cost: money('CNY', '1'),
    lowerBound: money('CNY', '1'),
    gap: 0,
    solver: 'highs',
    quality: 'optimal',
    reasons: [],
    pools,
    allocations: targetsOf(pools),
    sheets: pools.map((pool) => ({
      service: RUN_TEMPLATE.service,
      poolId: pool.id,
      requestsPerSecond: 100,
      image: 'img-shop-1',
      subnet: null,
      securityGroups: [],
      userData: null,
      minimumBillingSeconds: 60,
      launchBatch: 50,
    })),
    services: [{ name: RUN_TEMPLATE.service, route: 'entrance', port: 8080, warmUpSeconds: 0 }],
    phases,
    leadMs: 10_000,
  };
}
