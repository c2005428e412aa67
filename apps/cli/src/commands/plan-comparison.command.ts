import {
  routes,
  type PlanComparison,
  type PlanSide,
  type PlanWhatIf,
  type ReportLanguage,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { explanationText } from '../output/explanation.js';
import { moneyText, numberText, percentText } from '../output/readable.js';
import { tableOf, type Section } from '../output/render.js';
import { accountId } from '../session/references.js';
import type { Session } from '../session/session.js';
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
    flag(
      '--without <places>',
      'clouds to do without, by name or id, with commas between; aws/eu-central-1 is one region, aws/eu-central-1/eu-central-1a one zone',
    ),
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
      const { language } = session.options;
      const comparison = await session.call(routes.planWhatIf, {
        params: { id },
        query: { language },
        body: {
          ...(await excluded(session, options.without ?? '')),
          ...(options.demand === undefined ? {} : { demandFactor: options.demand }),
          ...(options.budget === undefined ? {} : { budget: parseMoney(options.budget) }),
        },
      });
      session.print(comparison, () => comparisonSections(comparison, 'what if', language));
    },
  );
  line.verb(
    noun,
    'compare <plan> <other>',
    'two plans side by side',
    {},
    async ({ session, args: [id = '', other = ''] }) => {
      const { language } = session.options;
      const query = { with: other, language };
      const comparison = await session.call(routes.planCompare, { params: { id }, query });
      session.print(comparison, () => comparisonSections(comparison, 'other plan', language));
    },
  );
}

/** `account`, `account/region` or `account/region/zone`, with commas between. */
async function excluded(
  session: Session,
  places: string,
): Promise<Pick<PlanWhatIf, 'excludeAccountIds' | 'excludeRegions'>> {
  const named = places.split(',').filter((name) => name !== '');
  const found = await Promise.all(
    named.map(async (place) => {
      const [account = '', region, zone] = place.split('/');
      return { accountId: await accountId(session, account), region, zone };
    }),
  );
  return {
    excludeAccountIds: found.filter((one) => one.region === undefined).map((one) => one.accountId),
    excludeRegions: found.flatMap(({ region, zone, ...own }) =>
      region === undefined ? [] : [{ ...own, region, ...(zone === undefined ? {} : { zone }) }],
    ),
  };
}

function comparisonSections(comparison: PlanComparison, name: string, language: ReportLanguage): Section[] {
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
    explanationText(comparison.reasons, language),
  ];
}
