import type { Given } from './hands.js';
import type { Row } from './memory-tables.js';
import { endedIn, heldUpMs, runsNow, standingOf, type Ended, type RunNow } from './people-scene.js';
import { isCalm } from './plots.js';
import type { Order } from './sim-clouds.js';
import type { Side } from './sides.js';
import type { Fault, FaultKind } from './storm.js';
import type { World } from './world.js';

/** What people may rely on, and what a tenant may rely on beside another one. No invariants: they need to know who asked. */
const PEOPLE_RULES = {
  P1: 'after the stop switch no purchase is begun',
  P2: 'a stop or a cancel brings everything back in its time',
  P3: 'a paused run buys nothing and moves no traffic',
  P4: 'a run ends when its people say, neither before nor after',
  P5: 'a machine that a running phase needs is not ended',
  P6: 'what is held is kept',
  P7: 'nothing that one tenant does touches another one',
  P8: 'of two orders that were thought of for the same version one is carried out',
  P9: 'every order gets an answer that a person can use',
  P10: 'where nothing goes wrong and nobody interferes, what was planned stands',
} as const;

type RuleId = keyof typeof PEOPLE_RULES;
type Wrong = Readonly<{ invariant: RuleId; what: string }>;

const SECOND = 1_000;
/** From the stop switch to the last purchase, and from an order to the last step that nobody stopped any more. */
const HALT_MS = 5 * SECOND;
const STOPPED_MS = 60 * SECOND;

/** Judges a story by what its people asked for and were answered. */
export class PeopleRules {
  readonly #isCalm: boolean;
  readonly #isQuiet: boolean;
  readonly #heldUpMs: number;
  readonly #unit: number;
  readonly #ordersRead = new Map<object, number>();
  readonly #trailRead = new Map<object, number>();

  constructor(
    private readonly world: World,
    faults: readonly Fault[],
  ) {
    this.#unit = world.scenario.policy === 'demo' ? 1 : 10;
    this.#isCalm = isCalm(faults);
    this.#isQuiet = kindsIn(faults).every((kind) => kind === 'person' || kind === 'desk');
    this.#heldUpMs = heldUpMs(faults) * (this.#unit === 1 ? 1 : 4);
  }

