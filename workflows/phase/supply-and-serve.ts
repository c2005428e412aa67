import type { GroundOrders, RunActivities, RunRef, ShrinkOrder } from '@springtide/contracts';
import { condition, isCancellation, proxyActivities, type CancellationScope } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';
import { settleAll } from '../settle-all.js';
import { joinAsTheyCome } from './arrivals.js';
import { grow, seeThrough } from './buy.js';
import { moveShares, moveTraffic } from './move-traffic.js';
import { refOf, type PhaseInput } from './phase-input.js';

const { readOrders } = proxyActivities<RunActivities>(EFFECT);

const LOOK_EVERY_MS = 60_000;

export type Turn = Readonly<{
  /** Nothing that another turn of the same phase did counts as done in this one. */
  id: string;
  /** The ground as it was when the turn began. */
  first: GroundOrders;
  /** Services for which machines may come. */
  joining: ReadonlySet<string>;
  /** Ends the wait for what is bought. */
  waiting: CancellationScope;
  isHandedOver: () => boolean;
}>;

/** Who is ready serves while others are bought; a service waits for nobody else's machines. */
export class SupplyAndServe {
  readonly #run: RunRef;
  readonly #label: string;
  /** What is known of the ground once everything is bought. */
  #orders: GroundOrders | undefined;
  #isSupplied = false;
  /** What is left to another turn. */
  #left = 0;

  constructor(
    private readonly input: PhaseInput,
    private readonly turn: Turn,
  ) {
    this.#run = refOf(input);
    this.#label = `${input.phase}.${input.stage}.${input.revision}.${turn.id}`;
  }

  /** @returns whether nothing was left to another turn. */
  async carryOut(): Promise<boolean> {
    const serving = this.input.services.map(async (service) => {
      await this.#serve(service);
    });
    await settleAll([this.#supply(), ...serving]);
    return this.#left === 0;
  }

  async #supply(): Promise<void> {
    const { waiting, isHandedOver } = this.turn;
    try {
      this.#orders = await waiting.run(async () => await this.#buy());
    } catch (thrown) {
      if (!isHandedOver() || !isCancellation(thrown)) throw thrown;
      this.#left += 1;
    } finally {
      this.#isSupplied = true;
    }
  }

  /**
   * Buys what is missing while what was bought before an interruption is seen through, which counts as there until then; what
   * of it does not come is bought after that. @returns what is known of the ground then.
   */
  async #buy(): Promise<GroundOrders> {
    const { id, first } = this.turn;
    const at = { ...this.#run, phase: this.input.phase };
    const seeing = first.booting.map(async (intentId) => {
      await seeThrough(at, intentId);
    });
    await settleAll([grow(this.input, first.grow, id), ...seeing]);
    if (seeing.length === 0) return first;
    const rest = await readOrders({ ...at, stage: this.input.stage });
    await grow(this.input, rest.grow, `${id}+`);
    return rest;
  }

  async #serve(service: string): Promise<void> {
    if (this.turn.joining.has(service)) {
      const unready = await this.#joinAsTheyCome(service);
      this.#left += unready;
    } else await condition(() => this.#isSupplied);
    const leaving = leavingOf(this.#orders ?? this.turn.first, service);
    // Nobody is let go before those are there who take over.
    const stays = this.#orders === undefined || this.turn.isHandedOver();
    if (stays && leaving !== undefined) this.#left += 1;
    await moveTraffic(this.#run, service, this.#label, stays ? undefined : leaving);
  }

  async #joinAsTheyCome(service: string): Promise<number> {
    const { stage, lookEveryMs = LOOK_EVERY_MS } = this.input;
    const [run, label] = [this.#run, this.#label];
    return await joinAsTheyCome({
      ...{ run, service, label, lookEveryMs },
      urgent: stage !== 'grow',
      bought: () => this.#isSupplied,
      isHandedOver: this.turn.isHandedOver,
      serve: async (look) =>
        await moveShares({ ...run, service, shift: `${label}.${look}`, leaving: [] }, `${service}/${look}`),
    });
  }
}

function leavingOf(orders: GroundOrders, service: string): ShrinkOrder | undefined {
  return orders.shrink.find((order) => order.service === service);
}
