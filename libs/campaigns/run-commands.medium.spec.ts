import { randomUUID } from 'node:crypto';
import { runWorkflowId, scaleBackWorkflowId } from '@springtide/contracts';
import { HOUR, MINUTE, addMoney, addMs, compareMoney, money, multiplyMoney } from '@springtide/kernel';
import { z } from 'zod';
import { stopRun } from './run-stop.js';
import { SafeHolds } from './safe-hold.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

const Message = z.object({ kind: z.string(), workflowId: z.string() });

async function open() {
  const run = await RunOnClouds.open(stage);
  await run.buy(0, 4);
  const ids = { tenantId: stage.tenant.tenantId, runId: run.runId };
  const mandate = async () => {
    const found = await run.ledger.findMandate(ids.tenantId, ids.runId);
    if (found === undefined) throw new Error('the run has no mandate');
    return found;
  };
  /** What the engine is to be told of this run, in order. */
  const told = async () => {
    const rows = await stage.test.database.systemWork('test', async (tx) =>
      tx.query<{ message: unknown }[]>(
        `select message from outbox where message::text like '%' || $1 || '%' order by id`,
        [ids.runId],
      ),
    );
    return rows.map(({ message }) => {
      const { kind, workflowId } = Message.parse(message);
      return `${kind} ${workflowId}`;
    });
  };
  const rebuild = async () => await new SafeHolds(stage.test.database, run.book, run.ledger).rebuild(ids);
  return { run, ids, mandate, told, rebuild };
}

describe('more time for a run', () => {
  it('moves its end and what was approved, sets the cost aside, and wakes it', async () => {
    const { run, ids, mandate, told } = await open();
    const [before, row] = [await mandate(), await run.row()];
    await run.give({ command: 'extend', minutes: 60 });
    const after = await mandate();
    expect(after.validUntil).toBe(addMs(before.validUntil, HOUR));
    expect(compareMoney(after.reserved, addMoney(before.reserved, multiplyMoney(before.perHour, 1)))).toBe(0);
    expect((await run.row()).phases.at(-1)?.endsAt).toBe(addMs(row.phases.at(-1)?.endsAt ?? '', HOUR));
    expect(await told()).toEqual([`signal ${runWorkflowId(ids.runId)}`]);
  });

  it('that the budget does not pay for is refused, and nothing is changed', async () => {
    const { run, ids, mandate, told } = await open();
    const { reserved } = await mandate();
    await run.ledger.changeMandate(ids.tenantId, ids.runId, (one) => ({
      ...one,
      budget: addMoney(reserved, money('CNY', '1.5')),
    }));
    const before = [await mandate(), (await run.row()).phases];
    await expect(run.give({ command: 'extend', minutes: 60 })).rejects.toMatchObject({
      code: 'failed-precondition',
    });
    expect([await mandate(), (await run.row()).phases]).toEqual(before);
    expect(await told()).toEqual([]);
  });

  it('is nothing to a run on its way back, which is woken by what may still be asked of it', async () => {
    const { run, ids, told } = await open();
    await run.bringBack((phase) => phase === 'drain');
    await expect(run.give({ command: 'extend', minutes: 60 })).rejects.toThrow(/on their way out/);
    await run.give({ command: 'hold', at: 'terminate', minutes: 5, reason: '' });
    expect(await told()).toEqual([`signal ${scaleBackWorkflowId(ids.runId)}`]);
  });
});

describe('a run that the engine forgot', () => {
  it('waits for a person with its leases kept, is started anew, and goes on as it was', async () => {
    const { run, ids, told, rebuild } = await open();
    run.clock.advance(14 * MINUTE);
    expect(await rebuild()).toBe('held');
    const held = await run.row();
    expect([held.control, held.safeHold?.was, held.revision]).toEqual(['hold', 'run', 2]);
    expect((await run.intents())[0]?.releaseBy).toBe(addMs(run.now(), 15 * MINUTE));
    expect(await told()).toEqual([`start ${runWorkflowId(ids.runId)}`]);
    // Once more, as after a second loss: the same hold.
    expect(await rebuild()).toBe('held');
    expect((await run.row()).revision).toBe(2);
    await run.give({ command: 'go-on' });
    expect([(await run.row()).control, (await run.row()).safeHold]).toEqual(['run', null]);
  });

  it('stays paused when it was paused', async () => {
    const { run, rebuild } = await open();
    await run.give({ command: 'pause' });
    await rebuild();
    await run.give({ command: 'go-on' });
    expect((await run.row()).control).toBe('pause');
  });

  it('goes on with its way back, which nobody has to decide again', async () => {
    const { run, ids, told, rebuild } = await open();
    await run.give({ command: 'abort', reason: 'drill' });
    expect(await rebuild()).toBe('returning');
    expect((await run.row()).control).toBe('abort');
    expect((await told()).at(-1)).toBe(`start ${scaleBackWorkflowId(ids.runId)}`);
  });

  it('is left alone when it is closed, or nobody’s', async () => {
    const { run, told, rebuild } = await open();
    await run.bringBack();
    const before = await told();
    expect(await rebuild()).toBe('closed');
    expect(await told()).toEqual(before);
    const other = new SafeHolds(stage.test.database, run.book, run.ledger);
    const nobody = { tenantId: stage.tenant.tenantId, runId: randomUUID() };
    expect(await other.rebuild(nobody)).toBe('unknown');
  });
});

describe('a stop', () => {
  const stopped = 'Stopped by admin: drill. Traffic goes home, machines go back.';

  it('is what the run says from that moment on, and is told once, however often it is asked for', async () => {
    const { run, told } = await open();
    await run.give({ command: 'abort', reason: 'drill' });
    await run.give({ command: 'abort', reason: 'again' });
    const { summary, control } = await run.row();
    expect([summary, control]).toEqual([stopped, 'abort']);
    expect(await run.story()).toEqual([`command.abort: ${stopped}`]);
    expect(await told()).toHaveLength(1);
  });

  it('by the switch says so at once too, but not of a run that is on its way back', async () => {
    const { run, ids, told } = await open();
    const pull = async () =>
      stage.test.database.unitOfWork(stage.tenant.admin, async (tx) => {
        await stopRun({ tx, ctx: stage.tenant.admin, at: run.now() }, await run.row(), 'drill');
      });
    await pull();
    const { summary, control } = await run.row();
    expect([summary, control]).toEqual([stopped, 'abort']);
    expect(await told()).toContain(`start ${scaleBackWorkflowId(ids.runId)}`);
    await run.bringBack((phase) => phase === 'gone');
    run.clock.advance(MINUTE);
    await pull();
    expect((await run.story()).filter((line) => line.includes(stopped))).toHaveLength(1);
  });
});
