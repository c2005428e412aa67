import {
  STANDARD_ORACLE,
  type BookReader,
  type Books,
  type CloudGround,
  type CloudListing,
} from '@springtide/oracle';
import { Metrics } from '@springtide/platform';
import { STORY, sixMachines, whole } from '../../../../libs/oracle/testing/tales.js';
import { reportOf, summaryOf } from './verdict-text.js';
import { Verifier } from './verifier.js';

const ACCOUNT = { tenantId: 'tenant', accountId: 'account', regions: ['sim-east'] };

/** A verifier in front of one story. @returns it, and what it asked for. */
function verifierOf(evidence: { listings: readonly CloudListing[]; books: Books }) {
  const asked: unknown[] = [];
  const books = {
    accounts: async () => await Promise.resolve([ACCOUNT]),
    read: async (request: unknown) => {
      asked.push(request);
      return await Promise.resolve(evidence.books);
    },
  };
  const ground = {
    listings: async () => await Promise.resolve(evidence.listings),
    entrances: async () => await Promise.resolve([STORY.entrance]),
  };
  const metrics = new Metrics('verifier');
  const verifier = new Verifier({
    books: books as unknown as BookReader,
    ground: ground as unknown as CloudGround,
    metrics,
    installation: 'springtide-spec',
    policy: STANDARD_ORACLE,
  });
  return { verifier, metrics, asked };
}

describe('the verifier', () => {
  it('reads the rows after the clouds, with every intent that a machine names', async () => {
    const { verifier, asked } = verifierOf(whole());
    const judgement = await verifier.look();
    expect(summaryOf(judgement)).toBe('12 invariants: 12 hold');
    expect(asked.at(-1)).toMatchObject({ named: [STORY.intent.id] });
  });

  it('tells what is wrong: in words with the next step, and as metrics', async () => {
    const { verifier, metrics } = verifierOf(sixMachines('alive'));
    const judgement = await verifier.look();
    expect(summaryOf(judgement)).toMatch(/^12 invariants: \d+ hold, \d+ VIOLATED \(I1, I3, I10\)$/);
    expect(reportOf(judgement)).toMatch(
      /I3 +violated[^]+What happened: [^]+What it means: [^]+What to do: [^]+m-6/,
    );
    const { body } = await metrics.text();
    expect(body).toContain('springtide_invariant_violations{invariant="I3",app="verifier"} 1');
    expect(body).toContain('springtide_invariant_violations{invariant="I5",app="verifier"} 0');
    expect(body).toContain('springtide_invariant_judged{invariant="I3",app="verifier"} 1');
  });
});