  /** What is wrong now, also if it was told before. */
  look(): readonly Wrong[] {
    const runs = runsNow(this.world);
    const ended = this.world.sides.flatMap((side) => this.#ended(side));
    return [
      ...this.world.sides.flatMap((side) => this.#bought(side)),
      ...runs.flatMap((run) => this.#ofRun(run)),
      ...ended.flatMap((one) => this.#ofEnd(one, runs)),
      ...this.#answers(),
    ];
  }

  get #ms(): number {
    return this.world.time.ms;
  }

  #ofRun(run: RunNow): readonly Wrong[] {
    return [
      ...this.#comesBack(run),
      ...this.#rests(run),
      ...this.#endsInTime(run),
      ...this.#isItsOwn(run),
      ...this.#stands(run),
      ...oneOfTwo(run.given),
    ];
  }

  /** Purchases that have reached a cloud since the last look, by when they were begun. */
  #bought(side: Side): readonly Wrong[] {
    const [stop] = this.world.tables.find('effect_stop', { tenant_id: side.ids.tenant, engaged: true });
    const { callDeadlineMs } = this.world.services.ledger.dependencies.policy;
    const fresh = side.clouds.flatMap(({ orders }) => this.#fresh(this.#ordersRead, orders));
    if (stop === undefined) return [];
    const lastMs = (stop['at'] as Date).getTime() + HALT_MS;
    return fresh
      .map((order: Order) => ({ order, begunMs: Date.parse(order.deadline) - callDeadlineMs }))
      .filter(({ begunMs }) => begunMs > lastMs)
      .map(({ order: { intent }, begunMs }) =>
        wrong('P1', `purchase ${intent} was begun ${begunMs - lastMs + HALT_MS} ms after the stop switch`),
      );
  }

  #comesBack(run: RunNow): readonly Wrong[] {
    if (!this.#isCalm) return [];
    const stopped = firstDone(run, ['stop']);
    const cancelled = firstDone(run, ['abort']);
    const askedMs = Math.min(stopped?.atMs ?? Infinity, cancelled?.atMs ?? Infinity);
    if (run.wayBack === undefined && this.#ms > askedMs + 2 * HALT_MS)
      return [wrong('P2', `nobody brings run ${run.id} back yet at ${this.#clock}`)];
    // A hold withstands a cancel, and no stop switch.
    const wayBackMs = run.given.some(isHold) ? Infinity : 2 * STOPPED_MS * this.#unit;
    const dueMs = Math.min(
      (stopped?.atMs ?? Infinity) + STOPPED_MS,
      (cancelled?.atMs ?? Infinity) + wayBackMs,
    );
    if (this.#ms <= dueMs) return [];
    return standingOf(run.side)
      .filter(({ createdAt }) => this.#ms > Date.parse(createdAt) + STOPPED_MS * this.#unit)
      .filter(({ id }) => !this.#isAbandoned(id))
      .map(({ id }) => wrong('P2', `${id} still stands at ${this.#clock}, although its run was stopped`));
  }

  #isAbandoned(machineId: string): boolean {
    const items = this.world.tables.find('effect_item', { machine_id: machineId });
    return items.some(({ abandoned }) => (abandoned ?? null) !== null);
  }

  #rests({ given, id }: RunNow): readonly Wrong[] {
    const steering = given.filter(({ order, outcome }) => outcome !== 'refused' && isSteering(order));
    if (!steering.some(({ order }) => order.command === 'pause')) return [];
    const effects = this.world.tables.find('effect_intent', { run_id: id });
    return effects.filter(isOfPhase).flatMap((row) => {
      const atMs = (row['created_at'] as Date).getTime();
      // A run goes on as soon as it reads so, which may be before whoever said it has the answer.
      const last = steering.findLast((one) => one.sentMs <= atMs);
      const answered = steering.every(({ outcome }) => outcome === 'done');
      if (!answered || last?.order.command !== 'pause') return [];
      const lateMs = atMs - last.atMs;
      if (lateMs <= HALT_MS + this.#heldUpMs) return [];
      return [wrong('P3', `${String(row['step'])} was written ${lateMs} ms after the pause`)];
    });
  }

  #endsInTime(run: RunNow): readonly Wrong[] {
    const { given, wayBack, endMs, id } = run;
    const asked = given.some(({ order, outcome }) => outcome !== 'refused' && isStop(order));
    const extended = sum(given.filter(isExtended).map(({ order }) => minutesOf(order) * 60 * SECOND));
    const unsure = given.some(({ order, outcome }) => outcome === 'open' && order.command === 'extend');
    const lastMs = Date.parse(run.side.cast.phases.at(-1)?.endsAt ?? '') + extended;
    if (!unsure && endMs !== lastMs)
      return [wrong('P4', `run ${id} ends ${endMs - lastMs} ms after what its people were told`)];
    if (wayBack === undefined) {
      const lateMs = this.#ms - endMs;
      const late = lateMs > 15 * SECOND + this.#heldUpMs;
      return late ? [wrong('P4', `run ${id} goes on after its end, and nobody brings it back`)] : [];
    }
    if (asked) return [];
    const { reason, beganMs } = wayBack;
    const early = beganMs < endMs - SECOND;
    const byItself = reason.startsWith('the run failed') || reason.includes('lapsed');
    if (!early || (byItself && !this.#isCalm)) return [];
    return [wrong('P4', `run ${id} was brought back ${endMs - beganMs} ms too early (${reason})`)];
  }

  /** Only its own people steer a run; only its own machines are shown to a tenant. */
  #isItsOwn({ control, given, id, side }: RunNow): readonly Wrong[] {
    const wanted = given.filter(({ outcome }) => outcome !== 'refused');
    const steered =
      (control === 'abort' && !wanted.some(({ order }) => isStop(order))) ||
      (control === 'pause' && !wanted.some(({ order }) => order.command === 'pause'));
    const listings = this.world.tables.find('effect_listing', { tenant_id: side.ids.tenant });
    const strangers = listings.flatMap((row) => (row['strangers'] ?? []) as readonly { machineId: string }[]);
    const own = this.world.tables.find('effect_intent', { tenant_id: side.ids.tenant });
    const ids = new Set(own.map((row) => row['id']));
    const foreign = strangers.filter((one) => !ids.has((one as { intentId?: string }).intentId));
    return [
      ...(steered ? [wrong('P7', `run ${id} is told to ${control}, and none of its people said so`)] : []),
      ...foreign.map(({ machineId }) =>
        wrong('P7', `${machineId} of another tenant is shown to tenant ${side.ids.tenant} as one of its own`),
      ),
    ];
  }

  #stands(run: RunNow): readonly Wrong[] {
    const { cast, ids } = run.side;
    if (!this.#isQuiet || run.given.length > 0 || cast.maxMachines !== undefined) return [];
    const phase = phaseAt(run, this.#ms);
    if (phase === undefined || run.wayBack !== undefined) return [];
    if (this.#ms < Date.parse(phase.startsAt) + 20 * SECOND * this.#unit) return [];
    return cast.services.flatMap((service) => {
      const [there, needed] = [this.#standing(run, service), neededIn(run, phase.name, service)];
      if (there >= needed) return [];
      return [
        wrong('P10', `${service} of ${ids.tenant} has ${there} of ${needed} machines in ${phase.name}`),
      ];
    });
  }

  #ofEnd(ended: Ended, runs: readonly RunNow[]): readonly Wrong[] {
    const { by, tenant, machineId } = ended;
    if (by.ids.tenant !== tenant)
      return [wrong('P7', `${machineId} of tenant ${tenant} was ended by ${by.ids.tenant}`)];
    const run = runs.find(({ side }) => side.ids.tenant === tenant);
    const step = this.#stepOf(ended);
    if (run === undefined || step === undefined) return [];
    return run.wayBack === undefined ? this.#needed(ended, run, step) : this.#held(ended, run, step);
  }

  /** The effect that ended it; undefined for what no live purchase has. */
  #stepOf({ machineId, tenant }: Ended): string | undefined {
    const orders = this.world.tables.find('effect_intent', { tenant_id: tenant, kind: 'delete' });
    const order = orders.find((row) => machinesOf(row['spec']).includes(machineId));
    const step = order === undefined ? '' : String(order['step']);
    return step.startsWith('release/') ? step : undefined;
  }

  #needed({ machineId, atMs, intent }: Ended, run: RunNow, step: string): readonly Wrong[] {
    const phase = phaseAt(run, atMs);
    const [purchase] = this.world.tables.find('effect_intent', { id: intent });
    const service = String(purchase?.['service']);
    const changed = run.given.some((one) => one.outcome !== 'refused' && isRetarget(one.order));
    if (!this.#isCalm || phase === undefined || changed) return [];
    const [left, needed] = [this.#standing(run, service), neededIn(run, phase.name, service)];
    if (left >= needed) return [];
    return [
      wrong('P5', `${machineId} was ended (${step}), and ${left} of ${needed} are left for ${service}`),
    ];
  }

  #held({ machineId, atMs }: Ended, run: RunNow, step: string): readonly Wrong[] {
    if (!/^release\/\d+\//.test(step)) return [];
    const hold = run.given.find((one) => isHolding(one, run.given, atMs, HALT_MS + this.#heldUpMs));
    return hold === undefined
      ? []
      : [wrong('P6', `${machineId} was ended (${step}) although ${JSON.stringify(hold.order)} stood`)];
  }

  #answers(): readonly Wrong[] {
    return this.world.hands.given
      .filter(({ code }) => code === 'internal' || code === 'unknown')
      .map(({ order, atMs }) => wrong('P9', `${JSON.stringify(order)} at ${atMs} failed within`));
  }

  #standing(run: RunNow, service: string): number {
    return standingOf(run.side).filter(({ labels }) => labels['springtide/service'] === service).length;
  }

  #ended(side: Side): readonly Ended[] {
    return side.clouds.flatMap((cloud) => {
      const from = this.#trailRead.get(cloud) ?? 0;
      this.#trailRead.set(cloud, cloud.trail.length);
      return endedIn(side, cloud, from);
    });
  }

  #fresh<T>(read: Map<object, number>, all: readonly T[]): readonly T[] {
    const from = read.get(all) ?? 0;
    read.set(all, all.length);
    return all.slice(from);
  }

  get #clock(): string {
    return new Date(this.#ms).toISOString().slice(11, 19);
  }
}

function wrong(invariant: RuleId, what: string): Wrong {
  return { invariant, what: `${PEOPLE_RULES[invariant]}, but ${what}` };
}

/** Given at once, by people who had seen the same. A cancel stands whatever was seen. */
function oneOfTwo(given: readonly Given[]): readonly Wrong[] {
  const done = given.filter(({ outcome, order, version }) => {
    return outcome === 'done' && version !== undefined && !isStop(order);
  });
  return [...Map.groupBy(done, ({ version }) => version)].flatMap(([version, both]) =>
    both.length < 2 ? [] : [wrong('P8', `${both.length} orders were carried out on version ${version}`)],
  );
}

/** Before machines end: a hold at any of these keeps them. */
const KEEPING: readonly string[] = ['weights', 'drain', 'evict', 'terminate'];

/** Whether it stood then; it was answered at most `slackMs` after it began, and what was begun before it ends by then. */
function isHolding(one: Given, given: readonly Given[], ms: number, slackMs: number): boolean {
  const { order, atMs, outcome } = one;
  if (order.command !== 'hold' || outcome !== 'done' || !KEEPING.includes(order.at)) return false;
  if (ms <= atMs + slackMs || ms >= atMs + order.minutes * 60 * SECOND - slackMs) return false;
  return !given.some(
    (other) =>
      other.outcome !== 'refused' &&
      other.atMs <= ms &&
      (other.order.command === 'stop' ||
        (other.order.command === 'go-on' && (other.order.at ?? order.at) === order.at)),
  );
}

function firstDone({ given }: RunNow, commands: readonly string[]): Given | undefined {
  return given.find(({ order, outcome }) => outcome === 'done' && commands.includes(order.command));
}

/** What a phase does; what keeps or restores what stands goes on also while nobody wants more. */
function isOfPhase({ kind, step }: Row): boolean {
  return kind === 'create' || /^(join|shift)\//.test(String(step));
}

function isStop({ command }: Given['order']): boolean {
  return command === 'stop' || command === 'abort';
}

function isSteering(order: Given['order']): boolean {
  return isStop(order) || order.command === 'pause' || order.command === 'resume';
}

function isRetarget({ command }: Given['order']): boolean {
  return command === 'grow' || command === 'shrink' || command === 'change-target';
}

function isHold({ order, outcome }: Given): boolean {
  return order.command === 'hold' && outcome !== 'refused';
}

function isExtended({ order, outcome }: Given): boolean {
  return order.command === 'extend' && outcome === 'done';
}

function minutesOf(order: Given['order']): number {
  return order.command === 'extend' ? order.minutes : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function phaseAt({ phases }: RunNow, ms: number) {
  return phases.find(({ startsAt, endsAt }) => Date.parse(startsAt) <= ms && ms < Date.parse(endsAt));
}

function neededIn({ targets }: RunNow, phase: string, service: string): number {
  return sum(
    targets.filter((row) => row.phase === phase && row.service === service).map(({ machines }) => machines),
  );
}

function machinesOf(spec: unknown): readonly unknown[] {
  const { machineIds } = spec as { machineIds?: unknown };
  return Array.isArray(machineIds) ? machineIds : [];
}

function kindsIn(faults: readonly Fault[]): readonly FaultKind[] {
  return faults.flatMap((fault) =>
    fault.kind === 'at' && fault.stopMs === 0 ? kindsIn(fault.meanwhile) : [fault.kind],
  );
}
