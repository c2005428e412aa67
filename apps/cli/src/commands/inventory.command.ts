import { routes } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { ageText, priceText } from '../output/readable.js';
import { tableOf } from '../output/render.js';
import { accountId, campaignId } from '../session/references.js';
import { flag, type CommandLine } from './command-line.js';
import { addResourceCommands } from './resource.command.js';
import { addTopologyCommands, addViewCommands } from './topology.command.js';

const MachineOptions = z.object({
  account: z.string().optional(),
  campaign: z.string().optional(),
  region: z.string().optional(),
  zone: z.string().optional(),
  state: z
    .enum(['pending', 'running', 'stopping', 'stopped', 'terminating', 'failed', 'unknown', 'gone'])
    .optional(),
  service: z.string().optional(),
  label: z.string().optional(),
  owned: z.boolean().default(false),
  search: z.string().optional(),
});

const MACHINE_FLAGS = [
  flag('--account <account>', 'of this cloud account, by name or id'),
  flag('--campaign <campaign>', 'made for this campaign'),
  flag('--region <region>', 'in this region'),
  flag('--zone <zone>', 'in this zone'),
  flag('--state <state>', 'in this state; "gone" for those that are no more'),
  flag('--service <service>', 'of this service'),
  flag('--label <labels>', 'with these labels: key=value or key, separated by commas'),
  flag('--owned', 'only machines that Springtide made'),
  flag('--search <text>', 'part of a name, cloud id or address'),
];

export function addInventoryCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'inventory', 'what there is in all clouds');
  addMachineList(line.noun(noun, 'machines', 'machines of all clouds'), line);
  line.verb(noun, 'freshness', 'how far the inventory can be believed', {}, async ({ session }) => {
    const { items } = await session.call(routes.inventoryFreshness);
    const now = line.terminal.now();
    session.print(items, () => [
      tableOf(
        [
          ['account', (row) => row.accountName],
          ['region', (row) => row.region],
          ['what', (row) => row.resourceType],
          ['confirmed', (row) => ageText(row.confirmedAt, now)],
          ['tried', (row) => ageText(row.attemptedAt, now)],
          ['problem', (row) => row.reason ?? ''],
        ],
        items,
      ),
    ]);
  });
  addResourceCommands(noun, line);
  addTopologyCommands(noun, line);
  addViewCommands(noun, line);
  addSync(noun, line);
  addOfferings(noun, line);
}

function addMachineList(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'list',
    'machines, those that are gone only when asked for',
    { options: MachineOptions, flags: MACHINE_FLAGS },
    async ({ session, options }) => {
      const { account, campaign, owned, ...rest } = options;
      const given = {
        ...rest,
        accountId: account === undefined ? undefined : await accountId(session, account),
        campaignId: campaign === undefined ? undefined : await campaignId(session, campaign),
        owned: owned ? ('true' as const) : undefined,
      };
      const all = await session.all((cursor) =>
        session.call(routes.machineList, { query: { ...given, limit: 200, cursor } }),
      );
      session.print(all, () => [
        tableOf(
          [
            ['name', (row) => row.name],
            ['account', (row) => row.accountName],
            ['zone', (row) => row.zone],
            ['type', (row) => row.machineType],
            ['bought as', (row) => row.purchaseOption],
            ['state', (row) => row.state],
            ['address', (row) => row.addresses[0] ?? '-'],
            ['service', (row) => row.ownership?.service ?? '-'],
            ['cloud id', (row) => row.machineId],
          ],
          all,
        ),
      ]);
    },
  );
}

function addSync(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'sync',
    'read the clouds now',
    {
      options: z.object({ account: z.string().optional() }),
      flags: [flag('--account <account>', 'only this account')],
    },
    async ({ session, options }) => {
      const id = options.account === undefined ? undefined : await accountId(session, options.account);
      session.progress('Reading everything that the clouds have and offer …');
      const { items } = await session.call(routes.inventorySync, { body: { accountId: id } });
      const rows = items.flatMap((item) => {
        const failed = { region: '-', resourceType: '-', complete: false, reason: item.problem, seen: 0 };
        const places = item.problem === null ? item.places : [failed];
        return places.map((place) => ({ accountName: item.accountName, ...place }));
      });
      session.print(items, () => [
        tableOf(
          [
            ['account', (row) => row.accountName],
            ['region', (row) => row.region],
            ['what', (row) => row.resourceType],
            ['seen', (row) => row.seen],
            ['complete', (row) => (row.complete ? 'yes' : 'NO')],
            ['problem', (row) => row.reason ?? ''],
          ],
          rows,
        ),
      ]);
      return items.every((item) => item.complete) ? EXIT.ok : EXIT.error;
    },
  );
}

function addOfferings(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'offerings',
    'what the clouds offer, cheapest first',
    {
      options: z.object({
        account: z.string().optional(),
        region: z.string().optional(),
        type: z.string().optional(),
      }),
      flags: [
        flag('--account <account>', 'of this cloud account'),
        flag('--region <region>', 'in this region'),
        flag('--type <machine type>', 'of this machine type'),
      ],
    },
    async ({ session, options }) => {
      const id = options.account === undefined ? undefined : await accountId(session, options.account);
      const query = { accountId: id, region: options.region, machineType: options.type, limit: 200 };
      const all = await session.all(
        (cursor) => session.call(routes.offeringList, { query: { ...query, cursor } }),
        1_000,
      );
      session.print(all, () => [
        tableOf(
          [
            ['account', (row) => row.accountName],
            ['zone', (row) => row.zone],
            ['type', (row) => row.machineType],
            ['bought as', (row) => row.purchaseOption],
            ['vcpu', (row) => row.vcpu],
            ['memory MiB', (row) => row.memoryMiB],
            ['per hour', (row) => priceText(row.pricePerHour)],
            ['stock', (row) => (row.stock.machines === null ? row.stock.level : String(row.stock.machines))],
          ],
          all,
        ),
      ]);
    },
  );
}
