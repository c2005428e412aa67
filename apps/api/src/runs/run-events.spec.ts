import type { RunBody, TimelineEntry } from '@springtide/contracts';
import type { RequestContext } from '@springtide/platform';
import { fakeClock } from '@springtide/testing';
import { RunEvents, type RunReader } from './run-events.js';

const ctx: RequestContext = {
  tenantId: '00000000-0000-4000-8000-000000000001',
  actor: { kind: 'job', id: 'test', name: 'test' },
  requestId: 'test',
};

/** A run whose story grows by one line with every look at it. */
function growingRun(states: readonly string[]): RunReader {
  let looks = 0;
  return {
    get: async () => {
      const state = states[Math.min(looks, states.length - 1)];
      return {
        id: 'run',
        state,
        summary: `look ${Math.min(looks, states.length - 1)}`,
      } as unknown as RunBody;
    },
    timeline: async (_ctx, _run, after) => {
      looks += 1;
      const all = Array.from({ length: Math.min(looks, states.length) }, (_, index) => ({ id: index + 1 }));
      return all.filter((entry) => entry.id > after) as TimelineEntry[];
    },
  };
}

async function read(stream: AsyncGenerator<string>, most = 100): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
    if (pieces.length >= most) break;
  }
  return pieces;
}

const idsOf = (pieces: readonly string[]): number[] =>
  pieces.flatMap((piece) => {
    const id = /^id: (\d+)$/m.exec(piece)?.[1];
    return id === undefined ? [] : [Number(id)];
  });

const start = '2026-11-11T00:00:00.000Z';

describe('events of a run', () => {
  it('tell every line once, in order, and end with the run', async () => {
    const clock = fakeClock(start, { autoAdvance: true });
    const events = new RunEvents(growingRun(['ramping', 'holding', 'closed']), clock);
    const pieces = await read(events.follow(ctx, 'run', 0));
    expect(idsOf(pieces)).toEqual([1, 2, 3]);
    expect(pieces.filter((piece) => piece.startsWith('event: run'))).toHaveLength(3);
    expect(pieces.at(-1)).toBe('event: end\ndata: {"state":"closed"}\n\n');
  });

  it('resume after the last one that was seen', async () => {
    const clock = fakeClock(start, { autoAdvance: true });
    const events = new RunEvents(growingRun(['ramping', 'holding', 'closed']), clock);
    expect(idsOf(await read(events.follow(ctx, 'run', 2)))).toEqual([3]);
  });

  it('show that they still live while nothing happens, and end after their time', async () => {
    const clock = fakeClock(start, { autoAdvance: true });
    const reader: RunReader = {
      get: async () => ({ id: 'run', state: 'holding' }) as unknown as RunBody,
      timeline: async () => [],
    };
    const events = new RunEvents(reader, clock, { pollMs: 500, beatMs: 15_000, lifeMs: 60_000 });
    const pieces = await read(events.follow(ctx, 'run', 0));
    expect(pieces.filter((piece) => piece.startsWith(':'))).toHaveLength(3);
    expect(clock.slept()).toBe(60_000);
  });

  it('end when the process does', async () => {
    const clock = fakeClock(start, { autoAdvance: true });
    const events = new RunEvents(growingRun(['holding']), clock);
    const stream = events.follow(ctx, 'run', 0);
    await stream.next();
    events.end();
    const rest = await read(stream);
    expect(rest).toEqual([]);
  });
});
