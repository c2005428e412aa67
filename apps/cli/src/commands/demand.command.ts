import {
  DemandForecastInput,
  routes,
  type CalendarBody,
  type CapacityFitBody,
  type CapacityFitInput,
  type DemandForecastBody,
  type DemandSeriesInput,
  type DemandSeriesSummary,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { durationText, numberText, percentText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { readBody, readDocument } from '../session/documents.js';
import { demandSeriesId } from '../session/references.js';
import { addMeasure } from './capacity-measure.command.js';
import { flag, required, type CommandLine } from './command-line.js';

const Import = z.object({
  name: z.string(),
  file: z.string().optional(),
  prometheus: z.string().optional(),
  query: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  step: z.coerce.number().int().optional(),
  filling: z.enum(['linear', 'hold']).optional(),
});
const IMPORT_FLAGS = [
  required('--name <name>', 'what the series is called'),
  flag('-f, --file <path>', 'CSV with the columns timestamp,value; - for standard input'),
  flag('--prometheus <url>', 'read from a Prometheus instead'),
  flag('--query <promql>', 'its query, which must answer one series'),
  flag('--from <instant>', 'beginning of what is read'),
  flag('--to <instant>', 'end of what is read'),
  flag('--step <seconds>', 'length of a step; a minute unless given'),
  flag('--filling <how>', 'linear or, for counts per interval, hold'),
];

export function addDemandCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'demand', 'what demand was, and what it will be');
  const importing = { options: Import, flags: IMPORT_FLAGS };
  line.verb(noun, 'import', 'keep a series from CSV or Prometheus', importing, async (given) => {
    const { session, options } = given;
    const { name, step, filling } = options;
    const body = {
      name,
      source: await sourceOf(line, options),
      ...(step === undefined ? {} : { stepSeconds: step }),
      ...(filling === undefined ? {} : { filling }),
    };
    const series = await session.call(routes.demandImport, { body });
    session.print(series, () => [seriesFacts(series)]);
  });
  line.verb(noun, 'list', 'demand series, newest first', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.demandList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['from', (row) => timeText(row.startsAt)],
          ['to', (row) => timeText(row.endsAt)],
          ['highest', (row) => numberText(row.highest)],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
  line.verb(
    noun,
    'show <series>',
    'one series, by name or id',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await demandSeriesId(session, reference);
      const series = await session.call(routes.demandGet, { params: { id } });
      session.print(series, () => [seriesFacts(series)]);
    },
  );
  line.verb(
    noun,
    'forecast',
    'demand per phase in quantiles, from history or from a peak',
    {
      options: z.object({ file: z.string() }),
      flags: [required('-f, --file <path>', 'phases and basis, YAML or JSON; - for standard input')],
    },
    async ({ session, options }) => {
      const body = await readBody(line.terminal, options.file, DemandForecastInput);
      const forecast = await session.call(routes.demandForecast, { body });
      session.print(forecast, () => forecastSections(forecast));
    },
  );
}

async function sourceOf(
  line: CommandLine,
  { file, prometheus: url, query, from, to }: z.output<typeof Import>,
): Promise<DemandSeriesInput['source']> {
  if (file !== undefined && url === undefined) {
    return { kind: 'csv', text: await readDocument(line.terminal, file) };
  }
  if (url === undefined || query === undefined || from === undefined || to === undefined) {
    throw new CliFailure(
      'A series comes from --file, or from --prometheus with --query, --from and --to. Nothing was sent.',
      EXIT.usage,
    );
  }
  return { kind: 'prometheus', url, query, from, to };
}

function seriesFacts(series: DemandSeriesSummary): Section {
  return factsOf([
    ['Name', series.name],
    ['Id', series.id],
    ['From', timeText(series.startsAt)],
    ['To', timeText(series.endsAt)],
    ['Step', durationText(series.stepSeconds)],
    ['Highest', `${numberText(series.highest)} at ${timeText(series.highestAt)}`],
    ['Mean', numberText(series.mean)],
  ]);
}

function forecastSections({ phases, basis }: DemandForecastBody): Section[] {
  return [
    factsOf([['Basis', basis]]),
    tableOf(
      [
        ['phase', (row) => row.phase],
        ['p50', (row) => numberText(row.p50)],
        ['p90', (row) => numberText(row.p90)],
        ['p99', (row) => numberText(row.p99)],
      ],
      phases,
    ),
  ];
}

export function addCalendarCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'calendar', 'sales, festivals, freezes, campaigns, and where they clash');
  line.verb(
    noun,
    'show',
    'one year',
    {
      options: z.object({ year: z.coerce.number().int() }),
      flags: [required('--year <year>', 'for example 2026')],
    },
    async ({ session, options: { year } }) => {
      const calendar = await session.call(routes.calendar, { query: { year } });
      session.print(calendar, () => calendarSections(calendar));
    },
  );
  line.verb(
    noun,
    'freeze <name>',
    'a period in which nothing is to be changed',
    {
      options: z.object({ from: z.string(), to: z.string() }),
      flags: [required('--from <instant>', 'its beginning'), required('--to <instant>', 'its end')],
    },
    async ({ session, args: [name = ''], options: { from, to } }) => {
      const body = { name, startsAt: from, endsAt: to };
      const freeze = await session.call(routes.freezeCreate, { body });
      session.print(freeze, () => [factsOf([['Freeze', freeze.id]])]);
    },
  );
  line.verb(
    noun,
    'unfreeze <id>',
    'take a freeze off the calendar',
    {},
    async ({ session, args: [id = ''] }) => {
      await session.call(routes.freezeDelete, { params: { id } });
    },
  );
}

