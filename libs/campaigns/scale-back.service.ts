import { sentence, type RunRef, type ShrinkOrder } from '@springtide/contracts';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { collectComplete } from '@springtide/provider-kit';
import { SpringtideError } from '@springtide/kernel';
import { failPoint, sha256 } from '@springtide/platform';
import { billCheckOf } from './bill-orders.js';
import { beginningOf } from './domain/index.js';
import type { RunBook } from './run-book.js';
import { isLive, machinesOf } from './run-machines.js';
import { summaryOf } from './run-timeline.js';

/** Brings everything of a run back, and proves it. Needs no approval, and stops for nothing. */
export class ScaleBack {
  private readonly life: MachineLife;

  constructor(
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
  ) {
    this.life = new MachineLife(ledger);
  }

  /** Freezes purchases and takes the run over from whoever drove it. */
  async begin(input: { tenantId: string; runId: string; owner: string; reason: string }) {
    const { tenantId, runId, owner, reason } = input;
    const fence = await this.ledger.takeFence(tenantId, runId, owner);
    await this.ledger.changeMandate(tenantId, runId, (mandate) =>
      mandate.state === 'open' ? { ...mandate, state: 'frozen' } : mandate,
    );
    await failPoint('scale-back.begun');
    const open = await this.book.open(tenantId, runId);
    if (open.run.closedAt === null) {
      await this.book.change(
        tenantId,
        runId,
        () => ({ state: 'scaling-back', ...summaryOf(beginningOf(reason)) }),
        { step: 'scale-back.begin', sentences: [beginningOf(reason)], once: 'scale-back/begin' },
        'scaling-back',
      );
    }
    return {
      fence,
      services: open.plan.services.map((service) => service.name),
      drainMs: open.policy.drainMs,
      pollMs: open.policy.pollMs,
      homeWithinMs: open.policy.homeWithinMs,
    };
  }

