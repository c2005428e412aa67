import { seenAs } from './cloud-machine.js';
import type { MachinePark } from './machine-park.js';
import type { AnswerOf, RequestOf, WireMachine } from './wire.js';

type Told = Readonly<{ region: string; statuses: ReadonlyMap<string, WireMachine['status']> }>;

/** Cursors that are still known; older ones get everything. */
const REMEMBERED = 200;

/** What was told under each cursor, so that the next answer holds the difference. */
export class ChangeLog {
  readonly #told = new Map<string, Told>();
  #cursors = 0;

  constructor(private readonly park: MachinePark) {}

  since({ region, cursor }: RequestOf<'ListChanges'>, now: number): AnswerOf<'ListChanges'> {
    const machines = this.park.in(region).flatMap((machine) => seenAs(machine, now) ?? []);
    const statuses = new Map(machines.map((machine) => [machine.id, machine.status]));
    const before = cursor === undefined ? undefined : this.#told.get(cursor);
    if (cursor === undefined || before?.region !== region) {
      return { machines, gone: [], cursor: this.#remember({ region, statuses }), whole: true };
    }
    const changed = machines.filter((machine) => before.statuses.get(machine.id) !== machine.status);
    const gone = [...before.statuses.keys()].filter((id) => !statuses.has(id));
    const news = changed.length + gone.length > 0;
    const next = news ? this.#remember({ region, statuses }) : cursor;
    return { machines: changed, gone, cursor: next, whole: false };
  }

  #remember(told: Told): string {
    this.#cursors += 1;
    const cursor = `c-${this.#cursors}`;
    this.#told.set(cursor, told);
    const [oldest] = this.#told.keys();
    if (this.#told.size > REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    return cursor;
  }
}
