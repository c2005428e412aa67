import type { RunBody, TimelineEntry } from '@springtide/contracts';
import { MINUTE, SECOND, type Clock } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';

/** What the stream reads; the campaigns context fulfils it. */
export type RunReader = Readonly<{
  get(ctx: RequestContext, runId: string): Promise<RunBody>;
  timeline(ctx: RequestContext, runId: string, afterId: number, limit: number): Promise<TimelineEntry[]>;
}>;

type Pace = Readonly<{ pollMs: number; beatMs: number; lifeMs: number }>;

/**
 * A stream ends after `lifeMs`: the client resumes after its last event with its token checked anew, so that nobody
 * who was shut out keeps watching.
 */
const PACE: Pace = { pollMs: 500, beatMs: 15 * SECOND, lifeMs: 5 * MINUTE };

const PAGE = 200;

/** The run's story as server-sent events, read from the database: any process can serve it and none loses an event. */
export class RunEvents {
  #ending = false;

  constructor(
    private readonly runs: RunReader,
    private readonly clock: Clock,
    private readonly pace: Pace = PACE,
  ) {}

  /** Ends all streams at their next poll; clients come back elsewhere. */
  end(): void {
    this.#ending = true;
  }

  async *follow(ctx: RequestContext, runId: string, afterId: number): AsyncGenerator<string> {
    const until = this.now() + this.pace.lifeMs;
    let after = afterId;
    let shown = '';
    let spokenAt = this.now();
    yield `retry: 1000\n\n`;
    while (!this.#ending && this.now() < until) {
      // The run is read first: entries written after it are then part of the next round at the latest.
      const run = await this.runs.get(ctx, runId);
      const entries = await this.runs.timeline(ctx, runId, after, PAGE);
      for (const entry of entries) yield event('timeline', entry, entry.id);
      after = entries.at(-1)?.id ?? after;
      const text = JSON.stringify(run);
      if (text !== shown) yield event('run', run);
      if (run.state === 'closed' && entries.length === 0) {
        yield event('end', { state: run.state });
        return;
      }
      if (text !== shown || entries.length > 0) spokenAt = this.now();
      shown = text;
      if (this.now() - spokenAt >= this.pace.beatMs) {
        yield ': still here\n\n';
        spokenAt = this.now();
      }
      if (entries.length < PAGE) await this.clock.sleep(this.pace.pollMs);
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function event(name: string, data: unknown, id?: number): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `${idLine}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
