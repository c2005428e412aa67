import { readFile } from 'node:fs/promises';
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * `replay.main.ts <file> …` takes the workflows of this tree along every recorded way and prints one JSON line:
 * `{ replayed, failed: ["<workflow id>: <why>"] }`. A process of its own, as a worker is.
 */
async function main(files: readonly string[]): Promise<void> {
  shareProtobuf();
  const { workflowBundle } = await import('@springtide/testing');
  const { DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
  const histories = await Promise.all(files.map(recorded));
  const codePath = await workflowBundle();
  const failed: string[] = [];
  const outcomes = Worker.runReplayHistories({ workflowBundle: { codePath } }, histories);
  for await (const { workflowId, error } of outcomes) {
    if (error !== undefined) failed.push(`${workflowId}: ${error.message}`);
  }
  process.stdout.write(`${JSON.stringify({ replayed: histories.length, failed })}\n`);
}

/**
 * npm installs the SDK's packages with a copy of protobufjs each, and the one that reads histories does not know the
 * types of the one that declares them. Here they share one.
 */
function shareProtobuf(): void {
  const declaring = createRequire(createRequire(import.meta.url).resolve('@temporalio/proto'));
  registerHooks({
    resolve: (specifier, context, next) => {
      const reads = context.parentURL?.includes('/@temporalio/common/') === true;
      if (!reads || !/^protobufjs(\/|$)/.test(specifier)) return next(specifier, context);
      const url = pathToFileURL(declaring.resolve(specifier)).href;
      return { url, format: 'commonjs', shortCircuit: true };
    },
  });
}

type Started = Readonly<{ workflowExecutionStartedEventAttributes: Readonly<{ workflowId: string }> }>;
type History = Readonly<{ events: readonly [Started] }>;

async function recorded(file: string): Promise<{ workflowId: string; history: unknown }> {
  const history = JSON.parse(await readFile(file, 'utf8')) as History;
  // Ids of children are made of it.
  const { workflowId } = history.events[0].workflowExecutionStartedEventAttributes;
  return { workflowId, history };
}

await main(process.argv.slice(2));
process.exit(0);
