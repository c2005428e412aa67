import { Sentence, clausesFact, englishOf, sentence, type TimelineEntry } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import { z } from 'zod';
import type { RunEntity } from './data/campaign.entity.js';

type Queryable = { query(sql: string, parameters?: unknown[]): Promise<unknown> };

export type TimelineNote = Readonly<{
  step: string;
  level?: TimelineEntry['level'];
  /** What is told, in order; readers get it in their own language. */
  sentences: readonly Sentence[];
  facts?: Readonly<Record<string, string | number>>;
  /** What makes this note one and the same, however often the step is repeated. */
  once: string;
}>;

/** Adds a line to the run's story, once. */
export async function note(
  tx: Queryable,
  ctx: RequestContext,
  runId: string,
  entry: TimelineNote,
  at: Instant,
): Promise<void> {
  await tx.query(
    `insert into campaign_timeline (tenant_id, run_id, at, step, level, detail, facts, sentences, once_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant_id, run_id, once_key) do nothing`,
    [
      ctx.tenantId,
      runId,
      at,
      entry.step,
      entry.level ?? 'info',
      englishOf(entry.sentences),
      JSON.stringify(entry.facts ?? {}),
      JSON.stringify(entry.sentences),
      entry.once,
    ],
  );
}

/** What a phase of the way back waits for, in one line. */
export function waitsLine(clauses: readonly Sentence[]): readonly Sentence[] {
  return clauses.length === 0 ? [] : [sentence('waits', { waitsFor: clausesFact(clauses) })];
}

/** What a run does now, as it is stored. */
export function summaryOf(sentence: Sentence): Pick<RunEntity, 'summary' | 'summarySentences'> {
  return { summary: englishOf([sentence]), summarySentences: [sentence] };
}

const Row = z
  .object({
    id: z.string().transform(Number),
    at: z.date().transform((date) => date.toISOString()),
    step: z.string(),
    level: z.enum(['info', 'warning', 'problem']),
    detail: z.string(),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    sentences: z.array(Sentence).nullable(),
  })
  .transform(({ sentences, ...row }) => (sentences === null ? row : { ...row, sentences }));

export async function readTimeline(
  tx: Queryable,
  runId: string,
  afterId: number,
  limit: number,
): Promise<TimelineEntry[]> {
  return z.array(Row).parse(
    await tx.query(
      `select id, at, step, level, detail, facts, sentences from campaign_timeline
       where run_id = $1 and id > $2 order by id limit $3`,
      [runId, afterId, limit],
    ),
  );
}
