import type { ApiProblem, RunBody, TimelineEntry } from '@springtide/contracts';
import { useEffect, useState } from 'react';
import { useSession } from '../../app/session.js';
import { followRun, type FeedMode } from './follow-run.js';

/** What was ready when, per service; kept while the page is open. */
export type Sample = Readonly<{ at: number; ready: Readonly<Record<string, number>> }>;

export type RunNow = Readonly<{
  run: RunBody | null;
  entries: readonly TimelineEntry[];
  samples: readonly Sample[];
  mode: FeedMode;
  trouble: ApiProblem | null;
}>;

const MOST_SAMPLES = 3_600;
const MOST_ENTRIES = 1_000;
const NOTHING: RunNow = { run: null, entries: [], samples: [], mode: 'connecting', trouble: null };

export function useRun(runId: string): RunNow {
  const { client, token, expire } = useSession();
  const [now, setNow] = useState<RunNow>(NOTHING);
  useEffect(() => {
    const ending = new AbortController();
    setNow(NOTHING);
    const listener = {
      run: (run: RunBody) =>
        setNow((was) => ({ ...was, run, samples: [...was.samples, sampleOf(run)].slice(-MOST_SAMPLES) })),
      entries: (entries: readonly TimelineEntry[]) =>
        setNow((was) => ({ ...was, entries: joined(was.entries, entries) })),
      mode: (mode: FeedMode) => setNow((was) => ({ ...was, mode })),
      trouble: (trouble: ApiProblem | null) => {
        if (trouble?.status === 401) expire();
        setNow((was) => ({ ...was, trouble }));
      },
    };
    if (token !== null) void followRun({ runId, token, client, signal: ending.signal, listener });
    return () => ending.abort();
  }, [runId, token, client, expire]);
  return now;
}

function sampleOf(run: RunBody): Sample {
  return { at: Date.now(), ready: Object.fromEntries(run.capacity.map((row) => [row.service, row.ready])) };
}

/** A resumed stream may repeat what was already told. */
function joined(known: readonly TimelineEntry[], more: readonly TimelineEntry[]): TimelineEntry[] {
  const last = known.at(-1)?.id ?? 0;
  return [...known, ...more.filter((entry) => entry.id > last)].slice(-MOST_ENTRIES);
}
