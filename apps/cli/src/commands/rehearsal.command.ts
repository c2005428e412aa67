import { REHEARSAL_STORMS, RehearsalStorm, routes, type RehearsalBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { rehearsalRows, rehearsalSections } from '../output/rehearsal-sections.js';
import { campaignId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, type CommandLine } from './command-line.js';

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
        wait: z.boolean().default(true),
      }),
      flags: [
        flag('--storm <name>', `what goes wrong: ${REHEARSAL_STORMS.join(', ')}`),
        flag('--seed <number>', 'the same seed gives the same rehearsal'),
        flag('--no-wait', 'do not wait for its end'),
      ],
    },
    async ({ session, args: [reference = ''], options: { storm, seed, wait } }) => {
      const planId = await currentPlan(session, reference);
      const asked = await session.call(routes.rehearsalRequest, {
        params: { id: planId },
        body: { storm, seed },
      });
      session.progress(`Rehearsal ${asked.id} is under way; a day of a campaign takes about a minute …`);
      return show(session, wait ? await finished(session, asked.id) : asked);
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

function show(session: Session, rehearsal: RehearsalBody): ExitCode {
  session.print(rehearsal, () => rehearsalSections(rehearsal));
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