  async releaseMachines(
    input: RunRef & { step: string; targets?: ShrinkOrder['targets'] },
  ): Promise<{ waitMs: number }> {
    const { tenantId, runId } = input;
    const waitMs = input.targets === undefined ? await this.bringToRest(tenantId, runId) : 0;
    const machines = machinesOf(
      await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true }),
    );
    const wanted =
      input.targets === undefined ? null : new Set(input.targets.map((target) => target.machineId));
    const leaving = machines.filter(
      (machine) =>
        isLive(machine) &&
        machine.item.state !== 'releasing' &&
        machine.item.machineId !== null &&
        (wanted === null || wanted.has(machine.item.machineId)),
    );
    const places = Map.groupBy(leaving, (machine) => `${machine.accountId}|${machine.region}`);
    for (const [place, own] of places) await this.releaseAt(input, place, own);
    await this.book.say(tenantId, runId, sentence('now.returning', { count: leaving.length }));
    return { waitMs };
  }

  async confirmGone({ tenantId, runId }: RunRef): Promise<{ machines: number; satellites: number }> {
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    let machines = 0;
    let satellites = 0;
    for (const intent of intents) {
      const left = await this.life.finishRelease(tenantId, intent.id);
      machines += left.machines;
      satellites += left.satellites;
    }
    await this.book.say(tenantId, runId, sentence('now.going', { machines, satellites }));
    return { machines, satellites };
  }

  /** Lists every account of the run and counts what is still ours. Only a complete listing can prove absence. */
  async verifyAbsence({ tenantId, runId, pass }: RunRef & { pass: number }): Promise<{ leftovers: number }> {
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create' });
    const own = new Set(intents.map((intent) => intent.id));
    const places = new Map(intents.map((intent) => [`${intent.accountId}|${intent.region}`, intent]));
    let leftovers = intents.filter((intent) => intent.state !== 'released').length;
    for (const { accountId, region } of places.values()) {
      const client = await this.ledger.dependencies.clouds.open(tenantId, accountId);
      const { installation } = this.ledger.dependencies;
      const listed = await collectComplete(
        client.compute.list({ region, ownedBy: installation }, { priority: 'scale-back' }),
        'machines',
      );
      leftovers += listed.filter(
        (m) => own.has(m.ownership?.intent ?? '') && m.state !== 'terminating',
      ).length;
    }
    const told =
      leftovers === 0
        ? sentence('scale-back.clean', { pass })
        : sentence('scale-back.left', { pass, leftovers });
    await failPoint('scale-back.verified');
    await this.book.change(tenantId, runId, () => ({ state: 'verifying', ...summaryOf(told) }), {
      step: 'scale-back.verify',
      level: leftovers === 0 ? 'info' : 'warning',
      sentences: [told],
      facts: { leftovers, pass },
      once: `verify/${pass}/${leftovers}`,
    });
    return { leftovers };
  }

  async close({ tenantId, runId }: RunRef): Promise<void> {
    const unreleased = { runId, kind: 'create', onlyUnreleased: true } as const;
    const left = (await this.ledger.listIntents(tenantId, unreleased)).flatMap(({ items }) =>
      items.filter((item) => item.abandoned !== null),
    );
    const count = left.length;
    await this.ledger.changeMandate(tenantId, runId, (mandate) => ({ ...mandate, state: 'closed' }));
    await this.book.change(
      tenantId,
      runId,
      (run) => ({
        state: 'closed',
        ...summaryOf(count === 0 ? sentence('now.closed', {}) : sentence('now.closed-without', { count })),
        closedAt: run.closedAt ?? new Date(this.book.now()),
      }),
      {
        step: 'closed',
        sentences: [count === 0 ? sentence('closed', {}) : sentence('closed-without', { count })],
        once: 'closed',
      },
      'closed',
      billCheckOf(tenantId, runId),
    );
  }

  async reportStuck({ tenantId, runId, reason }: RunRef & { reason: string }): Promise<void> {
    await this.book.change(
      tenantId,
      runId,
      () => ({ state: 'stuck', ...summaryOf(sentence('now.stuck', { reason })) }),
      {
        step: 'stuck',
        level: 'problem',
        sentences: [sentence('quoted', { text: reason })],
        once: `stuck/${reason}`.slice(0, 300),
      },
      'stuck',
    );
  }

  private async bringToRest(tenantId: string, runId: string): Promise<number> {
    const intents = await this.ledger.listIntents(tenantId, { runId, kind: 'create', onlyUnreleased: true });
    let waitMs = 0;
    for (const intent of intents)
      waitMs = Math.max(waitMs, await this.ledger.bringToRest(tenantId, intent.id));
    return waitMs;
  }

  private async releaseAt(
    input: RunRef & { step: string },
    place: string,
    machines: ReturnType<typeof machinesOf>,
  ): Promise<void> {
    const [first] = machines;
    if (first === undefined) return;
    const open = await this.book.open(input.tenantId, input.runId);
    const account = open.plan.pools.find((p) => p.accountId === first.accountId)?.accountName ?? place;
    const ids = machines.flatMap(({ intentId, item }) =>
      item.machineId === null ? [] : [{ intentId, machineId: item.machineId }],
    );
    const fingerprint = ids
      .map((target) => target.machineId)
      .toSorted()
      .join(',');
    try {
      await this.life.release({
        tenantId: input.tenantId,
        runId: input.runId,
        campaignId: open.run.campaignId,
        step: `release/${input.step}/${input.fence}/${place}/${sha256(fingerprint).slice(0, 16)}`,
        batch: 0,
        accountId: first.accountId,
        region: first.region,
        service: null,
        poolId: null,
        fence: input.fence,
        targets: ids,
      });
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError)) throw thrown;
      await this.book.note(input.tenantId, input.runId, {
        step: 'scale-back.refused',
        level: 'warning',
        sentences: [
          sentence('scale-back.refused', { count: ids.length, code: thrown.code, message: thrown.message }),
        ],
        once: `release-refused/${sha256(fingerprint).slice(0, 16)}/${thrown.code}`,
      });
      throw thrown;
    }
    await this.book.note(input.tenantId, input.runId, {
      step: 'scale-back.release',
      sentences: [sentence('scale-back.release', { count: ids.length, account })],
      facts: { count: ids.length },
      once: `release/${sha256(fingerprint).slice(0, 16)}`,
    });
  }
}
