import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  routes,
  createClient,
  type AccountBody,
  type ApiClient,
  type CampaignBody,
  type PlanBody,
  type RunBody,
} from '@springtide/contracts';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { createOutside, type OracleMachine } from '../../../test/yard/vsphere/oracle.js';
import { demandFrom, phasesFrom } from './demand.js';
import type { Engines } from './engines.js';
import { screen, table } from './screen.js';

/** The people of the story: nobody approves what they wrote. */
export type People = Readonly<{
  admin: ApiClient;
  operations: ApiClient;
  approver: ApiClient;
  approverToken: string;
}>;

export type Stage = Readonly<{
  people: People;
  accounts: Record<'private' | 'public' | 'proxy', AccountBody>;
}>;

const MACHINE_TYPE = 'private.medium';
const PORT = 8080;

/** Standing machines per route: with the burst, and without. The same fleet twice, so that the comparison is fair. */
const STANDING: Readonly<Record<string, number>> = {
  storefront: 2,
  checkout: 1,
  'storefront-alone': 2,
  'checkout-alone': 1,
};

export async function setTheStage(engines: Engines): Promise<Stage> {
  const people = await invite(engines);
  const accounts = await registerAccounts(engines, people.admin);
  return { people, accounts };
}

/** Machines that serve already, before anybody thought of a campaign: made in vSphere by hand, not by Springtide. */
export async function standUpFleet(engines: Engines): Promise<ReadonlyMap<string, readonly OracleMachine[]>> {
  let machines: readonly OracleMachine[] = [];
  for (const [route, count] of Object.entries(STANDING)) {
    for (let index = 0; index < count; index += 1) {
      machines = await createOutside(engines.vsphere, `${route}-${index}`, MACHINE_TYPE);
    }
  }
  for (
    let attempt = 0;
    attempt < 60 && machines.some((machine) => isStanding(machine) && !machine.address);
    attempt += 1
  ) {
    await wait(250);
    machines = await askFleet(engines);
  }
  return new Map(
    Object.keys(STANDING).map((route) => [
      route,
      machines.filter((machine) => machine.name.replace(/-\d+$/, '') === route),
    ]),
  );
}

async function askFleet(engines: Engines): Promise<readonly OracleMachine[]> {
  const { askVsphereOracle } = await import('../../../test/yard/vsphere/oracle.js');
  return await askVsphereOracle(engines.vsphere);
}

function isStanding(machine: OracleMachine): boolean {
  return machine.name.replace(/-\d+$/, '') in STANDING;
}

export async function declareRoutes(
  stage: Stage,
  fleet: ReadonlyMap<string, readonly OracleMachine[]>,
): Promise<void> {
  for (const [name, machines] of fleet) {
    const route = await stage.people.admin.call(routes.routeCreate, {
      body: {
        name,
        accountId: stage.accounts.proxy.id,
        service: name.replace(/-alone$/, ''),
        home: machines.map((machine) => ({
          id: machine.name,
          address: machine.address ?? '',
          port: PORT,
          machineType: MACHINE_TYPE,
        })),
      },
    });
    const [home] = route.live ?? [];
    screen.say(
      `Route ${name}: ${route.entrance}, ${home?.healthy ?? 0} of ${home?.members ?? 0} standing machines healthy.`,
    );
  }
}

export async function putOnCalendar(
  engines: Engines,
  stage: Stage,
  series: readonly number[],
): Promise<CampaignBody> {
  const { operations } = stage.people;
  const text = await readFile(join(projectRoot(), 'config/demo/shop.template.yaml'), 'utf8');
  const template = await operations.call(routes.templateCreate, {
    body: text.replaceAll('AMI_OF_THE_DEMO', engines.aws.imageId),
    headers: { 'content-type': 'application/yaml' },
  });
  const start = new Date(Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000);
  return await operations.call(routes.campaignCreate, {
    body: {
      name: 'Flash sale',
      templateId: template.id,
      timeZone: 'Europe/Berlin',
      phases: [...phasesFrom(start)],
      demand: [...demandFrom(series)],
      budget: { currency: 'USD', amount: '2.00' },
      accountIds: [stage.accounts.private.id, stage.accounts.public.id],
      policy: 'demo',
    },
  });
}

/** From putting it on the calendar to the first phase: planning and approving happen in between. */
const LEAD_MS = 25_000;

