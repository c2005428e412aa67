import { campaignsDatabase } from '../campaigns/testing/run-on-clouds.js';
import {
  approvedPlanHash,
  outbox,
  twoCleanListings,
  weightsOnDoubt,
  type RunStory,
} from './testing/run-stories.js';

type Safety = Readonly<{ name: string; story: RunStory; caughtBy: string }>;

/** What needs the database or a whole run; those of the ledger alone are in libs/effects/safeties.spec.ts. */
const SAFETIES: readonly Safety[] = [
  { name: 'two clean listings before the close', story: twoCleanListings, caughtBy: 'I5' },
  { name: 'the outbox', story: outbox, caughtBy: 'I9' },
  { name: 'the hash of the approved plan', story: approvedPlanHash, caughtBy: 'I8' },
  { name: 'shares by what the proxy finds healthy', story: weightsOnDoubt, caughtBy: 'I7' },
];

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;
const table: string[] = [];

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => {
  process.stdout.write(`${['', 'safety taken away, and what finds it out', ...table, ''].join('\n')}\n`);
  await stage.test.drop();
});

describe('every safety of a run is needed', () => {
  it.each(SAFETIES)('$name: with it the story ends well', async ({ story }) => {
    expect(await story(stage, false)).toEqual([]);
  });

  it.each(SAFETIES)(
    '$name: without it $caughtBy finds the same story out',
    async ({ name, story, caughtBy }) => {
      const [found = ''] = await story(stage, true);
      table.push(`${name.padEnd(38)} ${caughtBy.padEnd(12)} ${found}`.slice(0, 150));
      expect(found).toMatch(new RegExp(`^${caughtBy}:`));
    },
  );
});
