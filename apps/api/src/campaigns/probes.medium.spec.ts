import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { AccountSessions, CredentialVault } from '@springtide/accounts';
import {
  ApiProblem,
  routes,
  type ApiClient,
  type CampaignBody,
  type ReadinessProbe,
} from '@springtide/contracts';
import { DEMO_EFFECTS, EffectLedger, PostgresEffectStore, Reconciler } from '@springtide/effects';
import {
  createEndpointGate,
  localKeyRing,
  newId,
  silentLogger,
  systemClock,
  type Database,
} from '@springtide/platform';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { ProbeMachines, ProbeService } from '@springtide/readiness';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import {
  Interruption,
  ProcessEnd,
  changedProvider,
  interruptedCalls,
} from '../../../../libs/effects/testing/interruption.js';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../../../providers/simulated/index.js';
import { BootAgent } from '../../../../test/yard/machines/boot-agent.js';
import { shellByUserData } from '../../../../test/yard/machines/shell-by-user-data.js';
import { freePort } from '../../../../test/yard/tools/free-port.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { answerPlan, campaignInput, type PlannedOn } from '../testing/ready-plan.js';

jest.setTimeout(120_000);

const CLOUD = 'probes-spec';
const PATIENCE_MS = 60_000;
const REGION = 'sim-east';
const PLACE = 'cloud/sim-east/sim-east-a';

const place: PlannedOn = {
  accountName: 'cloud',
  region: REGION,
  zone: 'sim-east-a',
  machineType: 'c2.large',
  image: 'img-shop-1',
  currency: 'CNY',
  pricePerHour: '0.39',
};

/** What a worker is made of. One that dies runs nothing any more. */
type Process = Readonly<{ probes: ProbeService; ledger: EffectLedger; close(): Promise<void> }>;

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let cloud: SimulatedCloud;
let accountId: string;
let keyFile = '';
let folder = '';
let worker: Process;
const listeners: Server[] = [];
/** What the service calls: something takes connections here, and nothing does there. */
let openPort = 0;
let closedPort = 0;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const port = await freePort();
  folder = await mkdtemp(join(tmpdir(), 'springtide-probes-'));
  keyFile = join(folder, 'vault.key');
  const probeUrl = `http://127.0.0.1:${port}`;
  api = await apiUnderTest(undefined, silentLogger, { port, keyFile, probeUrl });
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  const plan = examplePublicCloud();
  const behaviour = { ...plan.behaviour, bootMs: 200, terminateMs: 200 };
  cloud = openSimulatedCloud(CLOUD, { ...plan, behaviour }, systemClock);
  const account = await api.client(ours.adminToken).call(routes.accountRegister, {
    body: { name: 'cloud', provider: 'simulated', settings: { cloud: CLOUD }, secret: plan.credentials },
  });
  accountId = account.id;
  openPort = await listen();
  closedPort = await listen();
  listeners.pop()?.close();
  worker = await startProcess();
}, 120_000);

afterAll(async () => {
  for (const listener of listeners) listener.close();
  await worker.close();
  closeSimulatedCloud(CLOUD);
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await api.client(ours.adminToken).call(routes.stopSwitch, { body: { engaged: false } });
  for (const end of ending.splice(0).toReversed()) await end();
});

