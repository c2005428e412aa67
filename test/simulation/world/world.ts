import { asSpringtideError, toInstant } from '@springtide/kernel';
import { relayOutbox, withIds, type Database, type OutboxMessage } from '@springtide/platform';
import {
  Network,
  ProcessEnded,
  TwinClouds,
  TwinEngine,
  TwinEntrance,
  VirtualTime,
  databaseInTurns,
  entranceManifest,
  seededIds,
  seededRandom,
  type AroundActivity,
  type Process,
} from '@springtide/twin';
import type { AcknowledgedWrite } from '@springtide/oracle/domain';
import * as workflows from '@springtide/workflows';
import { FailureInterceptor } from '../../../apps/worker/src/activities/failure.js';
import { OPERATOR, writeCampaign } from './campaign-rows.js';
import { CAMPAIGN, ROUTE_ACCOUNT, START } from './ids.js';
import type { MemoryTables } from './memory-tables.js';
import { MemoryDatabase } from './memory-database.js';
import { routeOf, type Scenario } from './scenario.js';
import { servicesOver, type Services } from './services.js';
import { shortPurchase } from './short-purchase.js';
import { openSimCloud, type SimCloud } from './sim-clouds.js';
import type { Fault } from './storm.js';
import { Weather } from './weather.js';
import { Workers } from './workers.js';

/** Longer than in production, where it is a fifth of a second: most looks find nothing. */
const RELAY_MS = 1_000;
const AFTER_FAILURE_MS = 2_000;
const RELAY = 2;
const API = 3;

type Acknowledged = Omit<AcknowledgedWrite, 'found'> & Readonly<{ table: string }>;

/** Everything of one story: clouds, entrance, database, processes, engine, and what happened in plain words. */
export class World {
  readonly time: VirtualTime;
  readonly clouds: readonly SimCloud[];
  readonly entrance: TwinEntrance;
  readonly engine: TwinEngine;
  readonly services: Services;
  readonly tables: MemoryTables;
  readonly story: string[] = [];
  readonly weather: Weather;
  /** Writes that were answered with success, and where their rows must be. */
  readonly acknowledged: Acknowledged[] = [];
  readonly #database: Database;
  readonly #workers: Workers;
  readonly #ids: () => string;
  runId = '';

