import {
  NO_HISTORY,
  judge,
  type BookReader,
  type Books,
  type CloudGround,
  type CloudListing,
  type GroundAccount,
  type Judgement,
  type OraclePolicy,
} from '@springtide/oracle';
import { addMs } from '@springtide/kernel';
import type { Metrics } from '@springtide/platform';

export type VerifierParts = Readonly<{
  books: BookReader;
  ground: CloudGround;
  metrics: Metrics;
  installation: string;
  policy: OraclePolicy;
}>;

/** What was over for a week is read no more, unless a listed machine names it. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** Satellites of a run are asked for as long after its end. */
const SATELLITES_MS = 24 * 3_600_000;
const ACCOUNTS_AT_ONCE = 4;

/** Looks at clouds and database, over and over, and judges. Changes nothing in either. */
export class Verifier {
  private history = NO_HISTORY;
  private known: Books | undefined;

  constructor(private readonly parts: VerifierParts) {}

  /** The clouds first, the rows after them: what was made in between is then explained. */
  async look(): Promise<Judgement> {
    const { books: reader, ground, installation, policy } = this.parts;
    const accounts = await reader.accounts();
    this.known ??= await reader.read({ keepMs: KEEP_MS });
    const lately = { intents: closedLately(this.known) };
    const listings = (await each(accounts, async (one) => await ground.listings(one, lately))).flat();
    const entrances = (await each(accounts, async (one) => await ground.entrances(one))).flat();
    const books = await reader.read({ keepMs: KEEP_MS, named: namedBy(listings) });
    const judgement = judge({ installation, policy, listings, entrances, books }, this.history);
    this.history = judgement.history;
    this.known = books;
    this.show(judgement);
    return judgement;
  }

  private show({ verdicts }: Judgement): void {
    const { invariantViolations, invariantJudged } = this.parts.metrics;
    for (const { invariant, outcome, violations } of verdicts) {
      invariantViolations.set({ invariant }, violations.length);
      invariantJudged.set({ invariant }, outcome === 'not judged' ? 0 : 1);
    }
  }
}

function namedBy(listings: readonly CloudListing[]): readonly string[] {
  return [
    ...new Set(listings.flatMap(({ machines }) => machines.flatMap(({ marks }) => marks?.intent ?? []))),
  ];
}

function closedLately({ runs = [], intents, readAt }: Books): Books['intents'] {
  const since = addMs(readAt, -SATELLITES_MS);
  const lately = new Set(
    runs.filter(({ closedAt }) => closedAt !== null && closedAt >= since).map(({ id }) => id),
  );
  return intents.filter(({ kind, runId }) => kind === 'create' && lately.has(runId));
}

async function each<T>(
  accounts: readonly GroundAccount[],
  work: (account: GroundAccount) => Promise<T>,
): Promise<readonly T[]> {
  const done: T[] = [];
  for (let from = 0; from < accounts.length; from += ACCOUNTS_AT_ONCE) {
    done.push(...(await Promise.all(accounts.slice(from, from + ACCOUNTS_AT_ONCE).map(work))));
  }
  return done;
}
