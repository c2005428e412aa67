import { routes, type TopologyBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { tableOf, type Section } from '../output/render.js';
import { accountId, viewNamed } from '../session/references.js';
import { flag, type CommandLine } from './command-line.js';
import { RESOURCE_FLAGS, ResourceOptions, filterFrom } from './resource-options.js';

/** How things hang together; below the noun `inventory`. */
export function addTopologyCommands(inventory: Command, line: CommandLine): void {
  const noun = line.noun(inventory, 'topology', 'how things hang together');
  line.verb(
    noun,
    'around <id>',
    'what a resource hangs on, and what hangs on it',
    {
      options: z.object({ depth: z.coerce.number().int().min(1).max(4).default(2) }),
      flags: [flag('--depth <steps>', 'how far; 2 unless said otherwise')],
    },
    async ({ session, args: [of = ''], options }) => {
      const map = await session.call(routes.topologyAround, { query: { of, depth: options.depth } });
      session.print(map, () => mapSections(map));
    },
  );
  line.verb(
    noun,
    'summary',
    'how much there is of each type, and how much of it hangs on what',
    {
      options: z.object({ account: z.string().optional() }),
      flags: [flag('--account <account>', 'of this cloud account; of all unless said otherwise')],
    },
    async ({ session, options: { account } }) => {
      const query = { accountId: account === undefined ? undefined : await accountId(session, account) };
      const summary = await session.call(routes.topologySummary, { query });
      session.print(summary, () => [
        tableOf(
          [
            ['type', (row) => row.type],
            ['count', (row) => row.count],
          ],
          summary.types,
        ),
        tableOf(
          [
            ['what', (row) => row.from],
            ['hangs together', (row) => row.kind],
            ['with', (row) => row.to],
            ['count', (row) => row.count],
          ],
          summary.relations,
        ),
      ]);
    },
  );
}

function mapSections({ nodes, edges, cut }: TopologyBody): Section[] {
  const names = new Map(nodes.map((node) => [node.key, `${node.type} ${node.name}`]));
  const groups = nodes.flatMap((node) =>
    (node.dependants ?? []).map((group) => ({ ...group, on: names.get(node.key) ?? '' })),
  );
  return [
    tableOf(
      [
        ['what', (row) => names.get(row.from) ?? row.from],
        ['hangs together', (row) => row.kind],
        ['with', (row) => names.get(row.to) ?? row.to],
      ],
      edges,
    ),
    tableOf(
      [
        ['on', (row) => row.on],
        ['hang in all', (row) => row.count],
        ['of type', (row) => row.type],
        ['as', (row) => row.kind],
      ],
      groups,
      'Counted, shown or not',
    ),
    ...(cut ? ['There is more than could be shown.'] : []),
  ];
}

/** Filters kept under a name; below the noun `inventory`. */
export function addViewCommands(inventory: Command, line: CommandLine): void {
  const noun = line.noun(inventory, 'views', 'filters kept under a name');
  line.verb(noun, 'list', 'your own views, and those that others share', {}, async ({ session }) => {
    const views = await session.all((cursor) =>
      session.call(routes.viewList, { query: { limit: 200, cursor } }),
    );
    session.print(views, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['owner', (row) => (row.mine ? 'you' : row.ownerName)],
          ['shared', (row) => (row.shared ? 'yes' : 'no')],
          [
            'chooses',
            (row) =>
              Object.entries(row.query)
                .map(([key, value]) => `${key}=${value}`)
                .join(' ') || 'everything',
          ],
        ],
        views,
      ),
    ]);
  });
  line.verb(
    noun,
    'save <name>',
    'keep a filter under a name',
    {
      options: ResourceOptions.extend({ shared: z.boolean().default(false) }),
      flags: [...RESOURCE_FLAGS, flag('--shared', 'everybody in the tenant sees it')],
    },
    async ({ session, args: [name = ''], options: { shared, ...given } }) => {
      const body = { name, shared, query: await filterFrom(session, given) };
      const view = await session.call(routes.viewCreate, { body });
      session.print(view, () => [`The view "${view.name}" is kept.`]);
    },
  );
  line.verb(
    noun,
    'delete <name>',
    'forget a view of your own',
    {},
    async ({ session, args: [name = ''] }) => {
      const { id } = await viewNamed(session, name);
      await session.call(routes.viewDelete, { params: { id } });
      session.progress(`The view "${name}" is forgotten.`);
    },
  );
}
