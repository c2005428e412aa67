import {
  NO_HISTORY,
  STANDARD_ORACLE,
  judge,
  observed,
  violationsOf,
  type Books,
  type Judgement,
} from '@springtide/oracle/domain';
import { simulatedListing } from '../../oracle/testing/simulated-ground.js';
import { ACCOUNT, TENANT } from './effect-fixtures.js';
import type { Mandate } from '../domain/index.js';
import type { EffectWorld } from './effect-world.js';

/** `alone`: nobody else writes into the store, so that all of its rows are this world's. */
type OracleScope = Readonly<{ installation: string; region: string; alone: boolean }>;

/** The oracle over a world of the ledger: the cloud's truth and the store's rows, as they really are. */
export class WorldOracle {
  private history = NO_HISTORY;

  constructor(
    private readonly world: EffectWorld,
    private readonly scope: OracleScope,
  ) {}

  /** Notes what exists now; call it whenever something may be gone at the next judgement. */
  look(): void {
    this.history = observed(this.history, [this.listing()]);
  }

  /** @returns what is violated, as `I3: …`. */
  async violations(): Promise<readonly string[]> {
    return violationsOf(await this.judge()).map(({ invariant, happened }) => `${invariant}: ${happened}`);
  }

  /** The same, with patience: what is still so half an hour later is not in the middle of its work. */
  async violationsAfterAll(): Promise<readonly string[]> {
    await this.judge();
    this.world.clock.advance(30 * 60_000);
    return await this.violations();
  }

  private async judge(): Promise<Judgement> {
    const listings = [this.listing()];
    const evidence = {
      installation: this.scope.installation,
      policy: STANDARD_ORACLE,
      listings,
      books: await this.books(),
    };
    const judgement = judge(evidence, this.history);
    this.history = judgement.history;
    return judgement;
  }

  private listing() {
    return simulatedListing(this.world.cloud, ACCOUNT, this.world.clock);
  }

  private async books(): Promise<Books> {
    const { world, scope } = this;
    const mandate: Mandate = await world.books();
    return await world.options.store.transaction(TENANT, async (tx) => {
      const stop = await tx.findStopSwitch();
      const listing = await tx.findListing(ACCOUNT, scope.region);
      return {
        readAt: world.now(),
        intents: await tx.listIntents(scope.alone ? {} : { runId: world.run }),
        intentsSince: null,
        mandates: [mandate],
        stops: stop === undefined ? [] : [{ tenantId: TENANT, ...stop }],
        listings: listing === undefined ? [] : [{ tenantId: TENANT, ...listing }],
      };
    });
  }
}
