import {
  REHEARSAL_STORMS,
  type RehearsalReplay,
  RehearsalStorm,
  routes,
  type RehearsalBody,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { rehearsalRows, rehearsalSections } from '../output/rehearsal-sections.js';
import { campaignId, demandSeriesId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';

export function addRehearsalCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(
    program,
    'rehearsal',
    'a plan lived through on simulated clouds, in compressed time',
  );
  line.verb(
    noun,
    'run <campaign>',
    'rehearse its current plan; ends with 1 when something did not hold',
    {
      options: z.object({
        storm: RehearsalStorm.default('calm'),
        seed: z.coerce.number().int().min(1).default(1),
        replay: z.string().optional(),
        replayFrom: z.string().optional(),
        multiple: z.coerce.number().optional(),
        service: z.string().optional(),
        wait: z.boolean().default(true),
      }),
      flags: [
        flag('--storm <name>', `what goes wrong: ${REHEARSAL_STORMS.join(', ')}`),
        flag('--seed <number>', 'the same seed gives the same rehearsal'),
        flag(
          '--replay <series>',
          'ask for the demand of a recorded series, by name or id; its peak falls on the peak',
        ),
        flag('--multiple <factor>', 'that demand times this: 1.3 is a third more'),
        flag(
          '--replay-from <instant>',
          'the instant of the series at which the campaign begins, instead of peak on peak',
        ),
        flag('--service <name>', 'the service that the series is of; all services unless given'),
        flag('--no-wait', 'do not wait for its end'),
      ],
    },
    async ({ session, args: [reference = ''], options }) => {
      const { storm, seed, wait } = options;
      const replay = await replayOf(session, options);
      const planId = await currentPlan(session, reference);
      const asked = await session.call(routes.rehearsalRequest, {
        params: { id: planId },
        body: { storm, seed, ...(replay === undefined ? {} : { replay }) },
      });
      session.progress(`Rehearsal ${asked.id} is under way; a day of a campaign takes about a minute …`);
      return show(session, wait ? await finished(session, asked.id) : asked);
    },
  );
  line.verb(
    noun,
    'share <campaign>',
    'make a campaign of a share of its current plan, to be approved and run on the real clouds; buys nothing',
    {
      options: z.object({ percent: z.coerce.number(), at: z.string() }),
      flags: [
        required('--percent <number>', 'of the machines of every pool, 1 to 50; of each pool at least one'),
        required('--at <instant>', 'when its first phase starts'),
      ],
    },
    async ({ session, args: [reference = ''], options: { percent, at } }) => {
      const made = await session.call(routes.shareRehearsalRequest, {
        params: { id: await currentPlan(session, reference) },
        body: { share: percent / 100, startsAt: at },
      });
      session.print(made, () => [
        `Campaign "${made.name}" (${made.id}) is being planned: nothing is bought. Submit, approve and arm it like any other; once it is closed, approvals of the plan name it as evidence.`,
      ]);
    },
  );
  line.verb(noun, 'list <campaign>', 'rehearsals of its current plan, newest first', {}, async (given) => {
    const { session, args } = given;
    const planId = await currentPlan(session, args[0] ?? '');
    const list = await session.call(routes.rehearsalList, { params: { id: planId } });
    session.print(list, () => [rehearsalRows(list.items)]);
  });
  line.verb(noun, 'show <rehearsal>', 'one rehearsal with its story', {}, async ({ session, args }) => {
    return show(session, await session.call(routes.rehearsalGet, { params: { id: args[0] ?? '' } }));
  });
}

type SentReplay = z.input<typeof RehearsalReplay>;

type ReplayOptions = Readonly<{
  replay?: string | undefined;
  replayFrom?: string | undefined;
  multiple?: number | undefined;
  service?: string | undefined;
}>;

async function replayOf(
  session: Session,
  { replay, replayFrom, multiple, service }: ReplayOptions,
): Promise<SentReplay | undefined> {
  if (replay === undefined) {
    if (replayFrom === undefined && multiple === undefined && service === undefined) return undefined;
    const nextStep = 'Name the series: --replay <series>; "springtide demand list" shows what there is.';
    throw new CliFailure(
      '--multiple, --replay-from and --service say how a recorded series is replayed. Nothing was sent.',
      EXIT.usage,
      nextStep,
    );
  }
  return {
    seriesId: await demandSeriesId(session, replay),
    ...(replayFrom === undefined ? {} : { historyStartsAt: replayFrom }),
    ...(multiple === undefined ? {} : { multiple }),
    ...(service === undefined ? {} : { service }),
  };
}

function show(session: Session, rehearsal: RehearsalBody): ExitCode {
  session.print(rehearsal, () => rehearsalSections(rehearsal, session.options.language));
  const held = rehearsal.status === 'running' || rehearsal.result?.passed === true;
  return held ? EXIT.ok : EXIT.error;
}

async function finished(session: Session, id: string): Promise<RehearsalBody> {
  return await session.waitFor(
    'The rehearsal',
    () => session.call(routes.rehearsalGet, { params: { id } }),
    ({ status }) => status !== 'running',
  );
}

async function currentPlan(session: Session, reference: string): Promise<string> {
  const id = await campaignId(session, reference);
  const { currentPlanId } = await session.call(routes.campaignGet, { params: { id } });
  if (currentPlanId !== null) return currentPlanId;
  const nextStep = `Have one made: springtide campaign plan ${reference} --wait`;
  throw new CliFailure(`Campaign "${reference}" has no plan to rehearse.`, EXIT.notFound, nextStep);
}