async function listen(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  listeners.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

async function startProcess(interruption = new Interruption(), probeUrl?: string): Promise<Process> {
  const database = mortal(api.database, interruption);
  const vault = new CredentialVault(await localKeyRing(keyFile));
  const gate = createEndpointGate({ openHostPorts: [], privateRanges: [] });
  const manifests = await loadManifests(registry);
  const providers = new Map(
    [...manifests].map(([id, manifest]) => [id, changedProvider(manifest, [interruptedCalls(interruption)])]),
  );
  const own = { clock: systemClock, log: silentLogger };
  const clouds = new AccountSessions({ ...own, database, vault, providers, gate });
  const policy = { ...DEMO_EFFECTS, visibilityLagMs: 100, callDeadlineMs: 2_000 };
  const store = new PostgresEffectStore(database);
  const ledger = new EffectLedger({ ...own, store, clouds, newId, installation: 'api-test', policy });
  const machines = new ProbeMachines(ledger);
  const probes = new ProbeService({ ...own, database, vault, ledger, machines, baseUrl: probeUrl });
  return { probes, ledger, close: async () => await clouds.close() };
}

/** A database that a process cannot reach any more once it is dead. */
function mortal(database: Database, interruption: Interruption): Database {
  return new Proxy(database, {
    get: (of, key) => {
      const value: unknown = Reflect.get(of, key, of);
      if (typeof value !== 'function') return value;
      return (...parts: unknown[]): unknown => {
        if (interruption.hasEnded) throw new ProcessEnd(`dead at ${String(key)}`);
        return value.apply(of, parts);
      };
    },
  });
}

/** Machines are real from now on: what they were given to run is run. */
function machinesBoot(): void {
  const source = {
    name: 'simulated',
    list: async () => await Promise.resolve(cloud.machines()),
    close: async () => await Promise.resolve(),
  };
  const log = () => undefined;
  const options = { capacities: {}, port: 1, bootMs: 0, pollMs: 100, log };
  const agent = new BootAgent({ ...options, sources: [source], roles: [shellByUserData(log)] });
  agent.start();
  ending.push(async () => await agent.stop());
}

const template = () => `
name: shop
services:
  - name: storefront
    route: entrance
    port: 8080
    image: base
    reaches:
      - { name: orders, host: 127.0.0.1, port: ${openPort} }
      - { name: stock, host: 127.0.0.1, port: ${closedPort} }
    capacityModel:
      - { family: m, requestsPerSecondPerVcpu: 50, latencyTargetMs: 200, evidence: load test 7 }
`;

async function planned(name: string): Promise<CampaignBody> {
  const { id: templateId } = await author.call(routes.templateCreate, { body: template() });
  const budget = { currency: 'CNY', amount: '100' };
  const body = { ...(await campaignInput(author, name, accountId)), templateId, budget };
  const campaign = await author.call(routes.campaignCreate, { body });
  const { id } = await author.call(routes.planRequest, { params: { id: campaign.id } });
  await answerPlan(api.database, campaign, id, place);
  return campaign;
}

const started = async ({ id }: CampaignBody): Promise<ReadinessProbe> => {
  const { items } = await author.call(routes.probeStart, { params: { id } });
  const [probe] = items;
  if (probe === undefined) throw new Error('nothing was begun');
  return probe;
};

const nowOf = async ({ campaignId, id }: ReadinessProbe): Promise<ReadinessProbe> => {
  const { items } = await author.call(routes.probeList, { params: { id: campaignId } });
  const probe = items.find((one) => one.id === id);
  if (probe === undefined) throw new Error('the probe is not there any more');
  return probe;
};

/** Does what the workflow does, until this is so or the machine is gone. */
async function driven(
  probe: ReadinessProbe,
  until: (now: ReadinessProbe) => boolean = () => false,
  by = worker,
): Promise<ReadinessProbe> {
  const probeOf = { tenantId: ours.tenantId, probeId: probe.id };
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const { waitMs } = await by.probes.look(probeOf);
    const now = await nowOf(probe);
    if (waitMs === null || until(now)) return now;
    await wait(Math.min(waitMs, 100));
  }
  throw new Error(`the probe came no further: ${JSON.stringify(await nowOf(probe))}`);
}

const isWaiting = ({ state, machineState }: ReadinessProbe): boolean =>
  state === 'waiting' && machineState === 'running';

const intentsOf = async ({ id }: ReadinessProbe) =>
  await worker.ledger.listIntents(ours.tenantId, { runId: id, kind: 'create' });

