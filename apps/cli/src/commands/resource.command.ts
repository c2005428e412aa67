import { routes, type DriftBody, type ResourceBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { ageText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { accountId, viewNamed } from '../session/references.js';
import { flag, type CommandLine } from './command-line.js';
import { RESOURCE_FLAGS, ResourceOptions, filterFrom } from './resource-options.js';

const MOST = 10_000;

/** What there is besides machines, and what changed; below the noun `inventory`. */
export function addResourceCommands(inventory: Command, line: CommandLine): void {
  const noun = line.noun(inventory, 'resources', 'everything in all clouds');
  addList(noun, line);
  line.verb(noun, 'get <id>', 'one resource', {}, async ({ session, args: [id = ''] }) => {
    const resource = await session.call(routes.resourceGet, { params: { id } });
    session.print(resource, () => sectionsOf(resource, line.terminal.now()));
  });
  line.verb(
    noun,
    'count',
    'how many there are, by one property',
    {
      options: ResourceOptions.omit({ sort: true }).extend({
        by: z.enum(['type', 'state', 'account', 'region', 'zone', 'campaign', 'service']).default('type'),
      }),
      flags: [
        ...RESOURCE_FLAGS.filter(({ long }) => long !== '--sort'),
        flag('--by <property>', 'type unless said otherwise'),
      ],
    },
    async ({ session, options: { by, ...rest } }) => {
      const query = { ...(await filterFrom(session, rest)), by };
      const { items } = await session.call(routes.resourceCount, { query });
      session.print(items, () => [
        tableOf(
          [
            [by, (row) => row.key || '-'],
            ['count', (row) => row.count],
          ],
          items,
        ),
      ]);
    },
  );
  addDrift(inventory, line);
  addLabels(inventory, line);
}

function addList(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'list',
    'resources, those that are gone only when asked for',
    {
      options: ResourceOptions.extend({
        view: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(MOST).default(1_000),
      }),
      flags: [
        ...RESOURCE_FLAGS,
        flag('--view <view>', 'as this saved view chooses; what is given beside it is added'),
        flag('--limit <number>', 'how many at most; 1000 unless said otherwise'),
      ],
    },
    async ({ session, options: { view, limit, ...given } }) => {
      const kept = view === undefined ? {} : (await viewNamed(session, view)).query;
      const query = { ...kept, ...(await filterFrom(session, given)), limit: Math.min(limit, 200) };
      const found = await session.all(
        (cursor) => session.call(routes.resourceList, { query: { ...query, cursor } }),
        limit,
      );
      const rows = found.slice(0, limit);
      session.print(rows, () => [
        tableOf(
          [
            ['type', (row) => row.type],
            ['name', (row) => row.name],
            ['account', (row) => row.accountName],
            ['region', (row) => row.region],
            ['zone', (row) => row.zone ?? '-'],
            ['state', (row) => row.state ?? '-'],
            ['cloud id', (row) => row.resourceId],
            ['id', (row) => row.id],
          ],
          rows,
        ),
      ]);
    },
  );
}

function sectionsOf(resource: ResourceBody, now: Date): Section[] {
  const made = resource.ownership;
  return [
    factsOf([
      ['name', resource.name],
      ['type', resource.type],
      ['account', resource.accountName],
      ['region', resource.region],
      ['zone', resource.zone],
      ['state', resource.state],
      ['cloud id', resource.resourceId],
      ['made by', made === null ? 'somebody else' : `Springtide, intent ${made.intent}`],
      ['first seen', timeText(resource.firstSeenAt)],
      ['last seen', ageText(resource.lastSeenAt, now)],
      ['gone', resource.goneAt === null ? null : timeText(resource.goneAt)],
      ...Object.entries(resource.facts).map(([key, value]): [string, string] => [key, String(value)]),
    ]),
    tableOf(
      [
        ['label', ([key]) => key],
        ['value', ([, value]) => value],
      ],
      Object.entries(resource.labels),
      'Labels',
    ),
    tableOf(
      [
        ['hangs together', (row) => row.kind],
        ['what', (row) => row.to],
        ['cloud id', (row) => row.id],
      ],
      resource.relations,
      'Relations',
    ),
  ];
}

function addDrift(inventory: Command, line: CommandLine): void {
  line.verb(
    inventory,
    'drift',
    'what changed, newest first: what, when, and who did it',
    {
      options: z.object({
        account: z.string().optional(),
        type: ResourceOptions.shape.type,
        resource: z.string().optional(),
        by: z.enum(['springtide', 'outside']).optional(),
        limit: z.coerce.number().int().min(1).max(MOST).default(50),
      }),
      flags: [
        flag('--account <account>', 'of this cloud account'),
        flag('--type <type>', 'only this type'),
        flag('--resource <cloud id>', 'only of this resource'),
        flag('--by <who>', 'springtide or outside'),
        flag('--limit <number>', 'how many; 50 unless said otherwise'),
      ],
    },
    async ({ session, options: { account, resource, limit, ...rest } }) => {
      const query = {
        ...rest,
        accountId: account === undefined ? undefined : await accountId(session, account),
        resourceId: resource,
        limit: Math.min(limit, 200),
      };
      const found = await session.all(
        (cursor) => session.call(routes.driftList, { query: { ...query, cursor } }),
        limit,
      );
      const events = found.slice(0, limit);
      session.print(events, () => [
        tableOf(
          [
            ['when', (row) => timeText(row.at)],
            ['account', (row) => row.accountName],
            ['type', (row) => row.type],
            ['name', (row) => row.name],
            ['what', whatText],
            ['who', whoText],
          ],
          events,
        ),
      ]);
    },
  );
}

function whatText({ kind, changes }: DriftBody): string {
  if (kind !== 'changed') return kind;
  return changes.map(({ field, before, after }) => `${field}: ${before || '-'} → ${after || '-'}`).join('; ');
}

function whoText({ who }: DriftBody): string {
  if (who.by === 'outside') return who.trail === null ? 'outside' : `outside: ${who.trail}`;
  return who.runId === null ? `Springtide, intent ${who.intentId}` : `Springtide, run ${who.runId}`;
}

function addLabels(inventory: Command, line: CommandLine): void {
  line.verb(
    inventory,
    'labels',
    'labels in use, the most frequent first',
    { options: ResourceOptions.pick({ type: true }), flags: [flag('--type <type>', 'only of this type')] },
    async ({ session, options }) => {
      const { items } = await session.call(routes.labelList, { query: options });
      session.print(items, () => [
        tableOf(
          [
            ['label', (row) => row.key],
            ['value', (row) => row.value],
            ['count', (row) => row.count],
          ],
          items,
        ),
      ]);
    },
  );
}
