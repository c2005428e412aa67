import {
  ScalingBody,
  ScalingInput,
  routes,
  type ReportLanguage,
  type ScalingGroupBody,
  type ScalingRestBody,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { moneyText, numberText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { reasonTexts, toldText } from '../output/told-text.js';
import { readBody } from '../session/documents.js';
import { flag, required, type CommandLine } from './command-line.js';

export function addScalingCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(
    program,
    'scaling',
    'how many machines services need between campaigns, and who acts on it',
  );
  line.verb(
    noun,
    'set <service>',
    'replace the strategies of a service; only an approved scaling group acts on them',
    {
      options: z.object({ file: z.string() }),
      flags: [required('-f, --file <path>', 'strategies, floor and ceiling; YAML or JSON')],
    },
    async ({ session, args: [service = ''], options: { file } }) => {
      const body = await readBody(line.terminal, file, ScalingInput, ScalingBody);
      const scaling = await session.call(routes.scalingPut, { params: { service }, body });
      session.print(scaling, () => scalingSections(scaling, session.options.language));
    },
  );
  line.verb(
    noun,
    'show <service>',
    'what each strategy wants, and what follows',
    {
      options: z.object({ at: z.string().optional() }),
      flags: [flag('--at <instant>', 'what schedules and forecasts will want then')],
    },
    async ({ session, args: [service = ''], options: { at } }) => {
      const query = at === undefined ? {} : { at };
      const scaling = await session.call(routes.scalingGet, { params: { service }, query });
      session.print(scaling, () => scalingSections(scaling, session.options.language));
    },
  );
  const returns = (comesBack: boolean, usage: string, description: string) =>
    line.verb(noun, usage, description, {}, async ({ session, args: [service = ''] }) => {
      const scaling = await session.call(routes.scalingReturn, { params: { service }, body: { comesBack } });
      session.print(scaling, () =>
        scaling.rest === null ? [] : [restSection(scaling.rest, session.options.language)],
      );
    });
  returns(
    false,
    'keep-off <service>',
    'keep a group off that gave way to a campaign: it does not come back by itself',
  );
  returns(true, 'let-back <service>', 'let a group come back by itself again that was kept off');
  line.verb(noun, 'list', 'services with strategies', {}, async ({ session }) => {
    const { items } = await session.call(routes.scalingList);
    session.print(items, () => [
      tableOf(
        [
          ['service', (row) => row.service],
          ['machines', (row) => machinesText(row)],
          ['decision', (row) => `${row.decision.action} to ${row.decision.machines}`],
          ['group', (row) => row.group?.runId ?? (row.rest === null ? '-' : `rests: ${row.rest.reason}`)],
          ['why', (row) => reasonTexts(row.decision, session.options.language).at(-1) ?? ''],
        ],
        items,
      ),
    ]);
  });
}

function scalingSections(scaling: ScalingBody, language: ReportLanguage): Section[] {
  const { decision, group, rest } = scaling;
  return [
    factsOf([
      ['Service', scaling.service],
      ['Machines', machinesText(scaling)],
      ['Decision', `${decision.action} to ${decision.machines}`],
      ['Floor and ceiling', `${scaling.floor} … ${scaling.ceiling}`],
      ...monthRows(scaling),
      ['Acts on it', group === null ? 'nobody: nothing was started or stopped' : `run ${group.runId}`],
    ]),
    ...(group === null ? [] : groupSections(group, language)),
    ...(rest === null ? [] : [restSection(rest, language)]),
    tableOf(
      [
        ['strategy', (row) => row.strategyId],
        ['kind', (row) => row.kind],
        ['wants', (row) => (row.machines === null ? '-' : numberText(row.machines))],
        ['because', (row) => toldText(row.sentences, row.text, language)],
      ],
      decision.wants,
    ),
    tableOf([['so', (row) => row]], reasonTexts(decision, language)),
  ];
}

function groupSections(group: ScalingGroupBody, language: ReportLanguage): Section[] {
  const { until, decidedAt, changedAt, pools, missing, heldBack, decision } = group;
  return [
    factsOf([
      ['Group decided', `${decision.action} to ${decision.machines} at ${decidedAt}`],
      ['Because', reasonTexts(decision, language).join(language === 'zh-CN' ? '；' : '; ')],
      ['Last change', changedAt ?? 'none yet'],
      ['Missing', missing === 0 ? 'none' : `${missing}: the approval has no room for them`],
      ['Held back', heldBack === 0 ? 'none' : `${heldBack}: the money of this month does not carry them`],
      ['Ends', until],
    ]),
    tableOf(
      [
        ['pool', (row) => row.poolId],
        ['machines wanted', (row) => numberText(row.machines)],
      ],
      pools,
    ),
  ];
}

/** What its groups cost this month. */
function monthRows({ month: { from, until, limit, spent, projected } }: ScalingBody): [string, string][] {
  const sums = (amounts: typeof spent) =>
    amounts.length === 0 ? 'nothing' : amounts.map(moneyText).join(', ');
  return [
    ['Month', `${timeText(from)} … ${timeText(until)}`],
    ['Spent this month', `${sums(spent)}, ${limit === null ? 'no limit' : `of ${moneyText(limit)}`}`],
    ['By its end', `${sums(projected)} if it stays as it is`],
  ];
}

function restSection(rest: ScalingRestBody, language: ReportLanguage): Section {
  const { name, since, waitsFor, expectedAt, until, moneyLeft, text, sentences } = rest;
  return factsOf([
    ['Group that rests', `${name}, since ${since}`],
    ['Waits for', waitsFor.length === 0 ? 'no campaign' : waitsFor.join(', ')],
    ['Its route is free', expectedAt === null ? 'now' : `about ${expectedAt}`],
    ['Approved until', until],
    ['Money left', moneyLeft === null ? 'told when its machines are gone' : moneyText(moneyLeft)],
    ['So', toldText(sentences, text, language)],
  ]);
}

function machinesText({ current }: ScalingBody): string {
  return current === null ? 'unknown' : numberText(current);
}
