import { RUN_CHANGED, runWorkflowId, scaleBackWorkflowId, sentence } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import { postToOutbox, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { RunEntity } from './data/campaign.entity.js';
import { isOnTheWayBack } from './run-commands.js';
import { note, summaryOf } from './run-timeline.js';

type Given = Readonly<{ tx: EntityManager; ctx: RequestContext; at: Instant }>;

/** What the stop switch does to one run: it says so at once, and its way back begins whether anything drives it or not. */
export async function stopRun({ tx, ctx, at }: Given, run: RunEntity, reason: string): Promise<void> {
  await tx.query(`update campaign_run set control = 'abort', revision = revision + 1 where id = $1`, [
    run.id,
  ]);
  if (!isOnTheWayBack(run)) await tellOfStop({ tx, ctx, at }, run, reason);
  const { tenantId } = ctx;
  const workflowId = scaleBackWorkflowId(run.id);
  await postToOutbox(tx, tenantId, {
    kind: 'signal',
    workflowId: runWorkflowId(run.id),
    signal: RUN_CHANGED,
  });
  // The scale-back does not wait for the run, which may be stuck or gone.
  await postToOutbox(tx, tenantId, {
    kind: 'start',
    workflow: 'scaleBack',
    workflowId,
    input: { tenantId, runId: run.id, reason: `stop switch: ${reason}` },
  });
  // One that is under way already may rest, or be held: now it hurries.
  await postToOutbox(tx, tenantId, { kind: 'signal', workflowId, signal: RUN_CHANGED });
}

/** Until the way back begins, the run would go on saying what it buys. */
async function tellOfStop({ tx, ctx, at }: Given, run: RunEntity, reason: string): Promise<void> {
  const who = ctx.actor.name;
  const told =
    reason === '' ? sentence('command.abort', { who }) : sentence('command.abort-because', { who, reason });
  const { summary, summarySentences } = summaryOf(told);
  await tx.query('update campaign_run set summary = $2, summary_sentences = $3 where id = $1', [
    run.id,
    summary,
    JSON.stringify(summarySentences),
  ]);
  const entry = { step: 'command.abort', level: 'warning' as const, sentences: [told] };
  await note(tx, ctx, run.id, { ...entry, once: `stop-switch/${at}` }, at);
}
