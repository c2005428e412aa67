import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CampaignBody } from '@springtide/contracts';
import type { LoadProgress, LoadResult } from '../../../test/yard/load/load-generator.js';
import { nodeArguments } from '../../../test/yard/tools/node-arguments.js';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { startProcess } from '../../../test/yard/tools/process.js';
import { SERVICES, scheduleFor } from './demand.js';
import { demoFolder } from './engines.js';
import { screen } from './screen.js';

export type Load = Readonly<{
  result: Promise<LoadResult>;
  /** Rejects when the generator ends without a result. */
  lost: Promise<never>;
}>;

/** Sends the campaign's demand through both entrances at once, on the campaign's own time line. */
export async function startLoad(
  campaign: CampaignBody,
  entrances: Readonly<Record<string, string>>,
  series: readonly number[],
): Promise<Load> {
  const zero = Date.parse(campaign.phases[0]?.startsAt ?? campaign.createdAt);
  const targets = SERVICES.flatMap(({ name }, index) =>
    [name, `${name}-alone`].map((route) => ({
      name: route,
      url: entrances[route] ?? '',
      schedule: scheduleFor(series, name),
      seed: index + 1,
    })),
  );
  const phases = campaign.phases.map((phase) => ({
    name: phase.name,
    fromMs: Date.parse(phase.startsAt) - zero,
    toMs: Date.parse(phase.endsAt) - zero,
  }));
  const file = join(demoFolder(), 'load.json');
  await writeFile(
    file,
    JSON.stringify({ targets, phases, startAt: new Date(zero).toISOString(), timeoutMs: 2000 }),
  );
  let settle: (result: LoadResult) => void = () => undefined;
  const result = new Promise<LoadResult>((resolve) => {
    settle = resolve;
  });
  let over = false;
  const generator = await startProcess({
    name: 'load generator',
    command: process.execPath,
    args: [
      ...nodeArguments(join(projectRoot(), 'dist/test/yard/load'), 'load-generator.main'),
      '--config',
      file,
    ],
    ready: (line) => line.includes('"ready"'),
    logFile: join(demoFolder(), 'load.log'),
    onLine: (line) =>
      follow(line, (outcome) => {
        over = true;
        settle(outcome);
      }),
  });
  const lost = (async (): Promise<never> => {
    await generator.exited;
    // What it printed last is read before its end is believed.
    await wait(1_000);
    if (over) return await new Promise<never>(() => undefined);
    throw new Error('the load generator ended before its time; nothing was measured');
  })();
  lost.catch(() => undefined);
  return { result, lost };
}

const SHOW_EVERY_MS = 5_000;

function follow(line: string, settle: (result: LoadResult) => void): void {
  if (!line.startsWith('{')) return;
  const message = JSON.parse(line) as LoadProgress | LoadResult | { type: 'ready' };
  if (message.type === 'result') settle(message);
  if (message.type !== 'progress' || message.phase === '' || message.atMs < SHOW_EVERY_MS) return;
  if (message.atMs % SHOW_EVERY_MS >= 1_000) return;
  const sum = (alone: boolean, key: 'intended' | 'ok') =>
    Object.entries(message.targets)
      .filter(([name]) => name.endsWith('-alone') === alone)
      .reduce((total, [, target]) => total + target[key], 0);
  screen.say(
    `${message.phase.padEnd(8)} ${sum(false, 'intended')} requests/s wanted; served with burst ${sum(false, 'ok')}, without ${sum(true, 'ok')}.`,
  );
}
