import { ReportService, RunsService } from '@springtide/campaigns';
import type { PlanContent, RehearsalQuestion } from '@springtide/campaigns/domain';
import type { Sentence } from '@springtide/contracts';
import { MINUTE, addMs, type Instant } from '@springtide/kernel';
import { solvePlan } from '@springtide/planning';
import {
  relayOutbox,
  silentLogger,
  withIds,
  type Database,
  type OutboxMessage,
  type PlatformParts,
} from '@springtide/platform';
import {
  Network,
  TwinClouds,
  TwinEngine,
  VirtualTime,
  Wiring,
  databaseInTurns,
  entranceManifest,
  seededIds,
  seededRandom,
  type ActivityFunction,
  type Process,
} from '@springtide/twin';
import * as workflows from '@springtide/workflows';
import { FailureInterceptor } from '../activities/failure.js';
import { WorkerServices } from '../services.js';
import { activitiesOf } from '../worker-process.js';
import { CAMPAIGN, ENTRANCE, REHEARSER, writeRehearsed } from './rehearsal-rows.js';
import { raise } from './rehearsal-storm.js';
import { openRehearsedClouds, planForTwins, type RehearsedCloud } from './rehearsed-clouds.js';
import { RehearsedDemand, RehearsedEntrance } from './rehearsed-traffic.js';

/** Longer than in production: most looks find nothing, and a campaign has millions of seconds. */
const RELAY_MS = 10_000;
const LOOK_MS = 5 * MINUTE;
const RECONCILE_MS = 5 * MINUTE;
/** Before the first machine is ordered. */
const EARLY_MS = 10 * MINUTE;
/** As a workflow of production is told after some thousand events. */
const LONG_AFTER = 2_000;

/**
 * A campaign's plan in a world of its own: the real workflows and services over simulated clouds with the limits of the
 * real ones, a simulated entrance that is asked for the planned demand, a database that holds nothing else, and a clock
 * that flies.
 */
export class RehearsalWorld {
  readonly time: VirtualTime;
  readonly plan: PlanContent;
  readonly demand: RehearsedDemand;
  readonly entrance: RehearsedEntrance;
  readonly clouds: readonly RehearsedCloud[];
  /** What the storm did. */
  readonly told: { at: Instant; sentence: Sentence }[] = [];
  readonly #database: Database;
  readonly #engine: TwinEngine;
  readonly #services: Wiring;
  readonly #worker: Process = { name: 'worker', dead: false, pausedUntil: 0 };

  constructor(
    private readonly question: RehearsalQuestion,
    database: Database,
  ) {
    const random = seededRandom(`rehearsal/${question.seed}`);
    this.plan = planForTwins(question.plan);
    this.time = new VirtualTime(
      addMs(this.plan.phases[0]?.startsAt ?? '', -this.plan.leadMs - EARLY_MS),
      random,
    );
    this.clouds = openRehearsedClouds(question, this.plan, this.time);
    this.demand = new RehearsedDemand(question.campaign, question.replay, question.storm);
    this.entrance = new RehearsedEntrance({
      time: this.time,
      plan: this.plan,
      demand: this.demand,
      isUp: (id) => this.#isUp(id),
    });
    this.#database = databaseInTurns(database, this.time);
    this.#services = this.#wired(random);
    this.#engine = this.#engineOver(random);
  }

