import type {
  Deficit,
  GrowOrder,
  PhaseName,
  ProvisionActivities,
  RunActivities,
  ScaleBackActivities,
  ShiftActivities,
} from '@springtide/contracts';
import { FakeWayBack } from './fake-way-back.js';

type All = RunActivities & ProvisionActivities & ShiftActivities & ScaleBackActivities;
export type GroundCall = keyof All;
type Input<C extends GroundCall> = Parameters<All[C]>[0];
type Hook = (input: never, attempt: number) => Promise<void> | void;

type FakeMachine = {
  readonly service: string;
  readonly poolId: string;
  readonly intentId: string;
  readonly machineId: string;
  state: 'running' | 'ready' | 'leaving' | 'gone';
};

export type FakePhase = Readonly<{ name: PhaseName; prepareAt: string; startsAt: string; endsAt: string }>;

/** What a run is after, by service, pool and phase. */
export type FakeTarget = Readonly<{ service: string; poolId: string; phase: PhaseName; machines: number }>;

/**
 * Truth, clouds and proxy of one run in memory, behind the real activity interfaces. `calls` is what happened, in
 * order; `on` lets a test look at a call, hold it up or make it fail before it has its effect.
 */
export class FakeGround {
  readonly calls: string[] = [];
  readonly machines: FakeMachine[] = [];
  /** Machines a pool still has; unlimited where nothing is said. */
  readonly stock = new Map<string, number>();
  /** Where else to buy, in order. */
  fallbacks: readonly string[] = [];
  /** What the listings of scale-back find beyond the ledger, one number per pass. */
  leftovers: number[] = [];
  /** Batches of one order are under way at once; more than one make no promise about their order. */
  batchSize = 50;
  /** So many looks show machines that are asked to go and are still there. */
  slow = 0;
  /** Purchases of an earlier owner whose machines come up only while somebody waits for them. */
  booting: string[] = [];
  /** So many bought machines never come up. */
  dead = 0;
  /** Which step of a shift its gate refuses. */
  unfit: (input: Input<'shiftStep'>) => boolean = () => false;
  /** What keeps the traffic from going home. */
  homeTrouble = '';
  /** What keeps a cloud from ending machines. */
  cloudTrouble = '';
  /** Machines live that may be taken back: the guard looks again so soon. */
  lookAgainMs: number | undefined;
  control: 'run' | 'pause' | 'hold' | 'abort' = 'run';
  heldUntil: string | null = null;
  revision = 1;
  reason = '';
  /** What the run is after, and when; commands change it. */
  targets: readonly FakeTarget[];
  phases: readonly FakePhase[];
  /** The way back as truth has it; commands change its `progress`. */
  readonly wayBack: FakeWayBack;
  /** When a person gave it a command. */
  steeredAt = '';
  /** After so long a phase that was not begun is skipped; undefined: never. */
  lateAfterMs: number | undefined;
  readonly #begun = new Set<PhaseName>();
  #fence = 0;
  #owner = '';
  readonly #hooks = new Map<GroundCall, Hook>();
  readonly #attempts = new Map<string, number>();

  constructor(
    private readonly plan: Readonly<{
      phases: readonly FakePhase[];
      targets: readonly FakeTarget[];
      now: () => Promise<string>;
      /** The guard's beat; other waits are parts of it. */
      unitMs: number;
    }>,
  ) {
    this.targets = plan.targets;
    this.phases = plan.phases;
    this.wayBack = new FakeWayBack(
      {
        weights: () => this.#sendHome(),
        terminate: () => this.#release(),
        gone: () => this.#readBack(),
        proof: () => this.#list(),
      },
      plan.unitMs,
    );
  }

  on<C extends GroundCall>(call: C, hook: (input: Input<C>, attempt: number) => Promise<void> | void): void {
    this.#hooks.set(call, hook);
  }

  alive(): number {
    return this.machines.filter((machine) => machine.state !== 'gone').length;
  }

  ready(): number {
    return this.machines.filter((machine) => machine.state === 'ready').length;
  }

