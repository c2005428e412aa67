import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  routes,
  type ApiClient,
  type CampaignBody,
  type PlanBody,
  type RunBody,
} from '@springtide/contracts';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { demandFrom, phasesFrom } from './demand.js';
import type { Engines } from './engines.js';
import { makeOrFind } from './existing.js';
import { showPlan } from './plan-view.js';
import { showReadiness } from './readiness-view.js';
import { money } from './numbers.js';
import { screen } from './screen.js';
import type { Stage } from './stage.js';

const LEAST_LEAD_MS = 25_000;

/**
 * From putting it on the calendar to the first phase: planning and approving happen in between, and take the longer the
 * slower the machine is. How slow it is was just seen.
 */
export function leadMs(settingTheStageMs: number): number {
  return Math.max(LEAST_LEAD_MS, 2 * settingTheStageMs);
}

const BUDGET = {
  USD: { currency: 'USD', amount: '2.00' },
  CNY: { currency: 'CNY', amount: '15.00' },
} as const;

export async function putOnCalendar(
  engines: Engines,
  stage: Stage,
  series: readonly number[],
  lead: number,
): Promise<CampaignBody> {
  const { operations } = stage.people;
  const text = await readFile(join(projectRoot(), 'config/demo/shop.template.yaml'), 'utf8');
  const template = await operations.call(routes.templateCreate, {
    body: text
      .replaceAll(/IMAGE_OF_(\w+)/g, (_, provider: string) => imageOf(engines, provider.toLowerCase()))
      .replaceAll('port: 8080', `port: ${engines.servicePort}`),
    headers: { 'content-type': 'application/yaml' },
  });
  const start = new Date(Math.ceil((Date.now() + lead) / 1000) * 1000);
  return await operations.call(routes.campaignCreate, {
    body: {
      name: 'Flash sale',
      templateId: template.id,
      timeZone: 'Asia/Shanghai',
      phases: [...phasesFrom(start)],
      demand: [...demandFrom(series)],
      budget: BUDGET[engines.currency],
      accountIds: [stage.accounts.private, ...stage.accounts.public].map(({ id }) => id),
      policy: 'demo',
    },
  });
}

/** A cloud that this demo does not start has no image here, and no machine is made from it. */
function imageOf({ clouds, home }: Engines, provider: string): string {
  const cloud = [home, ...clouds].find(({ account }) => account.provider === provider);
  return cloud?.image ?? 'not-in-this-demo';
}

export async function planAndApprove(stage: Stage, campaign: CampaignBody): Promise<PlanBody> {
  const { operations, approver } = stage.people;
  const requested = await operations.call(routes.planRequest, { params: { id: campaign.id } });
  const plan = await planned(operations, requested.id);
  showPlan(plan);
  if (plan.status !== 'ready')
    throw new Error(`the plan is ${plan.status}: ${plan.failure ?? 'demand cannot be covered'}`);
  showReadiness(await operations.call(routes.readinessCheck, { params: { id: campaign.id } }));
  const approval = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
  const decided = await approver.call(routes.approvalDecide, {
    params: { id: approval.id },
    body: { decision: 'approve', comment: 'Fits the budget.' },
  });
  const { maxMachines, budget } = decided.envelope;
  screen.say(
    `Approved by another person: at most ${maxMachines} machines and ${money(budget.amount, budget.currency)}.`,
  );
  return plan;
}

export async function arm(stage: Stage, campaign: CampaignBody): Promise<RunBody> {
  const { operations } = stage.people;
  const params = { id: campaign.id };
  return await makeOrFind(
    async () => await operations.call(routes.runArm, { params }),
    async () => {
      const { currentRunId: runId } = await operations.call(routes.campaignGet, { params });
      return runId === null ? undefined : await operations.call(routes.runGet, { params: { id: runId } });
    },
  );
}

const PLANNED_WITHIN_MS = 90_000;

async function planned(client: ApiClient, planId: string): Promise<PlanBody> {
  const deadline = performance.now() + PLANNED_WITHIN_MS;
  while (performance.now() < deadline) {
    const plan = await client.call(routes.planGet, { params: { id: planId } });
    if (plan.status !== 'solving') return plan;
    await wait(200);
  }
  throw new Error(`the plan was not solved within ${PLANNED_WITHIN_MS / 1000} seconds`);
}
