import { PHASE_NAMES, routes, type RunBody, type RunCommand } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { planSections, runSections } from '../output/campaign-sections.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { explanationText } from '../output/explanation.js';
import { moneyText, timeText } from '../output/readable.js';
import { tableOf } from '../output/render.js';
import { campaignId, runId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';
import { followRun } from './follow-run.js';
import { parseMoney } from './parse-money.js';
import { addPlanComparisonVerbs } from './plan-comparison.command.js';
import { addWayBackOrders } from './way-back.command.js';

export function addRunCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'run', 'what happens now; <run> is its id or the name of its campaign');
  line
    .verb(
      noun,
      'show <run>',
      'machines, capacity, traffic, spend',
      {},
      async ({ session, args: [reference = ''] }) => {
        const id = await runId(session, reference);
        const run = await session.call(routes.runGet, { params: { id } });
        return show(session, run);
      },
    )
    .alias('get');
  line.verb(
    noun,
    'watch <run>',
    'its story as it happens, until it has closed',
    {},
    async ({ session, args: [reference = ''] }) => {
      return await followRun(session, await runId(session, reference));
    },
  );
  for (const command of ['pause', 'resume'] as const) {
    const what = command === 'pause' ? 'buy nothing more, keep what is there' : 'go on after a pause';
    line.verb(noun, `${command} <run>`, what, {}, async ({ session, args: [reference = ''] }) => {
      return await order(session, reference, { command });
    });
  }
  addChanges(noun, line);
  addWayBackOrders(noun, line, order);
}

function addChanges(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'extend <run>',
    'hold for longer',
    {
      options: z.object({
        minutes: z.coerce
          .number()
          .min(0.1)
          .max(7 * 24 * 60),
      }),
      flags: [required('--minutes <number>', 'how much longer')],
    },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'extend', minutes: options.minutes }),
  );
  line.verb(
    noun,
    'abort <run>',
    'bring everything back now; needs no approval',
    {
      options: z.object({ reason: z.string().default('') }),
      flags: [flag('--reason <text>', 'for the audit')],
    },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'abort', reason: options.reason }),
  );
  line.verb(
    noun,
    'target <run>',
    'change the demand of a service in a phase',
    {
      options: z.object({
        service: z.string(),
        phase: z.enum(PHASE_NAMES),
        rps: z.coerce.number().min(0),
      }),
      flags: [
        required('--service <name>', 'service of the template'),
        required('--phase <phase>', PHASE_NAMES.join(', ')),
        required('--rps <number>', 'requests per second'),
      ],
    },
    async ({ session, args: [reference = ''], options: { service, phase, rps } }) =>
      await order(session, reference, { command: 'change-target', service, phase, requestsPerSecond: rps }),
  );
  line.verb(
    noun,
    'budget <run>',
    'raise the budget',
    {
      options: z.object({ amount: z.string() }),
      flags: [required('--amount <money>', 'for example "EUR 500"')],
    },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'raise-budget', budget: parseMoney(options.amount) }),
  );
}

export function addPlanCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'plan', 'what would be bought, and why');
  line.verb(
    noun,
    'list',
    'revisions of a campaign’s plan, newest first',
    { options: z.object({ campaign: z.string() }), flags: [required('--campaign <campaign>', 'name or id')] },
    async ({ session, options }) => {
      const id = await campaignId(session, options.campaign);
      const { items } = await session.call(routes.planList, { params: { id } });
      session.print(items, () => [
        tableOf(
          [
            ['revision', (row) => row.revision],
            ['status', (row) => row.status],
            ['cost', (row) => moneyText(row.cost)],
            ['solver', (row) => row.solver],
            ['created', (row) => timeText(row.createdAt)],
            ['id', (row) => row.id],
          ],
          items,
        ),
      ]);
    },
  );
  line.verb(noun, 'get <plan>', 'one plan by its id', {}, async ({ session, args: [id = ''] }) => {
    const plan = await session.call(routes.planGet, { params: { id } });
    session.print(plan, () => planSections(plan, session.options.language));
  });
  line.verb(noun, 'explain <plan>', 'why it is as it is', {}, async ({ session, args: [id = ''] }) => {
    const { language } = session.options;
    const { reasons } = await session.call(routes.planGet, { params: { id }, query: { language } });
    session.print(reasons, () => [explanationText(reasons, language)]);
  });
  addPlanComparisonVerbs(noun, line);
}

async function order(session: Session, reference: string, body: RunCommand): Promise<ExitCode> {
  const id = await runId(session, reference);
  const run = await session.call(routes.runCommand, { params: { id }, body });
  return show(session, run);
}

function show(session: Session, run: RunBody): ExitCode {
  session.print(run, () => runSections(run, session.options.language));
  const ended = run.state === 'closed' || run.state === 'stuck';
  return ended && run.leftovers.length > 0 ? EXIT.leftovers : EXIT.ok;
}
