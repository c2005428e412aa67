import { randomUUID } from 'node:crypto';
import { CampaignsService, PlansService } from '@springtide/campaigns';
import { billCheckWorkflowId } from '@springtide/contracts';
import { HOUR, addMs } from '@springtide/kernel';
import { RunOnClouds, campaignsDatabase } from '../campaigns/testing/run-on-clouds.js';
import { BillCheckService, billFacts, ledgerFacts } from './index.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

async function opened(clouds: Parameters<typeof RunOnClouds.open>[1]): Promise<RunOnClouds> {
  const run = await RunOnClouds.open(stage, clouds);
  await run.changeCampaign({ templateId: randomUUID(), accountIds: run.clouds.map((one) => one.accountId) });
  return run;
}

/** The product's own services over the ledger of a run that buys in simulated clouds. */
function billsOf(run: RunOnClouds): BillCheckService {
  const { database } = stage.test;
  const campaigns = new CampaignsService(database, nothingOf('templates') as never, run.clock);
  const plans = new PlansService(nothingOf('plans', { database }) as never);
  const usage = ledgerFacts(run.ledger, campaigns, plans);
  return new BillCheckService({
    database,
    facts: billFacts(usage, run.ledger, campaigns, run.book),
    sessions: {
      use: async (tenant, account, work) =>
        await work(await run.ledger.dependencies.clouds.open(tenant, account)),
    },
    book: run.book,
    clock: run.clock,
  });
}

/** Parts that reading does not need: whoever asks them for anything fails. */
function nothingOf(name: string, known: object = {}): object {
  return new Proxy(known, {
    get: (target, key) => {
      if (key in target) return Reflect.get(target, key) as unknown;
      throw new Error(`nobody asks ${name} for ${String(key)}`);
    },
  });
}

const startsOf = async (run: RunOnClouds) =>
  await stage.test.database.systemWork(
    'test',
    async (tx) =>
      await tx.query<{ message: unknown }[]>(
        `select message from outbox where message->>'kind' = 'start' and message->>'workflowId' = $1`,
        [billCheckWorkflowId(run.runId)],
      ),
  );

describe('a campaign that closed', () => {
  it('has its bills looked at when they are due, and told in its story', async () => {
    const run = await opened([{}, { plan: { behaviour: { survivingDisks: 1 } } }]);
    await run.buy(0, 3);
    await run.buy(1, 2);
    run.clock.advance(HOUR);
    expect(await startsOf(run)).toEqual([]);
    await run.bringBack();
    const { tenantId } = stage.tenant;
    const input = { tenantId, runId: run.runId };
    expect(await startsOf(run)).toMatchObject([{ message: { workflow: 'billCheck', input } }]);

    const bills = billsOf(run);
    const { campaignId } = await run.row();
    const { waitMs } = await bills.look(input);
    expect(waitMs).toBeGreaterThan(47 * HOUR);
    run.clock.advance(waitMs ?? 0);
    expect(await bills.look(input)).toEqual({ waitMs: null });

    const { accounts, dueAt, nextAt } = await bills.latest(stage.tenant.job, campaignId);
    expect(dueAt).toBe((await run.kept())?.progress.billCheckAt);
    expect(nextAt).toBeNull();
    expect(accounts.map(({ accountName, state, machines }) => [accountName, state, machines])).toEqual([
      ['cloud-0', 'clean', 3],
      ['cloud-1', 'clean', 2],
    ]);
    for (const { totals } of accounts) {
      expect(totals).toHaveLength(1);
      // The ledger counts from the order, the cloud from when the machine ran: a little less than expected.
      expect(Math.abs(Number(totals[0]?.percent))).toBeLessThan(2);
      expect(Number(totals[0]?.billed.amount)).toBeGreaterThan(0.7);
    }
    expect((await run.story()).filter((line) => line.startsWith('bill-check'))).toEqual([
      expect.stringContaining('The bill of cloud-0 has everything on it'),
      expect.stringContaining('The bill of cloud-1 has everything on it'),
    ]);
  }, 120_000);

  it('is told of a machine that its cloud charged for long after the ledger had it gone', async () => {
    const run = await opened([{}]);
    const intentId = await run.buy(0, 2);
    run.clock.advance(HOUR);
    // As when a cloud says that it ended a machine, and bills it for a day: the ledger is sure, and wrong.
    const end = addMs(run.now(), -HOUR / 2);
    const [forgotten = ''] = run.cloud(0).ours();
    run.clock.advance(24 * HOUR);
    await run.bringBack();
    await stage.test.database.systemWork('test', async (tx) => {
      await tx.query(
        `update effect_item set releasing_at = $3, gone_at = $3 where intent_id = $1 and machine_id = $2`,
        [intentId, forgotten, end],
      );
    });
    const bills = billsOf(run);
    const { campaignId } = await run.row();
    const { accounts } = await bills.check(stage.tenant.job, campaignId);
    expect(accounts).toMatchObject([
      {
        state: 'differs',
        findings: [{ kind: 'after-end', resourceId: forgotten, unseen: { currency: 'CNY' } }],
      },
    ]);
    expect(await run.story()).toContainEqual(
      expect.stringMatching(/^bill-check: The bill of cloud-0 does not agree with what ran \(findings: 1\)/),
    );
  }, 120_000);
});
