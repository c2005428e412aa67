import { routes, type ReportLanguage, type StuckBody, type StuckDecision } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { priceText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { toldText } from '../output/told-text.js';
import { runId } from '../session/references.js';
import { flag, type CommandLine } from './command-line.js';

/** How many are read at most; the oldest come first. */
const MOST = 1_000;

export function addStuckCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'stuck', 'what came no further for too long, and what to do about it');
  line.verb(
    noun,
    'list',
    'oldest first, with what it costs while nothing is done',
    { options: z.object({ run: z.string().optional() }), flags: [flag('--run <run>', 'only of this run')] },
    async ({ session, options }) => {
      const of = options.run === undefined ? {} : { runId: await runId(session, options.run) };
      const items = await session.all(
        (cursor) => session.call(routes.stuckList, { query: { ...of, limit: 200, cursor } }),
        MOST,
      );
      session.print(items, () => [
        tableOf(
          [
            ['id', (row) => row.id],
            ['kind', (row) => row.kind],
            ['account', (row) => `${row.account} (${row.region})`],
            ['count', (row) => row.count],
            ['since', (row) => timeText(row.since)],
            ['per hour', (row) => priceText(row.costPerHour)],
            ['why', (row) => (row.problem === null ? '' : `${row.problem.code}: ${row.problem.message}`)],
          ],
          items,
        ),
        choiceTable(items, session.options.language),
      ]);
    },
  );
  line.verb(
    noun,
    'resolve <id>',
    'choose one: try again, adopt a machine, or give up and take on its cost',
    {
      options: z.object({
        retry: z.boolean().default(false),
        adopt: z.string().optional(),
        abandon: z.boolean().default(false),
        reason: z.string().optional(),
      }),
      flags: [
        flag('--retry', 'ask the cloud once more, now'),
        flag('--adopt <machine>', 'it carries the marks of this purchase'),
        flag('--abandon', 'nobody tries any more; needs --reason'),
        flag('--reason <text>', 'who takes on the cost, and why'),
      ],
    },
    async ({ session, args: [id = ''], options }) => {
      const body = decisionOf(options);
      const outcome = await session.call(routes.stuckResolve, { params: { id }, body });
      session.print(outcome, () => [
        factsOf([
          ['Outcome', outcome.outcome],
          ['What happened', toldText(outcome.sentences, outcome.message, session.options.language)],
        ]),
      ]);
      return outcome.outcome === 'done' ? EXIT.ok : EXIT.error;
    },
  );
}

function choiceTable(items: readonly StuckBody[], language: ReportLanguage): Section {
  return tableOf(
    [
      ['id', (row) => row.id],
      ['choice', (row) => row.choice],
      ['what it does', (row) => toldText(row.sentences, row.effect, language)],
    ],
    items.flatMap(({ id, choices }) => choices.map((choice) => ({ id, ...choice }))),
    'Choices',
  );
}

type Options = Readonly<{
  retry: boolean;
  adopt?: string | undefined;
  abandon: boolean;
  reason?: string | undefined;
}>;

function decisionOf({ retry, adopt, abandon, reason }: Options): StuckDecision {
  if (Number(retry) + Number(adopt !== undefined) + Number(abandon) !== 1) {
    throw new CliFailure(
      'Choose exactly one of --retry, --adopt and --abandon; nothing was sent.',
      EXIT.usage,
    );
  }
  if (adopt !== undefined) return { choice: 'adopt', machineId: adopt };
  if (retry) return { choice: 'retry' };
  if (reason !== undefined) return { choice: 'abandon', reason };
  throw new CliFailure(
    'Giving up needs a --reason, because somebody pays for it; nothing was sent.',
    EXIT.usage,
  );
}
