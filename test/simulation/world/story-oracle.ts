import {
  DEMO_ORACLE,
  NO_HISTORY,
  STANDARD_ORACLE,
  judge,
  violationsOf,
  type InvariantId,
  type Judgement,
  type OraclePolicy,
} from '@springtide/oracle/domain';
import { INSTALLATION } from './ids.js';
import { MemoryBooks, deletionsIn, entrancesIn, listingsIn } from './ground.js';
import { PeopleRules } from './people-rules.js';
import { isCalm } from './plots.js';
import type { Fault } from './storm.js';
import type { World } from './world.js';

export type Broken = Readonly<{ invariant: string; what: string }>;

/** How many machines, rows or entrances were looked at, and why it was not judged at the end; null when it was. */
export type Judged = Readonly<{ checked: number; because: string | null }>;

const MINUTE = 60_000;
/** Long campaigns change as often as short ones, only later. */
const LOOK_EVERY_MS = { demo: 10_000, standard: 60_000 };

/** Effects as they arrive in the outside world: the moments after which something may be wrong for good. */
const EFFECTS: ReadonlySet<string> = new Set(['arrive launch', 'arrive terminate', 'arrive setWeights']);

/** While a story goes wrong, its faults may hold everything up for so long. */
const HELD_UP_MS = 15 * MINUTE;

/** After everything has had its time nothing may be in the middle of its work. */
const AT_REST = { graceMs: 0, noticeMs: 0, reactMs: 0, lapseMs: 0, startMs: 0, sealMs: 0 };

/** The project's oracle over a simulated world: after every effect, every few seconds, at the close and at the end. */
export class StoryOracle {
  readonly broken: Broken[] = [];
  readonly judged = new Map<InvariantId, Judged>();
  readonly #books: MemoryBooks;
  readonly #policy: OraclePolicy;
  #history = NO_HISTORY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Deletions that were judged with the orders of their time: an order may be rewritten for the next machines. */
  #trailRead = 0;

  readonly #people: PeopleRules;

  constructor(
    private readonly world: World,
    faults: readonly Fault[],
  ) {
    this.#people = new PeopleRules(world, faults);
    this.#books = new MemoryBooks(world.tables, world);
    const own = world.scenario.policy === 'demo' ? DEMO_ORACLE : STANDARD_ORACLE;
    // One clock in this world: nothing differs.
    this.#policy = { ...(isCalm(faults) ? own : patient(own)), skewMs: 0 };
    world.time.witness((label) => this.#witness(label));
  }

  /** The run was closed a moment ago. */
  atClose(): void {
    this.#look(this.#policy);
  }

  atEnd(): void {
    this.#look({ ...this.#policy, ...AT_REST });
  }

  #witness(label: string): void {
    const { ms } = this.world.time;
    if (!EFFECTS.has(label) && ms < this.#lookedMs + LOOK_EVERY_MS[this.world.scenario.policy]) return;
    this.#look(this.#policy);
  }

  #look(policy: OraclePolicy): void {
    this.#lookedMs = this.world.time.ms;
    const deletions = deletionsIn(this.world);
    const judgement = judge(
      {
        installation: INSTALLATION,
        policy,
        listings: listingsIn(this.world),
        entrances: entrancesIn(this.world),
        books: this.#books.read(),
        deletions: deletions.slice(this.#trailRead),
      },
      this.#history,
    );
    this.#history = judgement.history;
    this.#trailRead = deletions.length;
    this.#note(judgement);
    for (const { invariant, what } of this.#people.look()) this.#break(invariant, what, what);
  }

  #note(judgement: Judgement): void {
    for (const { invariant, happened, evidence } of violationsOf(judgement)) {
      this.#break(invariant, `${happened} (${evidence.filter((id) => id !== '').join(' ')})`, happened);
    }
    for (const { invariant, checked, because } of judgement.verdicts) {
      const before = this.judged.get(invariant)?.checked ?? 0;
      this.judged.set(invariant, { checked: Math.max(before, checked), because });
    }
  }

  #break(invariant: string, what: string, told: string): void {
    if (this.broken.some((one) => one.invariant === invariant && one.what === what)) return;
    this.broken.push({ invariant, what });
    this.world.tell(`!! ${invariant}: ${told}`);
  }
}

function patient(policy: OraclePolicy): OraclePolicy {
  const { graceMs, noticeMs, reactMs, lapseMs, startMs } = policy;
  return {
    ...policy,
    graceMs: graceMs + HELD_UP_MS,
    noticeMs: noticeMs + HELD_UP_MS,
    reactMs: reactMs + HELD_UP_MS,
    lapseMs: lapseMs + HELD_UP_MS,
    startMs: startMs + HELD_UP_MS,
  };
}
