import { setTimeout as wait } from 'node:timers/promises';
import {
  ApiProblem,
  routes,
  type ApiClient,
  type CampaignBody,
  type CampaignInput,
  type PlanBody,
  type RunBody,
} from '@springtide/contracts';
import { sealAudit } from '@springtide/identity';
import type { Stage } from './stage.js';

export type Timing = Readonly<{ inMs: number; rampMs: number; peakMs: number; decayMs: number }>;

/** About half a minute from now to the end. Preparing takes a dozen seconds of policy, so it begins at once. */
export const SHORT: Timing = { inMs: 14_000, rampMs: 3_000, peakMs: 11_000, decayMs: 2_000 };

export const DEMAND = { ramp: 60, peak: 120, decay: 40 } as const;

export function campaignInput(stage: Stage, name: string, timing = SHORT): CampaignInput {
  const start = Date.now() + timing.inMs;
  const at = (ms: number) => new Date(start + ms).toISOString();
  const { rampMs, peakMs, decayMs } = timing;
  const edges = [0, rampMs, rampMs + peakMs, rampMs + peakMs + decayMs];
  return {
    name,
    templateId: stage.templateId,
    timeZone: 'Asia/Shanghai',
    phases: (['ramp', 'peak', 'decay'] as const).map((phase, index) => ({
      name: phase,
      startsAt: at(edges[index] ?? 0),
      endsAt: at(edges[index + 1] ?? 0),
    })),
    demand: Object.entries(DEMAND).map(([phase, requestsPerSecond]) => ({
      service: 'storefront',
      phase: phase as keyof typeof DEMAND,
      requestsPerSecond,
    })),
    budget: { currency: 'CNY', amount: '10' },
    accountIds: [stage.accounts.home.id, stage.accounts.cloud.id],
    policy: 'demo',
  };
}

export type Armed = Readonly<{ campaign: CampaignBody; plan: PlanBody; run: RunBody }>;

/** From the calendar to an armed run, by two people. */
export async function planApproveArm(
  stage: Stage,
  name: string,
  timing = SHORT,
  changes: Partial<CampaignInput> = {},
): Promise<Armed> {
  const { operations, approver } = stage;
  const body = { ...campaignInput(stage, name, timing), ...changes };
  const campaign = await operations.call(routes.campaignCreate, { body });
  const plan = await planned(operations, campaign.id);
  const approval = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
  await approver.call(routes.approvalDecide, {
    params: { id: approval.id },
    body: { decision: 'approve', comment: 'fits' },
  });
  const run = await operations.call(routes.runArm, { params: { id: campaign.id } });
  return { campaign, plan, run };
}

/** Has a plan made and waits for it, whatever comes of it. */
export async function planned(client: ApiClient, campaignId: string): Promise<PlanBody> {
  const { id } = await client.call(routes.planRequest, { params: { id: campaignId } });
  return await until(
    'the plan is solved',
    async () => await client.call(routes.planGet, { params: { id } }),
    (plan) => plan.status !== 'solving',
    120_000,
  );
}

export async function runUntil(
  stage: Stage,
  runId: string,
  what: string,
  done: (run: RunBody) => boolean,
  limitMs = 90_000,
): Promise<RunBody> {
  const read = async () => await stage.operations.call(routes.runGet, { params: { id: runId } });
  return await until(what, read, done, limitMs);
}

/** @throws when it did not become true in time, with the last thing seen. */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  done: (seen: T) => boolean,
  limitMs: number,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await read();
    if (done(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`after ${limitMs} ms still not so: ${what}; seen: ${JSON.stringify(seen)}`);
    await wait(100);
  }
}

export const closed = (run: RunBody): boolean => run.closedAt !== null;

/** What must be so after every campaign, however it went: the clouds, the books and the audit agree. */
export async function expectEverythingBack(stage: Stage, { run, campaign }: Armed): Promise<void> {
  expect(oursIn(stage)).toEqual([]);
  const [mandate] = await stage.database.database.systemWork('test', async (tx) =>
    tx.query<{ state: string; machines: number; reserved: string }[]>(
      `select state, machines, reserved from effect_mandate where run_id = $1`,
      [run.id],
    ),
  );
  expect([mandate?.state, mandate?.machines, Number(mandate?.reserved)]).toEqual(['closed', 0, 0]);
  const report = await stage.operations.call(routes.campaignReport, { params: { id: campaign.id } });
  expect(report.machines).toMatchObject({ duplicated: 0, leftover: 0 });
  // What closes after the run, as its report, is audited as well.
  const audit = await until(
    'every audit record is sealed',
    async () => {
      await sealAudit(stage.database.database, stage.tenantId);
      return await stage.admin.call(routes.auditVerify);
    },
    ({ unsealed }) => unsealed === 0,
    10_000,
  );
  expect(audit.intact).toBe(true);
  const { items } = await stage.admin.call(routes.routeList);
  expect(items[0]?.live?.map((group) => [group.name, group.weight, group.healthy])).toContainEqual([
    'home',
    100,
    1,
  ]);
  expect(await stage.oracle.verdict()).toEqual([]);
}

/** What a refused call said. @throws when it was not refused. */
export async function problemOf(work: Promise<unknown>): Promise<ApiProblem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ApiProblem) return thrown;
  throw new Error(`nothing was refused: ${String(thrown)}`);
}

/** Machines of ours that the clouds themselves have now; the standing one was made by hand. */
function oursIn(stage: Stage): readonly string[] {
  return ['home', 'cloud'].flatMap((name) =>
    (stage.clouds.cloud(name)?.machines() ?? [])
      .filter((machine) => machine.labels['owner'] === undefined)
      .map((machine) => machine.id),
  );
}