export async function planAndApprove(stage: Stage, campaign: CampaignBody): Promise<PlanBody> {
  const { operations, approver } = stage.people;
  const requested = await operations.call(routes.planRequest, { params: { id: campaign.id } });
  const plan = await planned(operations, requested.id);
  showPlan(plan);
  if (plan.status !== 'ready')
    throw new Error(`the plan is ${plan.status}: ${plan.failure ?? 'demand cannot be covered'}`);
  const approval = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
  const decided = await approver.call(routes.approvalDecide, {
    params: { id: approval.id },
    body: { decision: 'approve', comment: 'Fits the budget.' },
  });
  screen.say(
    `Approved by another person: at most ${decided.envelope.maxMachines} machines and ${decided.envelope.budget.amount} ${decided.envelope.budget.currency}.`,
  );
  return plan;
}

export async function arm(stage: Stage, campaign: CampaignBody): Promise<RunBody> {
  return await stage.people.operations.call(routes.runArm, { params: { id: campaign.id } });
}

async function planned(client: ApiClient, planId: string): Promise<PlanBody> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const plan = await client.call(routes.planGet, { params: { id: planId } });
    if (plan.status !== 'solving') return plan;
    await wait(200);
  }
  throw new Error('the plan was not solved within a minute');
}

function showPlan(plan: PlanBody): void {
  const phases = [...new Set(plan.capacity.map((row) => row.phase))];
  const keys = [...new Set(plan.allocations.map((row) => `${row.service}  ${row.poolId}`))];
  const rows = keys.map((key) => [
    key,
    ...phases.map((phase) => {
      const row = plan.allocations.find(
        (one) => `${one.service}  ${one.poolId}` === key && one.phase === phase,
      );
      return String(row?.machines ?? 0);
    }),
  ]);
  screen.plain('');
  screen.plain(table(['machines by service and pool', ...phases], rows));
  const bound =
    plan.gap === null ? 'no bound' : `at most ${(plan.gap * 100).toFixed(2)} % above the best possible`;
  screen.plain(`\nPlanned cost ${plan.cost.amount} ${plan.cost.currency}, ${bound} (${plan.solver}).`);
  for (const reason of plan.reasons) screen.plain(`  · ${reason.text}`);
  screen.plain('');
}

async function invite(engines: Engines): Promise<People> {
  const client = (token: string) => createClient({ baseUrl: engines.apiUrl, token, fetch });
  const admin = client(engines.adminToken);
  const person = async (name: string, role: string) => {
    const created = await admin.call(routes.userCreate, { body: { name, roles: [role] } });
    return created.firstToken;
  };
  const operations = client(await person('Business operations', 'operations'));
  const approverToken = await person('Head of infrastructure', 'approver');
  return { admin, operations, approver: client(approverToken), approverToken };
}

async function registerAccounts(engines: Engines, admin: ApiClient): Promise<Stage['accounts']> {
  const { aws, vsphere, proxy } = engines;
  const register = async (name: string, provider: string, settings: object, secret: object) => {
    const account = await admin.call(routes.accountRegister, {
      body: { name, provider, settings: { ...settings }, secret: { ...secret } },
    });
    const product = account.health?.product ?? 'unknown product';
    screen.say(`Account ${name}: ${account.status}, ${product}.`);
    if (account.status !== 'healthy') throw new Error(`${name}: ${account.health?.problem ?? 'not healthy'}`);
    return account;
  };
  const accounts = {
    private: await register(
      'private',
      'vsphere',
      {
        url: vsphere.url,
        user: vsphere.user,
        caPem: vsphere.caPem,
        currency: 'USD',
        machineTypes: [{ name: MACHINE_TYPE, vcpu: 2, memoryMiB: 2048, pricePerHour: '0.0420' }],
      },
      { password: vsphere.password },
    ),
    public: await register(
      'aws',
      'aws',
      {
        regions: [aws.region],
        endpoint: aws.endpoint,
        machineTypes: ['c6i.large', 'c6i.xlarge', 'm6i.large'],
        subnets: aws.subnets,
        vcpuLimits: { [aws.region]: 64 },
      },
      { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
    ),
    proxy: await register('entrance', proxy.providerId, proxy.settings, {}),
  };
  for (const account of [accounts.private, accounts.public]) {
    await admin.call(routes.inventorySync, { body: { accountId: account.id } });
  }
  return accounts;
}
