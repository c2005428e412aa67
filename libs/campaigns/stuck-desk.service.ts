import {
  RUN_CHANGED,
  englishOf,
  scaleBackWorkflowId,
  sentence,
  type Sentence,
  type StuckBody,
  type StuckDecision,
  type StuckOutcome,
} from '@springtide/contracts';
import {
  StuckEffects,
  abandonFoundIn,
  abandonIn,
  effectTransaction,
  type EffectLedger,
} from '@springtide/effects';
import type { StuckEffect } from '@springtide/effects/domain';
import { recordAudit, requirePermission } from '@springtide/identity';
import { SpringtideError, asSpringtideError, type Clock } from '@springtide/kernel';
import { postToOutbox, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { findWayBack, saveWayBack } from './data/way-back.repository.js';
import { isSamePlace } from './domain/index.js';
import { note } from './run-timeline.js';
import { costOf, decisionOf, effectOf } from './stuck-story.js';

type Page = Readonly<{ limit: number; cursor?: string | undefined; runId?: string | undefined }>;

/** Where people decide about what came no further: each choice says what it costs, and is on record with who made it. */
export class StuckDesk {
  private readonly effects: StuckEffects;

  constructor(
    private readonly database: Database,
    private readonly ledger: EffectLedger,
    private readonly clock: Clock,
  ) {
    this.effects = new StuckEffects(ledger);
  }

  async list(
    ctx: RequestContext,
    page: Page,
    nameOf: (accountId: string) => string,
  ): Promise<{ items: StuckBody[]; next: string | null }> {
    requirePermission(ctx, 'effect:read');
    const all = (await this.effects.list(ctx.tenantId)).filter(
      (one) => page.runId === undefined || one.runId === page.runId,
    );
    const from = page.cursor === undefined ? 0 : all.findIndex((one) => placeOf(one) > (page.cursor ?? ''));
    const rows = from < 0 ? [] : all.slice(from, from + page.limit);
    const last = rows.at(-1);
    const more = from >= 0 && all.length > from + page.limit && last !== undefined;
    return {
      items: rows.map((row) => asBody(row, nameOf(row.accountId))),
      next: more ? placeOf(last) : null,
    };
  }

  /** @throws not-found when it is not stuck any more: what was chosen has no effect then. */
  async resolve(ctx: RequestContext, id: string, decision: StuckDecision): Promise<StuckOutcome> {
    requirePermission(ctx, 'effect:write');
    const effect = (await this.effects.list(ctx.tenantId)).find((one) => idOf(one) === id);
    if (effect === undefined) {
      throw new SpringtideError('not-found', `${id} is not stuck, or not any more; nothing was done`, {
        nextStep: 'Look at the list again: springtide stuck list.',
      });
    }
    if (!CHOICES[effect.kind].includes(decision.choice)) {
      throw new SpringtideError(
        'failed-precondition',
        `"${decision.choice}" does not fit what is ${effect.kind}; nothing was done`,
        { nextStep: `Choose one of: ${CHOICES[effect.kind].join(', ')}.` },
      );
    }
    if (decision.choice === 'abandon') return await this.abandon(ctx, effect, decision.reason);
    const failed = await this.attempt(ctx, effect, decision);
    await this.inTransaction(ctx, effect, decision, async () => await Promise.resolve());
    if (failed !== undefined) {
      const { code, message } = failed;
      return outcomeOf(id, 'still-stuck', [sentence('outcome.failed', { code, message })]);
    }
    const still = (await this.effects.list(ctx.tenantId)).some((one) => idOf(one) === id);
    return still
      ? outcomeOf(id, 'still-stuck', [sentence('outcome.asked', {})])
      : outcomeOf(id, 'done', [sentence('outcome.done', {})]);
  }

  private async attempt(
    ctx: RequestContext,
    effect: StuckEffect,
    decision: Exclude<StuckDecision, { choice: 'abandon' }>,
  ): Promise<SpringtideError | undefined> {
    try {
      if (decision.choice === 'retry') await this.effects.retry(ctx.tenantId, effect);
      else await this.effects.adopt(ctx.tenantId, effect, decision.machineId);
      return undefined;
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      // What the person asked for was wrong; a cloud that still says no is an outcome.
      if (decision.choice === 'adopt') throw error;
      return error;
    }
  }

  private async abandon(ctx: RequestContext, effect: StuckEffect, reason: string): Promise<StuckOutcome> {
    const at = this.clock.now().toISOString();
    await this.inTransaction(ctx, effect, { choice: 'abandon', reason }, async (tx) => {
      const by = { at, by: ctx.actor.name, reason };
      const books = effectTransaction(tx, ctx.tenantId);
      if (effect.kind === 'found-by-tag') await abandonFoundIn(books, effect, by);
      else await abandonIn(books, effect, by);
    });
    return outcomeOf(idOf(effect), 'done', [sentence('outcome.abandoned', {}), costOf(effect)]);
  }

  /** What was decided, told and audited together; the run's way back looks again at once. */
  private async inTransaction(
    ctx: RequestContext,
    effect: StuckEffect,
    decision: StuckDecision,
    work: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const at = this.clock.now().toISOString();
    await this.database.unitOfWork(ctx, async (tx) => {
      await work(tx);
      await this.tryAgainNow(tx, ctx, effect, at);
      const [known] = await tx.query<unknown[]>('select 1 from campaign_run where id = $1', [effect.runId]);
      if (known !== undefined) {
        const sentences = decisionOf(ctx.actor.name, decision, effect);
        const once = `stuck/${idOf(effect)}/${decision.choice}/${at}`;
        await note(tx, ctx, effect.runId, { step: 'stuck.decided', level: 'warning', sentences, once }, at);
      }
      await recordAudit(tx, ctx, {
        action: `stuck.${decision.choice}`,
        target: { kind: 'effect', id: effect.intentId },
        after: {
          ...decision,
          kind: effect.kind,
          count: effect.items.length,
          costPerHour: effect.costPerHour?.amount,
        },
        show: ['choice', 'machineId', 'reason', 'kind', 'count', 'costPerHour'],
        at,
      });
      const signal = {
        kind: 'signal',
        workflowId: scaleBackWorkflowId(effect.runId),
        signal: RUN_CHANGED,
      } as const;
      await postToOutbox(tx, ctx.tenantId, signal);
    });
  }

  private async tryAgainNow(
    tx: EntityManager,
    ctx: RequestContext,
    effect: StuckEffect,
    at: string,
  ): Promise<void> {
    const kept = await findWayBack(tx, effect.runId, 'for update');
    if (kept === undefined) return;
    const obstacles = kept.obstacles.map((one) =>
      isSamePlace(one, effect) ? { ...one, tries: 0, nextTry: at } : one,
    );
    await saveWayBack(tx, ctx.tenantId, effect.runId, { ...kept, obstacles });
  }
}

const CHOICES: Readonly<Record<StuckEffect['kind'], readonly StuckDecision['choice'][]>> = {
  creating: ['retry', 'abandon'],
  'unknown-outcome': ['retry', 'adopt', 'abandon'],
  deleting: ['retry', 'abandon'],
  'not-deleted': ['retry', 'abandon'],
  'found-by-tag': ['retry', 'adopt', 'abandon'],
};

function asBody(effect: StuckEffect, account: string): StuckBody {
  const { items, ...row } = effect;
  return {
    ...row,
    id: idOf(effect),
    account,
    machines: items.flatMap(({ machineId }) => (machineId === null ? [] : [machineId])),
    count: items.length,
    choices: CHOICES[effect.kind].map((choice) => {
      const sentences = effectOf(choice, effect);
      return { choice, effect: englishOf(sentences), sentences: [...sentences] };
    }),
  };
}

function outcomeOf(id: string, outcome: StuckOutcome['outcome'], sentences: Sentence[]): StuckOutcome {
  return { id, outcome, message: englishOf(sentences), sentences };
}

function idOf(effect: Pick<StuckEffect, 'intentId' | 'kind'>): string {
  return `${effect.intentId}.${effect.kind}`;
}

/** Sorts as the list does. */
function placeOf(effect: StuckEffect): string {
  return `${effect.since}~${idOf(effect)}`;
}