async function nothingIsLeft(probe: ReadinessProbe): Promise<void> {
  expect(cloud.machines().filter(({ state }) => state !== 'terminating')).toEqual([]);
  const intents = await intentsOf(probe);
  expect(intents.filter(({ state }) => state !== 'released')).toEqual([]);
  const mandate = await worker.ledger.findMandate(ours.tenantId, probe.id);
  if (mandate !== undefined) {
    expect(mandate).toMatchObject({ state: 'closed', machines: 0, reserved: { amount: '0' } });
  }
}

const reported = async ({ id }: ReadinessProbe): Promise<unknown> =>
  await sql(`update readiness_probe set reported_at = now() where id = $1`, id);

async function sql(text: string, ...values: readonly unknown[]): Promise<unknown> {
  return await api.database.systemWork('test', async (tx) => await tx.query(text, [...values]));
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ApiProblem) return `${thrown.problem.status} ${thrown.problem.detail}`;
  throw new Error(`nothing was refused: ${String(thrown)}`);
}

/** `verdict code` of each line about reach. */
async function reachOf({ id }: Pick<CampaignBody, 'id'>) {
  const { latest } = await author.call(routes.readinessCheck, { params: { id } });
  const lines = latest?.lines.filter(({ check }) => check === 'reach') ?? [];
  return new Map(lines.map((line) => [line.key, line]));
}

