import { runWorkflowId, scaleBackWorkflowId, sentence, type Sentence } from '@springtide/contracts';
import { effectTransaction, type EffectLedger } from '@springtide/effects';
import { recordAudit } from '@springtide/identity';
import { addMs, type Instant } from '@springtide/kernel';
import { postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { RunEntity } from './data/campaign.entity.js';
import { isReturning } from './domain/index.js';
import { lockRun, type RunBook } from './run-book.js';
import { note, summaryOf } from './run-timeline.js';

export type KnownRun = Readonly<{ tenantId: string; runId: string }>;

/** `held`: it waits for a person. `returning`: its way back was decided before, and goes on. `unknown`: no run of ours. */
export type Rebuilt = 'held' | 'returning' | 'closed' | 'unknown';

/**
 * Runs that truth says are open and that the engine has forgotten. They are built anew from truth in safe hold: nothing is
 * bought or ended, leases are kept, and people decide. What a person, or the plan, decided before stands: a way back goes
 * on. What was approved ends every hold, so that no machine is kept for ever.
 */
export class SafeHolds {
  constructor(
    private readonly database: Database,
    private readonly book: RunBook,
    private readonly ledger: EffectLedger,
  ) {}

  /** Open runs of all tenants whose start was handed to the engine: it should know every one of them. */
  async openRuns(): Promise<readonly KnownRun[]> {
    const rows = await this.database.systemWork(
      'safe-hold',
      async (tx): Promise<unknown> =>
        await tx.query(
          `select r.id, r.tenant_id from campaign_run r where r.closed_at is null and not exists (
             select 1 from outbox o where o.message ->> 'kind' = 'start'
               and o.message ->> 'workflowId' in ($1 || r.id, $2 || r.id)) order by r.id`,
          [runWorkflowId(''), scaleBackWorkflowId('')],
        ),
    );
    return z
      .array(z.object({ id: z.string(), tenant_id: z.string() }))
      .parse(rows)
      .map((row) => ({ runId: row.id, tenantId: row.tenant_id }));
  }

  /** Has a run that the engine forgot started again, as truth says it is. Doing it twice is doing it once. */
  async rebuild({ tenantId, runId }: KnownRun): Promise<Rebuilt> {
    const ctx = this.book.context(tenantId, runId);
    return await this.database.unitOfWork(ctx, async (tx) => {
      const known = await tx.findOneBy(RunEntity, { id: runId });
      if (known === null) return 'unknown';
      const run = await lockRun(tx, runId);
      if (run.closedAt !== null) return 'closed';
      if (isReturning(run)) {
        await this.returnOn(tx, ctx, run);
        return 'returning';
      }
      await this.hold(tx, ctx, run);
      return 'held';
    });
  }

  private async returnOn(tx: EntityManager, ctx: RequestContext, run: RunEntity): Promise<void> {
    const reason = 'its way back was begun before the engine lost its memory';
    await this.tell(tx, ctx, run, 'engine.returning', sentence('engine.returning', {}));
    await postToOutbox(tx, ctx.tenantId, {
      kind: 'start',
      workflow: 'scaleBack',
      workflowId: scaleBackWorkflowId(run.id),
      input: { tenantId: ctx.tenantId, runId: run.id, reason },
    });
  }

  private async hold(tx: EntityManager, ctx: RequestContext, run: RunEntity): Promise<void> {
    const at = this.book.now();
    const books = effectTransaction(tx, ctx.tenantId);
    const mandate = await books.findMandateOfRun(run.id);
    const until = mandate?.validUntil ?? at;
    if (run.control !== 'hold') {
      const was = run.control === 'pause' ? 'pause' : 'run';
      const reason = 'the workflow engine has forgotten this run';
      run.safeHold = { since: at, until, was, reason };
      run.control = 'hold';
      run.revision += 1;
      Object.assign(run, summaryOf(sentence('now.safe-hold', {})));
      await tx.save(RunEntity, run);
      await this.tell(tx, ctx, run, 'engine.safe-hold', sentence('engine.safe-hold', { until }));
      await recordAudit(tx, ctx, {
        action: 'run.safe-hold',
        target: { kind: 'run', id: run.id },
        after: { until },
        show: ['until'],
        at,
      });
    }
    // At once: by the time its guard ticks again they may have lapsed.
    if (until > at) await books.renewLeases(run.id, addMs(at, this.ledger.dependencies.policy.leaseMs));
    await postToOutbox(tx, ctx.tenantId, {
      kind: 'start',
      workflow: 'run',
      workflowId: runWorkflowId(run.id),
      input: { tenantId: ctx.tenantId, runId: run.id },
    });
  }

  private async tell(
    tx: EntityManager,
    ctx: RequestContext,
    run: RunEntity,
    step: string,
    told: Sentence,
  ): Promise<void> {
    const at: Instant = this.book.now();
    await note(
      tx,
      ctx,
      run.id,
      { step, level: 'problem', sentences: [told], once: `${step}/${run.revision}/${at}` },
      at,
    );
  }
}