  /** From the armed run to its close, and no further than `end`. @returns the run. */
  async live(end: Instant): Promise<string> {
    return await withIds(seededIds(seededRandom(`ids/${this.question.seed}`)), async () => {
      let runId = '';
      const over = { closed: false };
      this.time.background(async () => {
        runId = await this.time.as(this.#worker, async () => await this.#begin());
        const { question, plan, time, clouds } = this;
        raise({ question, plan, time, clouds, tell: (told) => this.#tell(told) });
        for (;;) {
          await this.time.until(this.time.ms + LOOK_MS, 'look');
          const { closedAt } = await this.#services.get(RunsService).get(REHEARSER, runId);
          over.closed = closedAt !== null;
        }
      });
      await this.time.run(() => over.closed || this.time.ms > Date.parse(end), Infinity);
      return runId;
    });
  }

  async report() {
    const reading = this.#services.get(ReportService).report(REHEARSER, CAMPAIGN);
    let done = false;
    const settled = reading.finally(() => {
      done = true;
    });
    await this.time.run(() => done, Infinity);
    return await settled;
  }

  close(): void {
    for (const cloud of this.clouds) cloud.close();
  }

  async #begin(): Promise<string> {
    await writeRehearsed(this.#database, this.question, this.plan, this.time.now().toISOString());
    for (const { name, home } of this.question.routes) {
      await this.entrance.setMembers(name, 'home', home);
      if (home.length > 0) await this.entrance.setWeights(name, { home: 100 });
    }
    const run = await this.#services.get(RunsService).arm(REHEARSER, CAMPAIGN);
    this.#engine.schedule({ id: 'reconcile', workflow: 'reconcile', everyMs: RECONCILE_MS, args: [] });
    this.#relay();
    return run.id;
  }

  #wired(random: ReturnType<typeof seededRandom>): Wiring {
    const proxy = { id: ENTRANCE, manifest: entranceManifest(this.entrance), settings: {}, secret: {} };
    const accounts = [...this.clouds.map(({ account }) => account), proxy];
    const network = new Network({ time: this.time, random });
    const clouds = new TwinClouds({ time: this.time, random, network, accounts });
    const config = { installation: { id: 'rehearsal' }, policy: { profile: this.question.campaign.policy } };
    const root = WorkerServices.with(this.#platform(), new Map(), config);
    return new Wiring(root, {
      AccountSessions: clouds,
      // Clusters are not rehearsed: there are none whose nodes would have to be emptied.
      AccountService: { list: async () => await Promise.resolve([]) },
      // Whether the world is ready is asked of the real one.
      StartCheck: { requireHolding: async () => await Promise.resolve() },
      // A rehearsal costs nothing, so no books are closed.
      BillCheckService: { look: async () => await Promise.resolve({ waitMs: null }) },
      CampaignCostService: { settleCampaignCost: async () => await Promise.resolve() },
      ResidualSolver: async (problem: Parameters<typeof solvePlan>[0]) =>
        await this.time.outside(solvePlan(problem, { handOver: 'never' })),
    });
  }

  /** What a rehearsal has of it: no cloud is called, no secret is opened. */
  #platform(): PlatformParts {
    const parts = { database: this.#database, clock: this.time, log: silentLogger };
    return parts as unknown as PlatformParts;
  }

  #engineOver(random: ReturnType<typeof seededRandom>): TwinEngine {
    const activities = activitiesOf(this.#services, this.#platform()) as unknown;
    return new TwinEngine({
      time: this.time,
      random,
      workflows,
      activities: activities as Readonly<Record<string, ActivityFunction>>,
      around: async (args, next) =>
        await new FailureInterceptor().execute({ args, headers: {} }, async () => await next()),
      worker: () => this.#worker,
      longAfter: LONG_AFTER,
      evictions: 0,
      tell: () => undefined,
    });
  }

  #relay(): void {
    const loop = async () => {
      for (;;) {
        const delivered = await relayOutbox(this.#database, async (message) => await this.#deliver(message));
        if (delivered === 0) await this.time.sleep(RELAY_MS);
      }
    };
    this.time.background(async () => {
      await this.time.as(this.#worker, loop);
    });
  }

  async #deliver(message: OutboxMessage): Promise<void> {
    await this.time.turn('deliver');
    const { workflowId } = message;
    if (message.kind === 'signal') this.#engine.signal(workflowId, message.signal);
    else this.#engine.start({ workflowId, workflow: message.workflow, args: [message.input] });
  }

  #tell(sentence: Sentence): void {
    this.told.push({ at: this.time.now().toISOString(), sentence });
  }

  #isUp(id: string): boolean {
    if (this.question.routes.some(({ home }) => home.some((member) => member.id === id))) return true;
    return this.clouds.some(({ cloud }) =>
      cloud.machines().some((machine) => machine.id === id && machine.state === 'running'),
    );
  }
}
