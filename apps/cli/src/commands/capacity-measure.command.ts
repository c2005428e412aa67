import { routes, type CapacityFitBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { routeInService } from '../load/in-service.js';
import { loadStep, type LoadStep } from '../load/load-step.js';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { numberText } from '../output/readable.js';
import { tableOf, type Section } from '../output/render.js';
import type { Session } from '../session/session.js';
import type { Terminal } from '../session/terminal.js';
import { flag, required, type CommandLine } from './command-line.js';

/** Beyond that, what is measured is this program. */
const MOST_LAG_MS = 100;
/** A machine that is so far behind, or fails so often, shows nothing more at a higher rate. */
const FAR_BEHIND = 4;
const OFTEN = 0.05;
/** Fewer show no curve. */
const LEAST_STEPS = 5;

const Measure = z.object({
  machineType: z.string(),
  latency: z.coerce.number().positive(),
  rates: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(
      z
        .array(z.number('not every rate is a number').positive().max(20_000))
        .min(LEAST_STEPS, `fewer than ${LEAST_STEPS} rates show no curve`)
        .max(30),
    ),
  seconds: z.coerce.number().min(1).max(600).default(20),
  inService: z.boolean().default(false),
});
const FLAGS = [
  required('--machine-type <type>', 'the type of the machine behind the address'),
  required('--latency <ms>', 'the latency it must keep at the 99th percentile'),
  required('--rates <list>', 'requests per second, rising, five at least: 20,40,80,120,160,200'),
  flag('--seconds <number>', 'how long each rate lasts; 20 unless given'),
  flag('--in-service', 'load it although a route sends it customers'),
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
      if (!options.inService) await requireOutOfService(session, url);
      const tell = (text: string) => session.progress(text);
      tell(whatIsSent(url, rates, seconds));
      const steps = await climb(line.terminal, { url, rates, seconds, latencyTargetMs, tell });
      if (steps.length < LEAST_STEPS) throw fullTooSoon(steps);
      const body = { machineType, latencyTargetMs, samples: csvOf(steps, latencyTargetMs) };
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

/** How far an overloaded machine falls behind tells how long it was loaded: that it was too much is all that counts. */
function csvOf(steps: readonly LoadStep[], latencyTargetMs: number): string {
  const most = FAR_BEHIND * latencyTargetMs;
  const rows = steps.map(
    ({ requestsPerSecond, latencyMs }) => `${requestsPerSecond},${Math.min(latencyMs, most)}`,
  );
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

/** @throws where a route that is known here sends its customers to this address. */
async function requireOutOfService(session: Session, url: string): Promise<void> {
  const known = await session.all((cursor) =>
    session.call(routes.routeList, { query: { limit: 200, cursor } }),
  );
  const route = routeInService(url, known);
  if (route === undefined) return;
  throw new CliFailure(
    `Nothing was sent: route "${route}" sends customers to ${url}, and they would wait while it is loaded.`,
    EXIT.usage,
    'Measure a machine that no route sends to. If you mean this one all the same: --in-service.',
  );
}

function whatIsSent(url: string, rates: readonly number[], seconds: number): string {
  const total = rates.reduce((sum, rate) => sum + Math.round(rate * seconds), 0);
  const most = Math.max(...rates);
  return `GET ${url} at ${Math.min(...rates)} to ${most} requests/s, ${total} requests at most; Ctrl-C ends it.`;
}

function fullTooSoon(steps: readonly LoadStep[]): CliFailure {
  return new CliFailure(
    `Not measured: the machine was full at ${steps.at(-1)?.requestsPerSecond ?? 0} requests/s, rate ${steps.length} of at least ${LEAST_STEPS} that it takes, so no capacity was concluded.`,
    EXIT.error,
    'Begin lower, with more rates that it can serve.',
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
