import { routes } from '@springtide/contracts';
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { costSections } from '../output/campaign-sections.js';
import { EXIT } from '../output/exit-code.js';
import { timeText } from '../output/readable.js';
import { factsOf, tableOf } from '../output/render.js';
import { campaignId } from '../session/references.js';
import { flag, required, type CommandLine } from './command-line.js';

export function addCostCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'cost', 'money');
  line.verb(
    noun,
    'report',
    'what a campaign costs',
    {
      options: z.object({ campaign: z.string(), output: z.string() }),
      flags: [
        required('--campaign <campaign>', 'name or id'),
        new Option('-o, --output <format>', 'how to print data')
          .choices(['table', 'json', 'yaml', 'csv'])
          .default('table'),
      ],
    },
    async ({ session, options }) => {
      const id = await campaignId(session, options.campaign);
      if (options.output === 'csv') {
        line.terminal.out(
          await session.text(routes.campaignCost, { params: { id }, query: { format: 'csv' } }),
        );
        return;
      }
      const cost = await session.call(routes.campaignCost, { params: { id } });
      session.print(cost, () => costSections(cost));
    },
  );
}

export function addAuditCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'audit', 'who did what');
  line.verb(
    noun,
    'list',
    'records, newest first',
    {
      options: z.object({
        action: z.string().optional(),
        target: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(10_000).default(50),
      }),
      flags: [
        flag('--action <action>', 'only this action, for example campaign.approve'),
        flag('--target <id>', 'only about this object'),
        flag('--limit <number>', 'how many; 50 unless said otherwise'),
      ],
    },
    async ({ session, options }) => {
      const { action, target: targetId, limit } = options;
      const query = { action, targetId, limit: Math.min(limit, 200) };
      const all = await session.all(
        (cursor) => session.call(routes.auditList, { query: { ...query, cursor } }),
        limit,
      );
      const items = all.slice(0, limit);
      session.print(items, () => [
        tableOf(
          [
            ['at', (row) => timeText(row.at)],
            ['who', (row) => row.actor.name],
            ['action', (row) => row.action],
            ['target', (row) => `${row.target.kind} ${row.target.id}`],
            ['result', (row) => row.result],
            ['request', (row) => row.requestId],
          ],
          items,
        ),
      ]);
    },
  );
  line.verb(noun, 'verify', 'recompute the hash chain', {}, async ({ session }) => {
    const result = await session.call(routes.auditVerify);
    session.print(result, () => [
      factsOf([
        ['Intact', result.intact ? 'yes' : 'NO'],
        ['Records', result.records],
        ['Not sealed yet', result.unsealed],
        ['Head', result.head],
        ...(result.brokenAt
          ? [
              [
                'Broken at',
                `number ${result.brokenAt.seq}, record ${result.brokenAt.recordId}: ${result.brokenAt.why}`,
              ] as const,
            ]
          : []),
      ]),
    ]);
    return result.intact ? EXIT.ok : EXIT.error;
  });
  line.verb(
    noun,
    'export',
    'the whole log as JSON lines, for an outsider to verify',
    {},
    async ({ session }) => {
      line.terminal.out(await session.text(routes.auditExport));
    },
  );
}

export function addStopSwitchCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'stop-switch', 'stops all buying at once');
  const reason = {
    options: z.object({ reason: z.string().default('') }),
    flags: [flag('--reason <text>', 'for the audit')],
  };
  line.verb(noun, 'on', 'buy nothing more, and bring all runs back', reason, async ({ session, options }) => {
    const body = { engaged: true, reason: options.reason };
    const state = await session.call(routes.stopSwitch, { body });
    session.progress(`Nothing more is bought. ${state.runs} runs scale back.`);
    session.print(state, () => ['The stop switch is on.']);
  });
  line.verb(
    noun,
    'off',
    'allow buying again; stopped runs stay stopped',
    reason,
    async ({ session, options }) => {
      const body = { engaged: false, reason: options.reason };
      const state = await session.call(routes.stopSwitch, { body });
      session.print(state, () => ['The stop switch is off.']);
    },
  );
}
