import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workflowBundle } from '@springtide/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

/**
 * `replay.main.ts <folder> …` takes the workflows of this tree along every recorded way and prints one JSON line:
 * `{ replayed, failed: ["<file>: <why>"] }`. A process of its own, as a worker is.
 */
async function main(folders: readonly string[]): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const histories = (await Promise.all(folders.map(recorded))).flat();
  const codePath = await workflowBundle();
  const failed: string[] = [];
  const outcomes = Worker.runReplayHistories({ workflowBundle: { codePath } }, histories);
  for await (const { workflowId, error } of outcomes) {
    if (error !== undefined) failed.push(`${workflowId}: ${error.message}`);
  }
  process.stdout.write(`${JSON.stringify({ replayed: histories.length, failed })}\n`);
}

async function recorded(folder: string): Promise<{ workflowId: string; history: unknown }[]> {
  return await Promise.all(
    (await readdir(folder)).map(async (file) => ({
      workflowId: file,
      history: JSON.parse(await readFile(join(folder, file), 'utf8')) as unknown,
    })),
  );
}

await main(process.argv.slice(2));
process.exit(0);
