import { routes, type PlanComparison, type PlanSide } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { moneyText, numberText, percentText } from '../output/readable.js';
import { tableOf, type Section } from '../output/render.js';
import { accountId } from '../session/references.js';
import { flag, type CommandLine } from './command-line.js';
import { parseMoney } from './parse-money.js';

const WHAT_IF = {
  options: z.object({
    demand: z.coerce.number().optional(),
    budget: z.string().optional(),
    without: z.string().optional(),
  }),
  flags: [
    flag('--demand <factor>', 'every demand times this: 1.2 is a fifth more'),
    flag('--budget <amount>', 'another budget, like "EUR 500"'),
    flag('--without <accounts>', 'clouds to do without, by name or id, with commas between'),
  ],
};

/** Verbs that look at plans side by side; neither changes anything. */
export function addPlanComparisonVerbs(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'what-if <plan>',
    'what would be planned if demand, budget or clouds were different; nothing is kept',
    WHAT_IF,
    async ({ session, args: [id = ''], options }) => {
      const names = options.without?.split(',').filter((name) => name !== '') ?? [];
      const excludeAccountIds = await Promise.all(names.map(async (name) => await accountId(session, name)));
      const comparison = await session.call(routes.planWhatIf, {
        params: { id },
        body: {
          excludeAccountIds,
          ...(options.demand === undefined ? {} : { demandFactor: options.demand }),
          ...(options.budget === undefined ? {} : { budget: parseMoney(options.budget) }),
        },
      });
      session.print(comparison, () => comparisonSections(comparison, 'what if'));
    },
  );
  line.verb(
    noun,
    'compare <plan> <other>',
    'two plans side by side',
    {},
    async ({ session, args: [id = '', other = ''] }) => {
      const comparison = await session.call(routes.planCompare, { params: { id }, query: { with: other } });
      session.print(comparison, () => comparisonSections(comparison, 'other plan'));
    },
  );
}

function comparisonSections(comparison: PlanComparison, name: string): Section[] {
  const { before, after, costDifference, pools, shortage } = comparison;
  const row = (what: string, show: (side: PlanSide) => string | number) => ({
    what,
    before: show(before),
    after: show(after),
  });
  const rows = [
    row('Revision', (side) => side.revision ?? '–'),
    row('Cost', (side) => moneyText(side.cost)),
    row('Machines at most', (side) => side.peakMachines),
    row('Missing requests/s', (side) => numberText(side.short)),
    row('Gap', (side) => percentText(side.gap)),
    row('Hash', (side) => side.hash.slice(0, 12)),
    { what: 'Difference', before: '', after: moneyText(costDifference) },
  ];
  return [
    tableOf(
      [
        ['', (each) => each.what],
        ['plan', (each) => each.before],
        [name, (each) => each.after],
      ],
      rows,
    ),
    tableOf(
      [
        ['pool', (each) => each.poolId],
        ['plan', (each) => each.machinesBefore],
        [name, (each) => each.machinesAfter],
      ],
      pools,
      'Machines at most, where they differ',
    ),
    ...(shortage.length === 0
      ? []
      : [
          tableOf(
            [
              ['service', (each) => each.service],
              ['phase', (each) => each.phase],
              ['plan', (each) => numberText(each.shortBefore)],
              [name, (each) => numberText(each.shortAfter)],
            ],
            shortage,
            'Missing requests/s, where it differs',
          ),
        ]),
    comparison.reasons.map((reason) => `- ${reason.text}`).join('\n'),
  ];
}
