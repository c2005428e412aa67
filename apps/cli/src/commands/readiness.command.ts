import { routes, type CampaignReadiness } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { readinessSections } from '../output/readiness-sections.js';
import { campaignId } from '../session/references.js';
import { required, type CommandLine } from './command-line.js';

export function addReadinessCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'readiness', 'whether clouds and entrances are ready for a campaign');
  line.verb(
    noun,
    'show <campaign>',
    'the last check of its current plan',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await campaignId(session, reference);
      const readiness = await session.call(routes.readinessGet, { params: { id } });
      session.print(readiness, () => readinessSections(readiness, session.options.language));
    },
  );
  line.verb(
    noun,
    'check <campaign>',
    'measure now; ends with 5 when something stands in the way',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await campaignId(session, reference);
      session.progress('Asking the clouds …');
      const readiness = await session.call(routes.readinessCheck, { params: { id } });
      session.print(readiness, () => readinessSections(readiness, session.options.language));
      return exitOf(readiness);
    },
  );
  line.verb(
    noun,
    'override <campaign>',
    'answer by name for one finding, as an approver',
    {
      options: z.object({ key: z.string(), reason: z.string() }),
      flags: [
        required('--key <key>', 'the finding, as the check names it'),
        required('--reason <text>', 'why the campaign may run nevertheless; it is kept'),
      ],
    },
    async ({ session, args: [reference = ''], options: { key, reason } }) => {
      const id = await campaignId(session, reference);
      const parts = { params: { id }, body: { key, reason } };
      const readiness = await session.call(routes.readinessOverride, parts);
      session.print(readiness, () => readinessSections(readiness, session.options.language));
      return exitOf(readiness);
    },
  );
  addAttest(noun, line);
}

function addAttest(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'attest <campaign>',
    'vouch by name for what could not be measured; it turns amber, never green',
    {
      options: z.object({ key: z.string(), statement: z.string(), until: z.string() }),
      flags: [
        required('--key <key>', 'the finding, as the check names it'),
        required('--statement <text>', 'what you looked up, and where; it is kept'),
        required('--until <instant>', 'how long your word holds: the end of the campaign, or later'),
      ],
    },
    async ({ session, args: [reference = ''], options: { key, statement, until } }) => {
      const id = await campaignId(session, reference);
      const parts = { params: { id }, body: { key, statement, until } };
      const readiness = await session.call(routes.readinessAttest, parts);
      session.print(readiness, () => readinessSections(readiness, session.options.language));
      return exitOf(readiness);
    },
  );
}

function exitOf({ latest }: CampaignReadiness): ExitCode {
  return latest !== null && latest.blocking > 0 ? EXIT.conflict : EXIT.ok;
}
