import { routes, type CapacityFitBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { loadStep, type LoadStep } from '../load/load-step.js';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { numberText } from '../output/readable.js';
import { tableOf, type Section } from '../output/render.js';
import type { Terminal } from '../session/terminal.js';
import { flag, required, type CommandLine } from './command-line.js';

/** Beyond that, what is measured is this program. */
const MOST_LAG_MS = 100;
/** A machine that is so far behind, or fails so often, shows nothing more at a higher rate. */
const FAR_BEHIND = 4;
const OFTEN = 0.05;

const Measure = z.object({
  machineType: z.string(),
  latency: z.coerce.number().positive(),
  rates: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.number().positive().max(20_000)).min(5).max(30)),
  seconds: z.coerce.number().min(1).max(600).default(20),
});
const FLAGS = [
  required('--machine-type <type>', 'the type of the machine behind the address'),
  required('--latency <ms>', 'the latency it must keep at the 99th percentile'),
  required('--rates <list>', 'requests per second, rising, five at least: 20,40,80,120,160,200'),
  flag('--seconds <number>', 'how long each rate lasts; 20 unless given'),
];

export function addMeasure(
  noun: Command,
  line: CommandLine,
  factsOfFit: (fit: CapacityFitBody) => Section,
): void {
  line.verb(
    noun,
    'measure <url>',
    'load one machine from here at rising rates, and read off what it serves; nothing else should call it meanwhile',
    { options: Measure, flags: FLAGS },
    async ({ session, args: [url = ''], options }) => {
      if (!/^https?:/.test(url) || !URL.canParse(url)) throw noAddress(url);
      const { machineType, latency: latencyTargetMs, rates, seconds } = options;
      const tell = (text: string) => session.progress(text);
      const steps = await climb(line.terminal, { url, rates, seconds, latencyTargetMs, tell });
      const body = { machineType, latencyTargetMs, samples: csvOf(steps) };
      const fit = await session.call(routes.capacityFit, { body });
      session.print({ ...fit, steps }, () => [factsOfFit(fit), stepTable(steps)]);
    },
  );
}

type Climb = Readonly<{
  url: string;
  rates: readonly number[];
  seconds: number;
  latencyTargetMs: number;
  tell: (text: string) => void;
}>;

/** From the lowest rate up, until the machine is plainly full. @throws where this program could not keep its own pace. */
async function climb(
  terminal: Terminal,
  { url, rates, seconds, latencyTargetMs, tell }: Climb,
): Promise<readonly LoadStep[]> {
  const steps: LoadStep[] = [];
  for (const requestsPerSecond of rates.toSorted((a, b) => a - b)) {
    const step = await loadStep(terminal, { url, requestsPerSecond, seconds });
    if (step.lagMs > MOST_LAG_MS) throw tooSlow(step);
    const { failed, sent, latencyMs } = step;
    tell(`${requestsPerSecond}/s: ${latencyMs.toFixed(0)} ms at p99, ${failed} of ${sent} failed`);
    steps.push(step);
    if (latencyMs > FAR_BEHIND * latencyTargetMs || failed > OFTEN * sent) break;
  }
  return steps;
}

function csvOf(steps: readonly LoadStep[]): string {
  const rows = steps.map(({ requestsPerSecond, latencyMs }) => `${requestsPerSecond},${latencyMs}`);
  return ['rps,latencyMs', ...rows].join('\n');
}

function stepTable(steps: readonly LoadStep[]): Section {
  return tableOf(
    [
      ['requests/s', (row) => numberText(row.requestsPerSecond)],
      ['p99 ms', (row) => numberText(row.latencyMs)],
      ['sent', (row) => row.sent],
      ['failed', (row) => row.failed],
    ],
    steps,
  );
}

function noAddress(url: string): CliFailure {
  return new CliFailure(
    `"${url}" is no address of a machine. Nothing was sent.`,
    EXIT.usage,
    'Give one that it serves, as http://10.0.0.9:8080/items.',
  );
}

function tooSlow({ requestsPerSecond, lagMs }: LoadStep): CliFailure {
  return new CliFailure(
    `Not measured: at ${requestsPerSecond} requests/s this program itself was ${lagMs.toFixed(0)} ms late, so no capacity was concluded.`,
    EXIT.error,
    'Run it on a machine with less to do, or at lower rates.',
  );
}
