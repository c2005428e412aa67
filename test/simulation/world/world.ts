import { asSpringtideError, toInstant } from '@springtide/kernel';
import { relayOutbox, withIds, type Database, type OutboxMessage } from '@springtide/platform';
import {
  Network,
  ProcessEnded,
  TwinClouds,
  TwinEngine,
  VirtualTime,
  databaseInTurns,
  seededIds,
  seededRandom,
  type AroundActivity,
  type Process,
} from '@springtide/twin';
import type { AcknowledgedWrite } from '@springtide/oracle/domain';
import * as workflows from '@springtide/workflows';
import { FailureInterceptor } from '../../../apps/worker/src/activities/failure.js';
import { writeCampaign } from './campaign-rows.js';
import { Hands } from './hands.js';
import { START } from './ids.js';
import type { MemoryTables } from './memory-tables.js';
import { MemoryDatabase } from './memory-database.js';
import { routeOf, type Scenario } from './scenario.js';
import { servicesOver, type Services } from './services.js';
import { shortPurchase } from './short-purchase.js';
import { accountsOf, sidesOf, type Side } from './sides.js';
import type { SimCloud } from './sim-clouds.js';
import type { Fault } from './storm.js';
import { Weather, type HandFault } from './weather.js';
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
  readonly sides: readonly Side[];
  readonly hands: Hands;
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
  /** By side. */
  runIds: readonly string[] = [];

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
    this.sides = sidesOf(scenario, time);
    this.clouds = this.sides.flatMap(({ clouds }) => clouds);
    const network = new Network({
      time,
      random: chance,
      passage: (operation) => this.weather.passage(operation),
    });
    const accounts = this.sides.flatMap(accountsOf);
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
    this.hands = new Hands({
      ...{ time, runs: this.services.runs, desk: this.services.desk },
      api: () => this.#workers.at(API),
      tell: (line) => this.tell(line),
      // What a command leaves for good is its record.
      acknowledged: (what) =>
        this.#promise(what, 'audit_record', String(this.tables.rows('audit_record').at(-1)?.['id'])),
    });
    this.weather = this.#weatherOver();
  }

  /** From an approved plan to a run under way, with the schedules of an installation. */
  async open(faults: readonly Fault[]): Promise<void> {
    await withIds(this.#ids, async () => {
      const begun = this.#begin(faults);
      await this.time.run(() => this.runIds.length > 0);
      await begun;
    });
  }

  async live(over: () => boolean, mostSteps?: number): Promise<void> {
    await withIds(this.#ids, async () => await this.time.run(over, mostSteps));
  }

  get isClosed(): boolean {
    const runs = this.tables.rows('campaign_run');
    return runs.length === this.sides.length && runs.every((row) => row['closed_at'] !== null);
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
    const armed: string[] = [];
    for (const side of this.sides) armed.push(await this.#arm(side));
    const every = this.scenario.policy === 'demo' ? 10_000 : 60_000;
    this.engine.schedule({ id: 'reconcile', workflow: 'reconcile', everyMs: every, args: [] });
    this.weather.begin(faults, Date.parse(START));
    this.runIds = armed;
    for (const id of armed) this.#promise('run', 'campaign_run', id);
  }

  async #arm({ ids, cast, entrance, operator }: Side): Promise<string> {
    await writeCampaign(this.#database, ids, cast);
    for (const service of cast.services) {
      const route = routeOf(service);
      const [row] = this.tables.find('traffic_route', { name: route });
      await entrance.setMembers(route, 'home', row?.['home'] as never);
      await entrance.setWeights(route, { home: 100 });
    }
    const arm = async () => await this.services.runs.arm(operator, ids.campaign);
    return (await this.time.as(this.#workers.at(API), arm, 'arm')).id;
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
    const [run] = this.tables.find('campaign_run', { id: this.runIds[0] });
    if (run?.['state'] === 'verifying' || run?.['state'] === 'closed') return;
    this.sides[0]?.entrance.restart();
    this.tell('* the proxy is started again and has forgotten everything');
  }

  #badGroup(forMs: number): void {
    for (const { cast, entrance } of this.sides.slice(0, 1)) {
      for (const service of cast.services) {
        for (const group of entrance.shares(routeOf(service)).keys()) {
          if (group !== 'home') entrance.failing.set(group, 0.5);
        }
      }
    }
    this.time.background(async () => {
      await this.time.until(this.time.ms + forMs, 'fault over');
      this.sides[0]?.entrance.failing.clear();
    });
  }

  async #command(fault: HandFault): Promise<void> {
    const at = 'next' in fault && fault.next ? 1 : 0;
    const [side, runId] = [this.sides[at], this.runIds[at]];
    if (side === undefined || runId === undefined) return;
    switch (fault.kind) {
      case 'stop-switch':
        await this.hands.once(side, runId, { command: 'stop' });
        return;
      case 'command':
        await this.hands.once(side, runId, fault.order);
        return;
      case 'desk':
        return await this.hands.decide(side, fault.choice);
      case 'person': {
        const [order, ...more] = fault.orders;
        if (order === undefined) return;
        if (more.length > 0) return await this.hands.together(side, runId, fault.orders);
        return await this.hands.insist(side, runId, order);
      }
    }
  }

  #promise(what: string, table: string, id: string): void {
    this.acknowledged.push({ what, table, id, at: toInstant(this.time.now()) });
  }
}

/** The worker's own interceptor, which makes our errors the engine's. */
const asWorkers: AroundActivity = async (args, next) =>
  await new FailureInterceptor().execute({ args, headers: {} }, async () => await next());