  /** The activities by name, each through its hook. */
  async call<C extends GroundCall>(name: C, input: Input<C>): Promise<unknown> {
    const key = `${name} ${JSON.stringify(input)}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    await this.#hooks.get(name)?.(input as never, attempt);
    const work = this.#work[name] as (input: Input<C>) => Promise<unknown>;
    return await work(input);
  }

  readonly #work: All = {
    takeOwnership: async ({ owner }) => await Promise.resolve(this.#take(owner)),
    readRun: async () => ({
      now: await this.plan.now(),
      control: this.control,
      revision: this.revision,
      heldUntil: this.heldUntil,
      phases: this.phases.map((phase) => ({ ...phase, ...this.#startBy(phase) })),
      services: this.#services(),
      guardEveryMs: this.plan.unitMs,
    }),
    enterPhase: async ({ phase }) => {
      this.#begun.add(phase);
      this.#tell(`enter ${phase}`);
    },
    readOrders: async ({ phase, stage }) => {
      const { grow, surplus } = this.#gaps(phase);
      const unready = this.machines.filter((machine) => machine.state === 'running');
      const shrink = stage !== 'grow' ? this.#shrink(surplus) : [];
      return await Promise.resolve({
        grow: stage === 'late' ? [] : grow,
        shrink,
        booting: this.booting,
        unready: [...new Set(unready.map((machine) => machine.service))],
      });
    },
    planFallback: async ({ round, deficits }) => {
      const orders = this.#elsewhere(deficits);
      this.#tell(`fallback ${round} to ${orders.map((order) => order.poolId).join(', ') || 'nowhere'}`);
      return await Promise.resolve(orders);
    },
    noteShortage: async ({ deficits }) =>
      this.#tell(`short of ${deficits.map((one) => `${one.count} ${one.poolId} (${one.code})`).join(', ')}`),
    noteProblem: async ({ phase, detail }) => this.#tell(`problem in ${phase}: ${detail}`),
    noteSkipped: async ({ phase }) => this.#tell(`skip ${phase}`),
    guardTick: async () => {
      const found = { over: this.reason !== '', held: this.control === 'hold' };
      const { lookAgainMs } = this;
      return await Promise.resolve(lookAgainMs === undefined ? found : { ...found, lookAgainMs });
    },
    notePhaseReached: async ({ phase }) => {
      this.#begun.add(phase);
      this.#tell(`reached ${phase}`);
    },
    launchBatch: async ({ service, poolId, count, phase, revision, round, batch }) => {
      const left = this.stock.get(poolId) ?? count;
      const got = Math.min(left, count);
      if (this.stock.has(poolId)) this.stock.set(poolId, left - got);
      const intentId = [phase, revision, round, service, poolId, batch].join('/');
      for (let index = 0; index < got; index += 1) {
        const machineId = `m-${this.machines.length + 1}`;
        this.machines.push({ service, poolId, intentId, machineId, state: 'running' });
      }
      this.#tell(`buy ${got} of ${count} ${poolId} for ${service}`);
      const missing = count - got;
      const refused = missing === 0 ? [] : [{ code: 'insufficient-capacity', count: missing }];
      return await Promise.resolve({ intentId: got === 0 ? null : intentId, running: 0, refused });
    },
    awaitRunning: async ({ intentId }) => await Promise.resolve(this.#boot(intentId)),
    joinRoute: async ({ service }) => {
      for (const machine of this.#of(service)) if (machine.state === 'running') machine.state = 'ready';
      const ready = this.#of(service).length;
      this.#tell(`join ${service}: ${ready} ready`);
      return await Promise.resolve({ ready, unhealthy: 0, since: await this.plan.now() });
    },
    planShift: async () => await Promise.resolve({ from: { home: 100 }, to: {}, fractions: [0.5, 1] }),
    shiftStep: async (input) => {
      this.#tell(`shift ${input.service} ${input.fraction}`);
      const passed = !this.unfit(input);
      return await Promise.resolve({ passed, reason: passed ? '' : 'too many errors' });
    },
    rollBackShift: async ({ service, reason }) => this.#tell(`roll back ${service}: ${reason}`),
    leaveRoute: async ({ service, leaving }) => this.#tell(`leave ${service}: ${leaving.length}`),
    beginScaleBack: async ({ owner, reason }) => {
      this.reason = reason;
      this.#tell('scale back');
      return await Promise.resolve({
        fence: this.#take(owner),
        services: this.#services(),
        drainMs: this.plan.unitMs / 4,
        pollMs: this.plan.unitMs / 10,
        homeWithinMs: 60_000,
      });
    },
    sendTrafficHome: async ({ service }) => this.#tell(`home ${service}`),
    releaseMachines: async ({ targets }) => {
      const ids = targets?.map((target) => target.machineId);
      const leaving = this.machines.filter(
        (machine) =>
          (machine.state === 'running' || machine.state === 'ready') &&
          (ids === undefined || ids.includes(machine.machineId)),
      );
      for (const machine of leaving) machine.state = 'leaving';
      this.#tell(`release ${leaving.length}`);
      return await Promise.resolve({ waitMs: 0 });
    },
    confirmGone: async () => {
      if (this.slow > 0) {
        this.slow -= 1;
        return await Promise.resolve({ machines: this.alive(), satellites: 1 });
      }
      for (const machine of this.machines) if (machine.state === 'leaving') machine.state = 'gone';
      return await Promise.resolve({ machines: this.alive(), satellites: 0 });
    },
    verifyAbsence: async ({ pass }) => {
      const leftovers = this.leftovers.shift() ?? 0;
      this.#tell(`listing ${pass}: ${leftovers} left`);
      return await Promise.resolve({ leftovers });
    },
    beginWayBack: async ({ owner, reason }) => {
      this.reason = reason;
      this.#tell('scale back');
      return await Promise.resolve({ fence: this.#take(owner), next: this.wayBack.current(), waitMs: 0 });
    },
    lookAtWayBack: async ({ phase }) => this.wayBack.look(phase, await this.plan.now()),
    closeRun: async () => this.#tell('closed'),
    reportStuck: async ({ reason }) => this.#tell(`stuck: ${reason}`),
  };

  #startBy({ name, startsAt }: FakePhase): { startBy?: string } {
    if (this.lateAfterMs === undefined || this.#begun.has(name)) return {};
    const due = Date.parse(startsAt < this.steeredAt ? this.steeredAt : startsAt);
    return { startBy: new Date(due + this.lateAfterMs).toISOString() };
  }

  #boot(intentId: string) {
    if (this.booting.includes(intentId)) this.#tell(`see ${intentId} run`);
    this.booting = this.booting.filter((one) => one !== intentId);
    const failed = this.machines.filter((machine) => machine.intentId === intentId).slice(0, this.dead);
    this.dead -= failed.length;
    for (const machine of failed) machine.state = 'gone';
    const refused = failed.length === 0 ? [] : [{ code: 'failed-to-boot', count: failed.length }];
    return { intentId, running: 1, refused };
  }

  #sendHome(): readonly string[] {
    if (this.homeTrouble !== '') return [this.homeTrouble];
    for (const service of this.#services()) this.#tell(`home ${service}`);
    return [];
  }

  #release(): readonly string[] {
    if (this.cloudTrouble !== '') return [this.cloudTrouble];
    const leaving = this.machines.filter(({ state }) => state === 'running' || state === 'ready');
    for (const machine of leaving) machine.state = 'leaving';
    this.#tell(`release ${leaving.length}`);
    return [];
  }

  #readBack(): readonly string[] {
    const staying = this.slow > 0;
    this.slow = Math.max(0, this.slow - 1);
    for (const machine of this.machines) {
      if (machine.state === 'leaving' && !staying) machine.state = 'gone';
    }
    this.#tell(`read back: ${this.alive()} there`);
    return staying && this.alive() > 0 ? [`${this.alive()} machines`] : [];
  }

  #list(): readonly string[] {
    const found = (this.leftovers.shift() ?? 0) + this.alive();
    this.#tell(`listing: ${found} left`);
    return found === 0 ? [] : [`${found} machines`];
  }

  #take(owner: string): number {
    if (owner !== this.#owner) this.#fence += 1;
    this.#owner = owner;
    return this.#fence;
  }

  #tell(line: string): void {
    this.calls.push(line);
  }

  #services(): readonly string[] {
    return [...new Set(this.targets.map((target) => target.service))];
  }

  #of(service: string): FakeMachine[] {
    return this.machines.filter(
      (machine) => machine.service === service && (machine.state === 'running' || machine.state === 'ready'),
    );
  }

  #gaps(phase: PhaseName): { grow: GrowOrder[]; surplus: FakeMachine[] } {
    const grow: GrowOrder[] = [];
    const surplus: FakeMachine[] = [];
    for (const service of this.#services()) {
      const wanted = this.targets.filter((row) => row.service === service && row.phase === phase);
      const total = wanted.reduce((sum, row) => sum + row.machines, 0);
      const have = this.#of(service);
      if (have.length > total) surplus.push(...have.slice(total));
      let missing = total - have.length;
      for (const { poolId, machines } of wanted) {
        const own = have.filter((machine) => machine.poolId === poolId).length;
        const count = Math.min(missing, machines - own);
        if (count > 0) grow.push({ service, poolId, count, batchSize: this.batchSize });
        missing -= Math.max(0, count);
      }
    }
    return { grow, surplus };
  }

  #shrink(surplus: readonly FakeMachine[]) {
    return [...Map.groupBy(surplus, (machine) => machine.service)].map(([service, machines]) => ({
      service,
      targets: machines.map(({ intentId, machineId }) => ({
        intentId,
        machineId,
        accountId: 'a',
        region: 'r',
      })),
    }));
  }

  #elsewhere(deficits: readonly Deficit[]): readonly GrowOrder[] {
    const pool = this.fallbacks[0];
    this.fallbacks = this.fallbacks.slice(1);
    if (pool === undefined) return [];
    return deficits.map(({ service, count }) => ({ service, poolId: pool, count, batchSize: 50 }));
  }
}