describe('a probe', () => {
  it('buys a machine, has it try what services call, takes it back, and its findings are evidence', async () => {
    machinesBoot();
    const campaign = await planned('probed');
    const probe = await started(campaign);
    expect((await started(campaign)).id).toBe(probe.id);
    const done = await driven(probe);
    expect(done).toMatchObject({
      place: PLACE,
      state: 'gone',
      outcome: 'answered',
      answers: [
        { host: '127.0.0.1', port: openPort, answer: 'open' },
        { host: '127.0.0.1', port: closedPort, answer: 'refused' },
      ],
    });
    const [intent, ...others] = await intentsOf(probe);
    expect(others).toEqual([]);
    expect(intent).toMatchObject({ campaignId: campaign.id, count: 1, spec: { userData: null } });
    expect(intent?.items[0]?.machineId).toBe(done.machineId);
    await nothingIsLeft(probe);

    const cost = await api.client(ours.adminToken).call(routes.campaignCost, { params: { id: campaign.id } });
    expect(Number(cost.actualToDate.amount)).toBeGreaterThan(0);
    const seen = await reachOf(campaign);
    expect(seen.get(`reach/storefront/orders/${PLACE}`)).toMatchObject({
      verdict: 'green',
      finding: { code: 'reach-open-there', params: { machine: done.machineId, place: PLACE } },
      evidence: { measuredAt: done.reportedAt, by: expect.stringContaining(done.machineId ?? '?') },
    });
    expect(seen.get(`reach/storefront/stock/${PLACE}`)).toMatchObject({
      verdict: 'red',
      blocking: true,
      finding: { code: 'reach-refused-there' },
      action: { code: 'open-firewall' },
    });
    const audit = await api
      .client(ours.adminToken)
      .call(routes.auditList, { query: { action: 'readiness.probe' } });
    expect(audit.items[0]).toMatchObject({ target: { id: probe.id }, after: { place: PLACE } });
    expect(await sql(`select secret from readiness_probe where id = $1`, probe.id)).toEqual([
      { secret: null },
    ]);
  });

  it('is no evidence any more after a week', async () => {
    machinesBoot();
    const campaign = await planned('long ago');
    const probe = await driven(await started(campaign));
    await sql(`update readiness_probe set ended_at = ended_at - interval '8 days' where id = $1`, probe.id);
    const line = (await reachOf(campaign)).get('reach/storefront/orders');
    expect([line?.verdict, line?.action?.code]).toEqual(['unknown', 'probe-there']);
  });

  it('that reports nothing says how its machine was, and its machine goes back all the same', async () => {
    const campaign = await planned('silent');
    const probe = await driven(await started(campaign), isWaiting);
    await sql(`update readiness_probe set answer_by = now() where id = $1`, probe.id);
    const done = await driven(probe);
    expect(done).toMatchObject({ state: 'gone', outcome: 'silent', machineState: 'running', answers: [] });
    await nothingIsLeft(probe);
    const line = (await reachOf(campaign)).get(`reach/probe/${PLACE}`);
    expect([line?.verdict, line?.action?.code]).toEqual(['amber', 'open-way-back']);
    expect(line?.finding.text).toContain(
      `either there is no way back to Springtide from there, or its machine never booted. Machine ${done.machineId} was last seen as “running”`,
    );
  });

  it('that gets no machine says why', async () => {
    cloud.administer({ action: 'limit-room', zone: 'sim-east-a', machineType: 'c2.large', machines: 0 });
    ending.push(async () => {
      cloud.administer({ action: 'limit-room', zone: 'sim-east-a', machineType: 'c2.large', machines: null });
      await Promise.resolve();
    });
    const campaign = await planned('sold out');
    const probe = await driven(await started(campaign));
    expect(probe).toMatchObject({ state: 'gone', outcome: 'unbought', machineId: null });
    expect(probe.problem).not.toBe('');
    await nothingIsLeft(probe);
    expect((await reachOf(campaign)).get(`reach/probe/${PLACE}`)?.finding.code).toBe('probe-unbought');
  });

  it('is ended by the stop switch, and none is begun while it is pulled', async () => {
    const campaign = await planned('stopped');
    const probe = await driven(await started(campaign), isWaiting);
    const body = { engaged: true, reason: 'a drill' };
    await api.client(ours.adminToken).call(routes.stopSwitch, { body });
    const done = await driven(probe);
    expect(done).toMatchObject({ state: 'gone', outcome: 'stopped', problem: 'a drill' });
    await nothingIsLeft(probe);
    expect(await refusalOf(started(campaign))).toMatch(
      /stop switch is pulled \(a drill\); no machine was bought/,
    );
  });

  it.each(['before launch', 'after launch', 'before terminate', 'after terminate'])(
    'whose worker dies %s goes on with another one: one machine, and it goes back',
    async (death) => {
      const before = new Set(cloud.machines().map(({ id }) => id));
      const probe = await started(await planned(`dies ${death}`));
      const places = ['before launch', 'after launch', 'before terminate', 'after terminate'];
      const interruption = new Interruption(places.indexOf(death) + 1);
      const dying = await startProcess(interruption);
      ending.push(dying.close);
      const life = async (): Promise<void> => {
        await driven(probe, isWaiting, dying);
        await reported(probe);
        await driven(probe, () => false, dying);
      };
      await life().catch((thrown: unknown) => {
        if (!interruption.hasEnded) throw thrown;
      });
      expect(interruption.places.at(-1)).toBe(death);
      if (death.endsWith('launch')) await driven(probe, isWaiting);
      await reported(probe);
      expect(await driven(probe)).toMatchObject({ state: 'gone', outcome: 'answered' });
      await nothingIsLeft(probe);
      const [intent] = await intentsOf(probe);
      expect(intent?.items.map(({ state }) => state)).toEqual(['gone']);
      const made = cloud.machines().filter(({ id }) => !before.has(id));
      expect(made.filter(({ id }) => id !== intent?.items[0]?.machineId)).toEqual([]);
    },
  );

  it('that nobody drives any more is taken back by the reconciler when its lease lapses', async () => {
    const probe = await driven(await started(await planned('forgotten')), isWaiting);
    await sql(
      `update effect_intent set release_by = now() - interval '1 second' where run_id = $1`,
      probe.id,
    );
    await sql(`update readiness_probe set answer_by = now() where id = $1`, probe.id);
    const reconciler = new Reconciler(worker.ledger);
    const scope = { tenantId: ours.tenantId, accountId, region: REGION };
    const stranger = newId();
    for (const end = Date.now() + PATIENCE_MS; (await nowOf(probe)).state !== 'gone'; await wait(100)) {
      if (Date.now() > end) throw new Error('nobody took it back');
      const { lapsedRunIds } = await reconciler.pass(scope);
      expect(await worker.probes.takeBackLapsed(ours.tenantId, [...lapsedRunIds, stranger])).toEqual([
        stranger,
      ]);
      if (!lapsedRunIds.includes(probe.id))
        await worker.probes.look({ tenantId: ours.tenantId, probeId: probe.id });
    }
    await nothingIsLeft(probe);
  });
});

