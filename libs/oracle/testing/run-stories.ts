import { randomUUID } from 'node:crypto';
import { RunsService, Shifting } from '@springtide/campaigns';
import { ApprovalService } from '@springtide/identity';
import { addMs, money, type Instant } from '@springtide/kernel';
import { hashJson, relayOutbox, type Database } from '@springtide/platform';
import type { RouteState } from '@springtide/provider-kit';
import type { Route, RoutesService } from '@springtide/traffic';
import { ScaleBack } from '../../campaigns/scale-back.service.js';
import { groupOf } from '../../campaigns/run-machines.js';
import { RunOnClouds, type campaignsDatabase } from '../../campaigns/testing/run-on-clouds.js';
import { blindReads } from '../../effects/testing/taken-away.js';
import { changedProvider } from '../../effects/testing/interruption.js';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { BookReader } from '../data/book-reader.js';
import {
  NO_HISTORY,
  STANDARD_ORACLE,
  judge,
  type Entrance,
  type History,
  type InvariantId,
} from '../domain/index.js';
import { simulatedListing } from './simulated-ground.js';

type World = Awaited<ReturnType<typeof campaignsDatabase>>;

/** `off`: the safety is taken away. @returns what the oracle finds of this invariant at the end. */
export type RunStory = (stage: World, off: boolean) => Promise<readonly string[]>;

/** Judges over the real rows; the clouds' clock flies, so the books are said to be read by it. */
async function judged(
  run: RunOnClouds,
  invariant: InvariantId,
  extra: Readonly<{ entrances?: readonly Entrance[]; laterMs?: number }> = {},
): Promise<readonly string[]> {
  const listings = run.clouds.map(({ cloud, accountId }) => simulatedListing(cloud, accountId, run.clock));
  const books = await new BookReader(run.test.ownerUrl).read();
  let history: History = NO_HISTORY;
  let found: readonly string[] = [];
  for (const laterMs of [0, extra.laterMs ?? 0]) {
    const readAt = addMs(run.now(), laterMs);
    const policy = STANDARD_ORACLE;
    const { entrances = [] } = extra;
    const evidence = {
      installation: 'springtide-spec',
      policy,
      listings,
      entrances,
      books: { ...books, readAt },
    };
    const judgement = judge(evidence, history);
    history = judgement.history;
    const verdict = judgement.verdicts.find((one) => one.invariant === invariant);
    found = (verdict?.violations ?? [])
      .filter(({ evidence: ids }) => isOf(run, ids))
      .map(({ happened }) => `${invariant}: ${happened}`);
  }
  return found;
}

/** Runs that a story armed, by the run of its stage. */
const armedBy = new Map<string, string>();

/** Several stories share a database. */
function isOf(run: RunOnClouds, ids: readonly string[]): boolean {
  const own = [run.runId, armedBy.get(run.runId), ...run.clouds.map(({ accountId }) => accountId)];
  return ids.some((id) => own.includes(id));
}

/** The first listing of the proof misses a machine that the ledger takes for gone. */
export const twoCleanListings: RunStory = async (stage, off) => {
  const sight = { blind: false };
  const manifest = changedProvider(simulated, [blindReads(() => sight.blind)]);
  const run = await RunOnClouds.open(stage, [{ manifest }]);
  await run.buy(0, 2);
  const [intent] = await run.intents();
  const [lost] = run.cloud(0).ours();
  if (intent === undefined) throw new Error('nothing was bought');
  await run.ledger.change(intent, (current, at) => ({
    ...current,
    items: current.items.map((item) =>
      item.machineId === lost ? { ...item, state: 'lost', goneAt: at } : item,
    ),
  }));
  await run.bringBack(async (phase) => {
    const clean = (await run.kept())?.progress.clean ?? 0;
    sight.blind = phase === 'proof' && clean === 0 && (await run.kept())?.progress.round === 1;
    return off && clean > 0;
  });
  if (off) {
    const ids = { tenantId: stage.tenant.tenantId, runId: run.runId, fence: run.fence + 1 };
    await new ScaleBack(run.book, run.ledger).close(ids);
  }
  run.clock.advance(60_000);
  return await judged(run, 'I5');
};

