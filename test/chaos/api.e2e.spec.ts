import { jest } from '@jest/globals';
import { routes, type ApiClient } from '@springtide/contracts';
import fc from 'fast-check';
import pg from 'pg';
import { campaignInput, planned, problemOf, until } from '../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import { measured } from './measured.js';

/** Alone on two cores each takes less than half a minute. */
jest.setTimeout(300_000);

let world: ChaosWorld;
beforeAll(async () => {
  world = await openChaosWorld({ workers: 1 });
}, 120_000);
afterAll(async () => await world.stop(), 60_000);

const LATER = { inMs: 3_600_000, rampMs: 60_000, peakMs: 60_000, decayMs: 60_000 };
const FEW = 5;
const FUZZ = 300;

async function campaignsNamed(prefix: string): Promise<readonly string[]> {
  const rows = await world.database.database.systemWork(
    'test',
    async (tx) =>
      await tx.query<{ name: string }[]>(`select name from campaign where name like $1`, [`${prefix}%`]),
  );
  return rows.map(({ name }) => name);
}

/** Repeats as a careful caller does: the same key, until there is an answer that says what came of it. */
async function insist(client: ApiClient, body: ReturnType<typeof campaignInput>, idempotencyKey: string) {
  return await until(
    `an answer to ${idempotencyKey}`,
    async () =>
      await client.call(routes.campaignCreate, { body, idempotencyKey }).then(
        (campaign) => ({ campaign, again: false }),
        (thrown: unknown) => ({ campaign: undefined, again: true, thrown }),
      ),
    ({ again }) => !again,
    40_000,
  );
}

describe('F3: the API is killed in the middle of requests', () => {
  it.each([
    ['answer.made', FEW],
    ['answer.kept', 100],
  ])(
    'at %s, with %i requests in flight: repeated with their keys, each has its effect once',
    async (failPoint, requests) => {
      await world.api.kill();
      await world.api.start({ SPRINGTIDE_FAIL_POINTS: `${failPoint}@every` });
      const all = world.api.says(/^fail point reached/, requests);
      const bodies = Array.from({ length: requests }, (_, at) =>
        campaignInput(world, `${failPoint} ${at}`, LATER),
      );
      const keyOf = (at: number) => `f3-${failPoint}-${at}`;
      const first = bodies.map(
        async (body, at) =>
          (await problemOf(world.operations.call(routes.campaignCreate, { body, idempotencyKey: keyOf(at) })))
            .status,
      );
      await all;
      await world.api.kill();
      expect(new Set(await Promise.all(first))).toEqual(new Set([0]));
      await world.api.start();
      const second = await Promise.all(
        bodies.map(async (body, at) => await insist(world.operations, body, keyOf(at))),
      );
      const third = await Promise.all(
        bodies.map(async (body, at) => await insist(world.operations, body, keyOf(at))),
      );
      expect(third.map(({ campaign }) => campaign?.id)).toEqual(second.map(({ campaign }) => campaign?.id));
      expect((await campaignsNamed(`${failPoint} `)).toSorted((a, b) => a.localeCompare(b))).toEqual(
        bodies.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)),
      );
      await measured('F3', `${requests} requests killed at ${failPoint}: ${requests} effects`);
    },
  );
});

describe('F27: two operators at once', () => {
  it('of many changes on one version one is taken, the others are refused with 412', async () => {
    const outcomes: number[] = [];
    let campaign = await world.operations.call(routes.campaignCreate, {
      body: campaignInput(world, 'two at once', LATER),
    });
    for (let round = 0; round < 50; round += 1) {
      const { id, version } = campaign;
      const tries = await Promise.all(
        Array.from({ length: 10 }, async (_, at) => {
          const body = campaignInput(world, `round ${round} by ${at}`, LATER);
          return await world.operations
            .call(routes.campaignUpdate, { params: { id }, body, ifMatch: version })
            .then(
              () => 200,
              (thrown: unknown) => (thrown as { status?: number }).status ?? -1,
            );
        }),
      );
      outcomes.push(...tries);
      campaign = await world.operations.call(routes.campaignGet, { params: { id } });
      expect(campaign.version).toBe(version + 1);
    }
    const count = (status: number) => outcomes.filter((one) => one === status).length;
    expect([count(200), count(412), outcomes.length]).toEqual([50, 450, 500]);
    await measured('F27', '500 changes, 50 taken, 450 refused with 412, none lost');
  });
});

describe('F30: nothing is changed that cannot be put on record', () => {
  it('refuses while the audit cannot be written, and changes nothing', async () => {
    const before = await campaignsNamed('%');
    await asOwner('alter table audit_record rename to audit_away');
    try {
      const body = campaignInput(world, 'without a record', LATER);
      const { status, problem } = await problemOf(world.operations.call(routes.campaignCreate, { body }));
      expect(status).toBeGreaterThanOrEqual(500);
      expect(problem.nextStep).not.toBe('');
    } finally {
      await asOwner('alter table audit_away rename to audit_record');
    }
    expect(await campaignsNamed('%')).toEqual(before);
    await measured('F30', 'refused while the audit table was away: 0 changes');
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '双十一大促 🌊',
    '\u0000',
    'a'.repeat(100_000),
    '\u202Eevil',
    "'; drop table campaign; --",
    '{{7*7}}',
  ),
);

/** A campaign with any name, and half of the time with one more field of whatever somebody may send. */
function poisoned(): fc.Arbitrary<object> {
  const good = campaignInput(world, 'poison', LATER);
  const anything = fc.oneof(text, fc.double(), fc.constant(null), fc.array(text, { maxLength: 3 }));
  const wrong = fc.record({ key: fc.constantFrom(...Object.keys(good)), value: anything });
  return fc
    .record({ name: text, wrong: fc.option(wrong) })
    .map(({ name, wrong: one }) => ({ ...good, name, ...(one === null ? {} : { [one.key]: one.value }) }));
}

describe('F31: whatever is sent, the answer is a problem or a campaign', () => {
  const send = async (body: string) => {
    const answer = await fetch(`${world.apiUrl}/api/v1/campaigns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.adminToken}` },
      body,
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      text: await answer.text(),
    };
  };

  it('of ten megabytes', async () => {
    const status = await send(JSON.stringify({ name: 'x'.repeat(10_000_000) })).then(
      (answer) => answer.status,
      // Refused before it was read to its end.
      () => 413,
    );
    expect(status).toBe(413);
  });

  it('of fields of every kind', async () => {
    const taken: string[] = [];
    await fc.assert(
      fc.asyncProperty(poisoned(), async (body) => {
        const answer = await send(JSON.stringify(body));
        expect(answer.status).toBeLessThan(500);
        if (answer.status === 201) taken.push((JSON.parse(answer.text) as { id: string }).id);
        else expect(answer.type).toContain('application/problem+json');
      }),
      { numRuns: FUZZ, seed: 20_261_111 },
    );
    const [id] = taken;
    if (id === undefined) throw new Error('nothing was taken, so no workflow was tried');
    const plan = await planned(world.operations, id);
    expect(plan.status).not.toBe('solving');
    await measured('F31', `${FUZZ} poisoned campaigns: ${taken.length} taken, the rest refused with 4xx`);
  });
});

async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client(world.database.ownerUrl);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
