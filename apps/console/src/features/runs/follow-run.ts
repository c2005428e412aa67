import {
  RunBody,
  TimelineEntry,
  pathOf,
  routes,
  type ApiClient,
  type ApiProblem,
} from '@springtide/contracts';
import { EventReader, type StreamEvent } from './event-stream.js';

export type FeedMode = 'connecting' | 'live' | 'polling' | 'ended';

export type RunListener = Readonly<{
  run(run: RunBody): void;
  entries(entries: readonly TimelineEntry[]): void;
  mode(mode: FeedMode): void;
  /** Neither the stream nor the questions were answered; it goes on trying. */
  trouble(problem: ApiProblem | null): void;
}>;

type Feed = Readonly<{
  runId: string;
  token: string;
  client: ApiClient;
  signal: AbortSignal;
  listener: RunListener;
}>;

const AGAIN_MS = 1_000;
const POLL_MS = 2_000;
const PAGE = 200;

/** Follows a run until it is closed or `signal` fires: by stream, resumed where it broke; by questions where none passes. */
export async function followRun(feed: Feed): Promise<void> {
  let after = 0;
  const keep = (id: number): void => {
    after = Math.max(after, id);
  };
  feed.listener.mode('connecting');
  while (!feed.signal.aborted) {
    const outcome = await readStream(feed, after, keep);
    if (outcome === 'end') {
      feed.listener.mode('ended');
      return;
    }
    if (outcome === 'broken') await ask(feed, after, keep);
    await pause(outcome === 'broken' ? POLL_MS : AGAIN_MS, feed.signal);
  }
}

type Outcome = 'end' | 'closed' | 'broken';

async function readStream(feed: Feed, after: number, keep: (id: number) => void): Promise<Outcome> {
  try {
    const response = await fetch(pathOf(routes.runEvents, { id: feed.runId }), {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${feed.token}`,
        ...(after > 0 ? { 'last-event-id': String(after) } : {}),
      },
      signal: feed.signal,
    });
    if (!response.ok || !response.body) return 'broken';
    feed.listener.mode('live');
    feed.listener.trouble(null);
    const reader = new EventReader();
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      for (const event of reader.take(piece)) {
        if (event.name === 'end') return 'end';
        deliver(feed.listener, event, keep);
      }
    }
    return 'closed';
  } catch {
    // Whatever broke the stream, the questions that follow say whether the server can be reached at all.
    return 'broken';
  }
}

function deliver(listener: RunListener, event: StreamEvent, keep: (id: number) => void): void {
  const data: unknown = JSON.parse(event.data);
  if (event.name === 'run') listener.run(RunBody.parse(data));
  if (event.name !== 'timeline') return;
  const entry = TimelineEntry.parse(data);
  keep(entry.id);
  listener.entries([entry]);
}

async function ask(feed: Feed, after: number, keep: (id: number) => void): Promise<void> {
  const { client, listener, runId } = feed;
  if (feed.signal.aborted) return;
  try {
    const params = { id: runId };
    listener.run(await client.call(routes.runGet, { params }));
    const { items } = await client.call(routes.runTimeline, { params, query: { after, limit: PAGE } });
    for (const entry of items) keep(entry.id);
    listener.entries(items);
    listener.mode('polling');
    listener.trouble(null);
  } catch (error) {
    if (!feed.signal.aborted) listener.trouble(error as ApiProblem);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