/** The process that armed the run dies right after its commit. */
export const outbox: RunStory = async (stage, off) => {
  const run = await RunOnClouds.open(stage);
  const { database } = stage.test;
  const approved = await approve(stage, run, 'plan of this run');
  await arm(stage, run, approved, { database: off ? withoutOutbox(database) : database });
  // Whatever relay there is delivers what waits: the workflow takes the run's fence first.
  for (;;) {
    const delivered = await relayOutbox(database, async (message) => {
      const input =
        message.kind === 'start' ? (message.input as { tenantId: string; runId: string }) : undefined;
      if (input !== undefined) await run.ledger.takeFence(input.tenantId, input.runId, 'the workflow');
    });
    if (delivered === 0) break;
  }
  return await judged(run, 'I9', { laterMs: 5 * 60_000 });
};

/** The plan was made anew after it was approved, and somebody arms the new one. */
export const approvedPlanHash: RunStory = async (stage, off) => {
  const run = await RunOnClouds.open(stage);
  const approved = await approve(stage, run, 'an older plan');
  const approvals = new ApprovalService(stage.test.database, run.clock);
  const armed = await arm(
    stage,
    run,
    approved,
    off ? { approvals: blindToHashes(approvals, approved.planHash) } : {},
  );
  if (armed !== undefined) await buyUnder(run, armed);
  return await judged(run, 'I8');
};

/** Two groups that carry traffic; the machines of one have died, and shares are reckoned anew. */
export const weightsOnDoubt: RunStory = async (stage, off) => {
  const run = await RunOnClouds.open(stage, [{}, {}]);
  await run.buy(0, 2);
  await run.buy(1, 2);
  for (const intent of await run.intents()) await makeReady(run, intent);
  const [alive, dead] = (await run.intents()).map(({ poolId }) => groupOf(poolId ?? ''));
  const state = (sees: boolean): RouteState => ({
    name: 'entrance',
    entrance: 'http://127.0.0.1:1',
    groups: [group(alive ?? '', 100, true), group(dead ?? '', 0, sees)],
  });
  const routes: Pick<RoutesService, 'getByName' | 'read'> = {
    getByName: async () => await Promise.resolve({ name: 'entrance' } as Route),
    read: async () => await Promise.resolve(state(off)),
  };
  const order = {
    tenantId: stage.tenant.tenantId,
    runId: run.runId,
    fence: run.fence,
    service: 'storefront',
  };
  const shifting = new Shifting(run.book, run.ledger, routes as RoutesService);
  const { to } = await shifting.planShift({ ...order, shift: 'again', leaving: [] });
  const groups = state(false).groups.map(({ name, members }) => {
    const healthy = members.filter((member) => member.healthy).length;
    return { name, weight: to[name] ?? 0, members: members.length, healthy };
  });
  const place = { tenantId: order.tenantId, accountId: run.cloud(0).accountId };
  const entrance = { ...place, route: 'entrance', unreadable: null, groups };
  return await judged(run, 'I7', { entrances: [entrance], laterMs: 5 * 60_000 });
};

function group(name: string, weight: number, healthy: boolean): RouteState['groups'][number] {
  const member = {
    id: `${name}-1`,
    address: '127.0.0.1',
    port: 1,
    healthy,
    draining: false,
    activeConnections: 0,
  };
  return { name, weight, members: [member] };
}

async function makeReady(run: RunOnClouds, intent: Awaited<ReturnType<RunOnClouds['intents']>>[number]) {
  await run.ledger.change(intent, (current, at) => ({
    ...current,
    items: current.items.map((item) => ({ ...item, state: 'ready', runningAt: at, readyAt: at })),
  }));
}

type Approved = Readonly<{ campaignId: string; planHash: string }>;

