import { routeOf } from './scenario.js';
import type { SimCloud } from './sim-clouds.js';
import type { World } from './world.js';
import { INSTALLATION } from './ids.js';
import { INSTALLATION_TAG, INTENT_TAG } from '../../../providers/simulated/mapping.js';

export type Violation = Readonly<{ invariant: string; what: string }>;

const TAGS = { installation: INSTALLATION_TAG, intent: INTENT_TAG };

/** Looks at the clouds themselves after every step that may have changed them, and at the books at the end. */
export class Judge {
  readonly violations: Violation[] = [];
  /** Every machine that ever carried our mark, by intent. */
  readonly everMade = new Map<string, Set<string>>();

  constructor(private readonly world: World) {
    world.time.witness((label) => {
      if (label.startsWith('arrive') || label === 'database done') this.#look(label);
    });
  }

  #accuse(invariant: string, what: string): void {
    if (this.violations.some((one) => one.what === what)) return;
    this.violations.push({ invariant, what });
    this.world.tell(`!! ${invariant}: ${what}`);
  }

  #look(label: string): void {
    if (label === 'arrive launch') for (const cloud of this.world.clouds) this.#count(cloud);
    if (label === 'arrive setWeights') this.#shares();
    if (label === 'arrive terminate') this.#foreign();
    if (label === 'database done') this.#money();
  }

  /** I3, I10: never more machines for an intent than it asked for, whenever and however often it was asked. */
  #count({ cloud }: SimCloud): void {
    for (const machine of cloud.machines()) {
      const intent = machine.labels[TAGS.intent];
      if (machine.labels[TAGS.installation] !== INSTALLATION || intent === undefined) continue;
      const made = this.everMade.get(intent) ?? new Set<string>();
      this.everMade.set(intent, made.add(machine.id));
    }
    for (const [id, made] of this.everMade) {
      const [row] = this.world.tables.find('effect_intent', { id });
      if (row === undefined) this.#accuse('I1', `machines ${[...made].join(', ')} have no row`);
      else if (made.size > Number(row['count'])) {
        this.#accuse(
          'I3',
          `intent ${String(row['step'])} asked for ${String(row['count'])} and got ${made.size} machines`,
        );
      }
    }
  }

  /** I7: what is set sums to a hundred. */
  #shares(): void {
    for (const service of this.world.scenario.services) {
      const shares = [...this.world.entrance.shares(routeOf(service)).values()];
      const sum = shares.reduce((total, share) => total + share, 0);
      if (sum !== 100 && sum !== 0) this.#accuse('I7', `the shares of ${service} sum to ${sum}`);
    }
  }

  /** I4: what somebody else made is still there. */
  #foreign(): void {
    for (const { cloud, id } of this.world.weather.foreign) {
      const machine = cloud.cloud.machines().find((one) => one.id === id);
      if (machine === undefined || machine.state === 'terminating')
        this.#accuse('I4', `foreign machine ${id} was ended`);
    }
  }

  /** I6: what is promised and spent stays inside the budget. */
  #money(): void {
    for (const row of this.world.tables.rows('effect_mandate')) {
      const used = Number(row['reserved']) + Number(row['committed']);
      if (used > Number(row['budget'])) this.#accuse('I6', `${used} of ${String(row['budget'])} are used`);
    }
  }

  /** I5, at the instant of closing: nothing of ours is alive in any cloud. */
  atClose(): void {
    for (const machine of this.#alive()) this.#accuse('I5', `closed, and ${machine} is alive`);
  }

  /** When the reconciler has had its time: nothing is left, the books are empty, and everybody was told the truth. */
  atEnd(): void {
    for (const machine of this.#alive()) this.#accuse('I1', `${machine} is left over`);
    this.#foreign();
    const creates = this.world.tables.find('effect_intent', { kind: 'create' });
    for (const row of creates) {
      if (row['state'] !== 'released')
        this.#accuse('I2', `intent ${String(row['step'])} is ${String(row['state'])}`);
    }
    for (const row of this.world.tables.rows('effect_mandate')) {
      const held = ['machines', 'reserved', 'per_hour'].filter((column) => Number(row[column]) !== 0);
      for (const column of held)
        this.#accuse('I6', `after the close the mandate holds ${column} ${String(row[column])}`);
    }
    for (const service of this.world.scenario.services) {
      const home = this.world.entrance.shares(routeOf(service)).get('home');
      if (home !== 100) this.#accuse('I7', `after the close home of ${service} has ${home} %`);
    }
  }

  #alive(): readonly string[] {
    return this.world.clouds.flatMap(({ cloud }) =>
      cloud
        .machines()
        .filter(
          (machine) => machine.labels[TAGS.installation] === INSTALLATION && machine.state !== 'terminating',
        )
        .map((machine) => `${machine.id} (${machine.name})`),
    );
  }
}