function calendarSections({ events, freezes, campaigns, clashes }: CalendarBody): Section[] {
  const rows = [
    ...events.map(({ name, nameZh, ...rest }) => ({ what: `${name} ${nameZh}`, ...rest })),
    ...freezes.map(({ name, ...rest }) => ({ what: name, kind: 'freeze', ...rest })),
    ...campaigns.map(({ name, ...rest }) => ({ what: name, kind: 'campaign', ...rest })),
  ].toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  return [
    tableOf(
      [
        ['from', (row) => timeText(row.startsAt)],
        ['to', (row) => timeText(row.endsAt)],
        ['kind', (row) => row.kind],
        ['what', (row) => row.what],
      ],
      rows,
    ),
    tableOf(
      [
        ['clash from', (row) => timeText(row.startsAt)],
        ['to', (row) => timeText(row.endsAt)],
        ['what', (row) => row.text],
      ],
      clashes,
    ),
  ];
}

const Fit = z.object({
  machineType: z.string(),
  latency: z.coerce.number(),
  samples: z.string().optional(),
  prometheus: z.string().optional(),
  rate: z.string().optional(),
  latencies: z.string().optional(),
  utilisation: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  step: z.coerce.number().int().default(60),
});
const FIT_FLAGS = [
  required('--machine-type <type>', 'the type that was measured'),
  required('--latency <ms>', 'the latency it must keep, as a rule at the 99th percentile'),
  flag('--samples <path>', 'CSV with rps,latencyMs and utilisation; - for standard input'),
  flag('--prometheus <url>', 'read metrics of one machine instead'),
  flag('--rate <promql>', 'its requests per second'),
  flag('--latencies <promql>', 'its latency in milliseconds'),
  flag('--utilisation <promql>', 'the busy part of its processors, 0 to 1'),
  flag('--from <instant>', 'beginning of what is read'),
  flag('--to <instant>', 'end of what is read'),
  flag('--step <seconds>', 'length of a step; a minute unless given'),
];

async function measurementsOf(
  line: CommandLine,
  { samples, prometheus: url, rate, latencies: latencyMs, from, to, ...rest }: z.output<typeof Fit>,
): Promise<Pick<CapacityFitInput, 'samples' | 'metrics'>> {
  if (samples !== undefined && url === undefined) {
    return { samples: await readDocument(line.terminal, samples) };
  }
  if (samples !== undefined || !url || !rate || !latencyMs || !from || !to) {
    throw new CliFailure(
      'Measurements come from --samples, or from --prometheus with --rate, --latencies, --from and --to. Nothing was sent.',
      EXIT.usage,
    );
  }
  const { utilisation, step: stepSeconds } = rest;
  const metrics = { url, rate, latencyMs, from, to, stepSeconds };
  return { metrics: utilisation === undefined ? metrics : { ...metrics, utilisation } };
}

export function addCapacityCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'capacity', 'what one machine serves at a latency, and when');
  addTimes(noun, line);
  addMeasure(noun, line, fitFacts);
  line.verb(
    noun,
    'fit',
    'read it off measurements of one machine under load, or off its metrics while it served',
    { options: Fit, flags: FIT_FLAGS },
    async ({ session, options }) => {
      const { machineType, latency: latencyTargetMs } = options;
      const body = { machineType, latencyTargetMs, ...(await measurementsOf(line, options)) };
      const fit = await session.call(routes.capacityFit, { body });
      session.print(fit, () => [fitFacts(fit)]);
    },
  );
}

function addTimes(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'times <service>',
    'how long its machines took to boot and to warm up',
    {},
    async ({ session, args: [service = ''] }) => {
      const { items } = await session.call(routes.scalingReadyTimes, { params: { service } });
      const text = (seconds: Readonly<{ p50: number; p90: number; p99: number }>) =>
        [seconds.p50, seconds.p90, seconds.p99].map((value) => durationText(value)).join(' / ');
      session.print(items, () => [
        tableOf(
          [
            ['machine type', (row) => row.machineType],
            ['machines', (row) => row.machines],
            ['boot p50/p90/p99', (row) => text(row.bootSeconds)],
            ['warm-up', (row) => text(row.warmUpSeconds)],
            ['together', (row) => text(row.leadSeconds)],
            ['since', (row) => timeText(row.since)],
          ],
          items,
        ),
      ]);
    },
  );
}

function fitFacts({ rule, ...fit }: CapacityFitBody): Section {
  return factsOf([
    ['Machine type', rule.machineType],
    ['Requests per second', numberText(rule.requestsPerSecond)],
    ['At latency', `${numberText(rule.latencyTargetMs)} ms`],
    ['Basis', fit.basis],
    ['Busy there', percentText(fit.utilisation)],
    ['Saturation', `${numberText(fit.saturation)}/s`],
    ['Curve is off by', percentText(fit.fitError)],
    ['Evidence', rule.evidence],
  ]);
}
