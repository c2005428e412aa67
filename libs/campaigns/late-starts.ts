import { sentence, type LateStart, type PhaseName } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import { readStarts } from './data/run-starts.repository.js';
import { dueAt, inTimeUntil, type StartFacts } from './domain/index.js';
import type { OpenRun, RunBook } from './run-book.js';

type Phases = OpenRun['run']['phases'][number];

/** Tells of each phase until when its start is in time, where its campaign skips starts that come too late. */
export async function skipsAfter(
  book: RunBook,
  open: OpenRun,
): Promise<(phase: Phases) => Readonly<{ startBy?: Instant }>> {
  const { lateStart } = open.campaign.input;
  if (lateStart?.policy !== 'skip') return () => ({});
  const facts = await startsOf(book, open);
  return (phase) => {
    const startBy = inTimeUntil(phase, lateStart, facts);
    return startBy === undefined ? {} : { startBy };
  };
}

/** A phase is about to begin: tells so where that is later than its campaign calls in time. */
export async function tellLateStart(book: RunBook, open: OpenRun, name: PhaseName): Promise<void> {
  const late = await lateness(book, open, name);
  if (late === undefined || late.until === undefined || late.until >= book.now()) return;
  await book.note(open.run.tenantId, open.run.id, {
    step: 'phase.late',
    level: 'warning',
    sentences: [sentence('phase.late', { phase: name, due: late.due, minutes: late.afterMinutes })],
    once: `late-start/${name}`,
  });
}

export async function tellSkipped(book: RunBook, open: OpenRun, name: PhaseName): Promise<void> {
  const late = await lateness(book, open, name);
  if (late === undefined) return;
  await book.note(open.run.tenantId, open.run.id, {
    step: 'phase.skipped',
    level: 'problem',
    sentences: [sentence('phase.skipped', { phase: name, due: late.due, minutes: late.afterMinutes })],
    once: `late-start/${name}/skipped/${late.due}`,
  });
}

/** `until`: the last moment in time; undefined for a phase that was begun. Nothing where the campaign does not say. */
async function lateness(
  book: RunBook,
  open: OpenRun,
  name: PhaseName,
): Promise<(LateStart & Readonly<{ due: Instant; until: Instant | undefined }>) | undefined> {
  const { lateStart } = open.campaign.input;
  const phase = open.run.phases.find((one) => one.name === name);
  if (lateStart === undefined || phase === undefined) return undefined;
  const facts = await startsOf(book, open);
  return { ...lateStart, due: dueAt(phase, facts), until: inTimeUntil(phase, lateStart, facts) };
}

async function startsOf(book: RunBook, { run }: OpenRun): Promise<StartFacts> {
  return await book.within(run.tenantId, run.id, async (tx) => await readStarts(tx, run));
}
