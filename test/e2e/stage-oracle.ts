import {
  BookReader,
  DEMO_ORACLE,
  NO_HISTORY,
  judge,
  observed,
  violationsOf,
  type CloudListing,
  type Entrance,
  type Judgement,
} from '@springtide/oracle';
import { systemClock } from '@springtide/platform';
import { simulatedListing } from '../../libs/oracle/testing/simulated-ground.js';
import type { SimulatedYard } from '../yard/simulated/simulated-yard.js';

export type OracleRequest = Readonly<{
  databaseUrl: string;
  clouds: SimulatedYard;
  /** Account ids by cloud. */
  accounts: Readonly<Record<string, string>>;
  installation: string;
  /** Past the API: as the proxy itself applies it. */
  entrances(): Promise<readonly Entrance[]>;
}>;

const LOOK_MS = 100;
const JUDGE_MS = 1_500;

/** Judges the whole run from the clouds' truth and the database, while it goes on and at its end. */
export class StageOracle {
  private readonly books: BookReader;
  private history = NO_HISTORY;
  /** Every violation that was ever found, in words. */
  private readonly found = new Set<string>();
  private readonly looking: NodeJS.Timeout;
  private judging: Promise<unknown> | undefined;
  private readonly judges: NodeJS.Timeout;

  constructor(private readonly request: OracleRequest) {
    this.books = new BookReader(request.databaseUrl);
    this.looking = setInterval(() => {
      this.history = observed(this.history, this.listings());
    }, LOOK_MS);
    this.judges = setInterval(() => {
      // A database that is away says nothing; the judgement at the end may not fail.
      this.judging ??= this.judge()
        .catch(() => undefined)
        .finally(() => {
          this.judging = undefined;
        });
    }, JUDGE_MS);
  }

  async judge(): Promise<Judgement> {
    const listings = this.listings();
    const entrances = await this.request.entrances();
    const named = listings.flatMap(({ machines }) => machines.flatMap(({ marks }) => marks?.intent ?? []));
    const books = await this.books.read({ named });
    const { installation } = this.request;
    const judgement = judge({ installation, policy: DEMO_ORACLE, listings, entrances, books }, this.history);
    this.history = judgement.history;
    for (const { invariant, happened } of violationsOf(judgement))
      this.found.add(`${invariant}: ${happened}`);
    return judgement;
  }

  /** @returns everything that was wrong at any time, and what could not be judged at the end. */
  async verdict(): Promise<readonly string[]> {
    await this.judging;
    const { verdicts } = await this.judge();
    const open = verdicts.filter(({ outcome }) => outcome === 'not judged');
    return [...this.found, ...open.map(({ invariant, because }) => `${invariant} not judged: ${because}`)];
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    clearInterval(this.judges);
    await this.judging;
  }

  private listings(): readonly CloudListing[] {
    return Object.entries(this.request.accounts).flatMap(([name, accountId]) => {
      const cloud = this.request.clouds.cloud(name);
      return cloud === undefined ? [] : [simulatedListing(cloud, accountId, systemClock)];
    });
  }
}