/** The campaign of the run as it was before: approved for what is said, and not armed. */
async function approve(
  stage: World,
  run: RunOnClouds,
  what: 'plan of this run' | 'an older plan',
): Promise<Approved> {
  const { tenantId } = stage.tenant;
  const { campaignId } = await run.row();
  const plan = await run.plan();
  const planHash = hashJson(plan);
  const envelope = {
    planId: randomUUID(),
    planHash: what === 'an older plan' ? hashJson(what) : planHash,
    poolIds: plan.pools.map((pool) => pool.id),
    maxMachines: 20,
    budget: money('CNY', '100'),
    maxPerHour: money('CNY', '7.8'),
    latestStart: addMs(run.now(), 3_600_000),
  };
  const at: Instant = run.now();
  await stage.test.database.systemWork('test', async (tx) => {
    // Runs of other stories would hold its route.
    await tx.query(`update campaign_run set closed_at = $1, state = 'closed' where closed_at is null`, [at]);
    await tx.query(`update campaign_plan set hash = $2 where campaign_id = $1`, [campaignId, planHash]);
    await tx.query(`update campaign set status = 'approved', current_run_id = null where id = $1`, [
      campaignId,
    ]);
    const [row] = await tx.query<{ id: string }[]>('select id from campaign_plan where campaign_id = $1', [
      campaignId,
    ]);
    await tx.query(
      `insert into approval (tenant_id, id, subject_kind, subject_id, envelope, envelope_hash, ceiling_currency,
         ceiling_amount, author_id, last_editor_id, status, decider_id, requested_at, decided_at, expires_at)
       values ($1, $2, 'campaign-plan', $3, $4, $5, 'CNY', 100, 'ada', 'ada', 'approved', 'grace', $6, $6, $7)`,
      [
        tenantId,
        randomUUID(),
        row?.id,
        JSON.stringify(envelope),
        hashJson(envelope),
        at,
        envelope.latestStart,
      ],
    );
  });
  return { campaignId, planHash };
}

/** @returns the new run; undefined when it was refused. */
async function arm(
  stage: World,
  run: RunOnClouds,
  { campaignId }: Approved,
  changed: Readonly<{ database?: Database; approvals?: ApprovalService }>,
): Promise<string | undefined> {
  const { database = stage.test.database } = changed;
  const { approvals = new ApprovalService(database, run.clock) } = changed;
  const check = { requireHolding: async () => await Promise.resolve() };
  const routes = {} as RoutesService;
  const runs = new RunsService(database, approvals, run.ledger, routes, check as never, run.clock);
  // Refused, or armed: the rows say which; the view of a run that nobody looks at needs a proxy.
  await runs.arm(stage.tenant.admin, campaignId).catch(() => undefined);
  const [row] = await stage.test.database.systemWork('test', async (tx) =>
    tx.query<{ id: string | null }[]>('select current_run_id as id from campaign where id = $1', [
      campaignId,
    ]),
  );
  const armed = row?.id ?? undefined;
  if (armed !== undefined) armedBy.set(run.runId, armed);
  return armed;
}

/** The same stage with another run at its head. */
async function buyUnder(run: RunOnClouds, runId: string): Promise<void> {
  const other = Object.create(run, { runId: { value: runId }, fence: { value: 1 } }) as RunOnClouds;
  await other.ledger.takeFence(run.tenant.tenantId, runId, 'the workflow');
  await other.buy(0, 2);
}

function blindToHashes(approvals: ApprovalService, planHash: string): ApprovalService {
  return overlay(approvals, {
    grantedIn: async (...asked) => {
      const approval = await approvals.grantedIn(...asked);
      if (approval === undefined) return undefined;
      return { ...approval, envelope: { ...(approval.envelope as object), planHash } };
    },
  });
}

/** As if the engine were told after the commit, by the process that then dies. */
function withoutOutbox(database: Database): Database {
  return overlay(database, {
    unitOfWork: async (context, work) =>
      await database.unitOfWork(context, async (tx) => {
        const quiet = overlay(tx, {
          query: (async (sql: string, parameters?: unknown[]) =>
            sql.startsWith('insert into outbox')
              ? []
              : ((await tx.query(sql, parameters)) as unknown)) as never,
        });
        return await work(quiet);
      }),
  });
}

function overlay<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get: (of, key) => {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key) as unknown;
      const value = Reflect.get(of, key, of) as unknown;
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}