  constructor(
    readonly scenario: Scenario,
    /** Told of every step that somebody who can die is about to take. */
    private readonly onPass: (pass: Readonly<{ label: string; doing: string; atMs: number }>) => void = () =>
      undefined,
  ) {
    const random = seededRandom(`order/${scenario.seed}`);
    const chance = seededRandom(`chance/${scenario.seed}`);
    this.time = new VirtualTime(START, random);
    const { time } = this;
    this.#ids = seededIds(seededRandom(`ids/${scenario.seed}`));
    this.clouds = scenario.clouds.map((shape, at) => openSimCloud(shape, at, scenario.seed, time));
    this.entrance = new TwinEntrance(
      scenario.services.map((service) => routeOf(service)),
      (member) => this.#serves(member.id),
    );
    const network = new Network({
      time,
      random: chance,
      passage: (operation) => this.weather.passage(operation),
    });
    const proxy = { id: ROUTE_ACCOUNT, manifest: entranceManifest(this.entrance), settings: {}, secret: {} };
    const accounts = [...this.clouds.map(({ account }) => account), proxy];
    const memory = new MemoryDatabase();
    this.tables = memory.tables;
    this.#database = databaseInTurns(memory.asDatabase(), time, () => this.weather.databaseFate());
    const twinClouds = new TwinClouds({ time, random: chance, network, accounts });
    this.services = servicesOver(this.#database, time, twinClouds, scenario.policy);
    this.#workers = new Workers(time, chance, ['worker-a', 'worker-b', 'relay', 'api'], (process, slot) => {
      if (slot === RELAY) this.#relay(process);
    });
    this.engine = new TwinEngine({
      time,
      random: chance,
      workflows: workflows,
      activities: this.services.activities,
      around: asWorkers,
      worker: () => this.#workers.free(),
      longAfter: 400,
      evictions: 0.01,
      tell: (line) => this.tell(line),
    });
    this.weather = this.#weatherOver();
  }

  /** From an approved plan to a run under way, with the schedules of an installation. */
  async open(faults: readonly Fault[]): Promise<void> {
    await withIds(this.#ids, async () => {
      const begun = this.#begin(faults);
      await this.time.run(() => this.runId !== '');
      await begun;
    });
  }

  async live(over: () => boolean, mostSteps?: number): Promise<void> {
    await withIds(this.#ids, async () => await this.time.run(over, mostSteps));
  }

  get isClosed(): boolean {
    return this.tables.rows('campaign_run').some((row) => row['closed_at'] !== null);
  }

  /** What the run told people itself, between what happened to it. */
  wholeStory(): readonly string[] {
    const told = this.tables.rows('campaign_timeline').map((row) => {
      const at = (row['at'] as Date).toISOString().slice(11, 23);
      return `${at} - ${String(row['detail'])}`;
    });
    return [...this.story, ...told].toSorted((a, b) => a.slice(0, 12).localeCompare(b.slice(0, 12)));
  }

  close(): void {
    for (const cloud of this.clouds) cloud.close();
  }

  tell(line: string): void {
    // What is tried again and again is told once.
    if (this.story.at(-1)?.slice(13) === line) return;
    const at = new Date(this.time.ms).toISOString().slice(11, 23);
    this.story.push(`${at} ${line}`);
  }

  async #begin(faults: readonly Fault[]): Promise<void> {
    const { runs } = this.services;
    await writeCampaign(this.#database, this.scenario);
    const change = { weights: { home: 100 } };
    for (const service of this.scenario.services) {
      const route = routeOf(service);
      const [row] = this.tables.find('traffic_route', { name: route });
      await this.entrance.setMembers(route, 'home', row?.['home'] as never);
      await this.entrance.setWeights(route, change.weights);
    }
    const run = await this.time.as(
      this.#workers.at(API),
      async () => await runs.arm(OPERATOR, CAMPAIGN),
      'arm',
    );
    const every = this.scenario.policy === 'demo' ? 10_000 : 60_000;
    this.engine.schedule({ id: 'reconcile', workflow: 'reconcile', everyMs: every, args: [] });
    this.weather.begin(faults, Date.parse(START));
    this.runId = run.id;
    this.#promise('run', 'campaign_run', run.id);
  }

  /** The relay of a worker: the same delivery, over the engine of this world. */
  #relay(process: Process): void {
    const { time } = this;
    const pass = async () => {
      // What an idle look at the table would find; a story has thousands of them.
      if (this.tables.rows('outbox').length === 0) return RELAY_MS;
      try {
        const delivered = await relayOutbox(this.#database, async (message) => await this.#deliver(message));
        return delivered > 0 ? 0 : RELAY_MS;
      } catch (thrown) {
        if (process.dead) throw thrown;
        this.tell(`the relay could not deliver: ${asSpringtideError(thrown).code}`);
        return AFTER_FAILURE_MS;
      }
    };
    const loop = async () => {
      for (;;) await time.sleep(await pass());
    };
    time.as(process, loop, 'relay').catch((thrown: unknown) => {
      if (!(thrown instanceof ProcessEnded) && !process.dead) throw thrown;
    });
  }

  async #deliver(message: OutboxMessage): Promise<void> {
    await this.time.turn('deliver');
    const { workflowId } = message;
    if (message.kind === 'signal') this.engine.signal(workflowId, message.signal);
    else this.engine.start({ workflowId, workflow: message.workflow, args: [message.input] });
    await this.time.turn('delivered');
  }

  #weatherOver(): Weather {
    return new Weather({
      time: this.time,
      clouds: this.clouds,
      onPass: this.onPass,
      tell: (line) => this.tell(`* ${line}`),
      worker: (at) => this.#workers.at(at),
      died: (process, downMs) => this.#workers.died(process, downMs),
      proxyRestart: () => this.#restartProxy(),
      badGroup: (forMs) => this.#badGroup(forMs),
      command: async (fault) => await this.#command(fault),
      shortPurchase: (accountId) => shortPurchase(this.tables, accountId),
    });
  }

  /** Once the last proof was begun nobody looks after an entrance any more; that is not promised. */
  #restartProxy(): void {
    const [run] = this.tables.rows('campaign_run');
    if (run?.['state'] === 'verifying' || run?.['state'] === 'closed') return;
    this.entrance.restart();
    this.tell('* the proxy is started again and has forgotten everything');
  }

  #badGroup(forMs: number): void {
    for (const service of this.scenario.services) {
      for (const group of this.entrance.shares(routeOf(service)).keys()) {
        if (group !== 'home') this.entrance.failing.set(group, 0.5);
      }
    }
    this.time.background(async () => {
      await this.time.until(this.time.ms + forMs, 'fault over');
      this.entrance.failing.clear();
    });
  }

  async #command(fault: Extract<Fault, { kind: 'command' | 'stop-switch' }>): Promise<void> {
    const { runs } = this.services;
    const name = fault.kind === 'command' ? JSON.stringify(fault.order) : 'stop switch';
    const order = async () => {
      if (fault.kind === 'stop-switch')
        await runs.stopSwitch(OPERATOR, { engaged: true, reason: 'simulation' });
      else await runs.command(OPERATOR, this.runId, fault.order);
    };
    try {
      await this.time.as(this.#workers.at(API), order, name);
      this.tell(`> ${name}`);
      // What a command leaves for good is its record.
      this.#promise(name, 'audit_record', String(this.tables.rows('audit_record').at(-1)?.['id']));
    } catch (thrown) {
      this.tell(`> ${name}: ${asSpringtideError(thrown).message}`);
    }
  }

  #promise(what: string, table: string, id: string): void {
    this.acknowledged.push({ what, table, id, at: toInstant(this.time.now()) });
  }

  #serves(id: string): boolean {
    if (id.startsWith('home-')) return true;
    return this.clouds.some(({ cloud }) =>
      cloud.machines().some((machine) => machine.id === id && machine.state === 'running'),
    );
  }
}

/** The worker's own interceptor, which makes our errors the engine's. */
const asWorkers: AroundActivity = async (args, next) =>
  await new FailureInterceptor().execute({ args, headers: {} }, async () => await next());
