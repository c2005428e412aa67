import type { PhaseName } from '@springtide/contracts';
import type { RehearsalWorld } from './rehearsal-world.js';

/** Requests of a phase that were asked for and found capacity, minute by minute. */
export type PhaseRecord = Readonly<{
  name: PhaseName;
  demandRps: number;
  servedShare: number;
  shortMinutes: number;
}>;

type Sums = { asked: number; served: number; shortMinutes: number; demandRps: number };

/** Less than this part of a service's demand left unserved is noise of whole machines and shares. */
const NOISE = 0.001;
const LOOK_MS = 60_000;

/** Looks at entrance and clouds from outside, as users of the service would find them. */
export class RehearsalRecord {
  readonly #phases = new Map<PhaseName, Sums>();

  constructor(private readonly world: RehearsalWorld) {}

  begin(): void {
    const { time } = this.world;
    time.background(async () => {
      for (;;) {
        await time.until(time.ms + this.#everyMs, 'record');
        this.#look();
      }
    });
  }

  phases(): readonly PhaseRecord[] {
    return this.world.plan.phases.map(({ name }) => {
      const sums = this.#phases.get(name) ?? { asked: 0, served: 0, shortMinutes: 0, demandRps: 0 };
      const { asked, served, shortMinutes, demandRps } = sums;
      return { name, demandRps, servedShare: asked === 0 ? 1 : served / asked, shortMinutes };
    });
  }

  /** A minute, or less where a phase is shorter than some minutes. */
  get #everyMs(): number {
    const lengths = this.world.plan.phases.map(
      ({ startsAt, endsAt }) => Date.parse(endsAt) - Date.parse(startsAt),
    );
    return Math.min(LOOK_MS, ...lengths.map((ms) => ms / 20));
  }

  #look(): void {
    const { time, plan, demand, entrance } = this.world;
    const phase = plan.phases.find(
      ({ startsAt, endsAt }) => Date.parse(startsAt) <= time.ms && time.ms < Date.parse(endsAt),
    );
    if (phase === undefined) return;
    const sums = this.#phases.get(phase.name) ?? { asked: 0, served: 0, shortMinutes: 0, demandRps: 0 };
    const rows = plan.services.map(({ name }) => {
      const asked = demand.at(name, time.ms);
      return { asked, served: entrance.served(name, asked) };
    });
    const asked = rows.reduce((sum, row) => sum + row.asked, 0);
    const isShort = rows.some((row) => row.served < row.asked * (1 - NOISE));
    this.#phases.set(phase.name, {
      asked: sums.asked + asked,
      served: sums.served + rows.reduce((sum, row) => sum + row.served, 0),
      shortMinutes: sums.shortMinutes + (isShort ? this.#everyMs / LOOK_MS : 0),
      demandRps: Math.max(sums.demandRps, asked),
    });
  }
}
