import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporalBinary } from '@springtide/platform';
import type { Client } from '@temporalio/client';

const run = promisify(execFile);
const LARGEST = 64 * 1024 * 1024;

export type EngineHistory = Readonly<{ workflowId: string; type: string; json: string }>;

/** What the engine itself wrote of every workflow whose id names one of `ids`, read with its own command line. */
export async function historiesOf(
  client: Client,
  address: string,
  ids: readonly string[],
): Promise<readonly EngineHistory[]> {
  const binary = await temporalBinary();
  const found: EngineHistory[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    if (!ids.some((id) => workflowId.includes(id))) continue;
    const show = ['workflow', 'show', '-w', workflowId, '-r', runId, '--output', 'json'];
    const { stdout } = await run(binary, [...show, '--address', address], { maxBuffer: LARGEST });
    found.push({ workflowId, type, json: stdout });
  }
  return found;
}