describe('what a probe reports', () => {
  const report = async (id: string, body: unknown, tenantId = ours.tenantId) =>
    await fetch(`${api.url}/api/v1/probes/${tenantId}/${id}/report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tokenOf = (probe: ReadinessProbe): string => {
    const own = cloud.machines().find(({ id }) => id === probe.machineId);
    const token = /^token='([\w-]+)'$/m.exec(own?.userData ?? '')?.[1];
    if (token === undefined) throw new Error('its machine was given no token');
    return token;
  };

  it('is taken once, with its own token, small, and in time', async () => {
    const probe = await driven(await started(await planned('asked')), isWaiting);
    const token = tokenOf(probe);
    const answers = [{ n: 0, answer: 'open' }];
    const other = (await seedTenant(api.database)).tenantId;
    expect((await report(probe.id, { token: 'x'.repeat(43), answers })).status).toBe(401);
    expect((await report(newId(), { token, answers })).status).toBe(401);
    expect((await report(probe.id, { token, answers }, other)).status).toBe(401);
    expect((await report(probe.id, { token, answers: [{ n: 0, answer: 'hacked' }] })).status).toBe(400);
    expect((await report(probe.id, { token, answers, more: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await report(probe.id, { token, answers })).status).toBe(204);
    expect((await report(probe.id, { token, answers: [{ n: 0, answer: 'refused' }] })).status).toBe(401);
    const done = await driven(probe);
    expect(done.answers.map(({ answer }) => answer)).toEqual(['open', 'untried']);

    const late = await driven(await started(await planned('late')), isWaiting);
    await sql(`update readiness_probe set answer_by = now() where id = $1`, late.id);
    expect((await report(late.id, { token: tokenOf(late), answers })).status).toBe(401);
    expect(await driven(late)).toMatchObject({ outcome: 'silent', answers: [] });
  });
});

describe('who may have a probe', () => {
  it('is whoever may operate runs, where there is a plan and a way back', async () => {
    const campaign = await planned('allowed');
    const params = { id: campaign.id };
    const approver = api.client((await ours.user(['approver'])).token);
    expect(await refusalOf(approver.call(routes.probeStart, { params }))).toContain('run:operate');
    expect(await approver.call(routes.probeList, { params })).toEqual({ items: [] });
    const without = await startProcess();
    ending.push(without.close);
    await expect(without.probes.request(ours.admin, {} as never)).rejects.toMatchObject({
      code: 'failed-precondition',
      nextStep: expect.stringContaining('SPRINGTIDE_PROBE_URL'),
    });
    const unplanned = await author.call(routes.campaignCreate, {
      body: await campaignInput(author, 'unplanned', accountId),
    });
    expect(await refusalOf(started(unplanned))).toContain('no machine was bought');
  });

  it('is there on the command line, which waits, and ends with 5 when something is closed', async () => {
    machinesBoot();
    const campaign = await planned('by command');
    const kim = commandLine(api.url, (await ours.user(['operations'], 'Kim')).token);
    const command = kim.run('probe', 'start', campaign.name);
    let probe: ReadinessProbe | undefined;
    while (probe === undefined) {
      [probe] = (await author.call(routes.probeList, { params: { id: campaign.id } })).items;
      await wait(50);
    }
    await driven(probe);
    const { exit, out } = await command;
    expect([exit, out]).toEqual([5, expect.stringMatching(new RegExp(`127.0.0.1:${openPort}\\s+open`))]);
    expect((await kim.run('probe', 'list', campaign.name)).out).toMatch(/gone\s+answered/);
  });
});
