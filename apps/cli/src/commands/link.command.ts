import { routes } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { numberText, timeText } from '../output/readable.js';
import { factsOf, tableOf } from '../output/render.js';
import { accountId } from '../session/references.js';
import { required, type CommandLine } from './command-line.js';

const Declared = z.object({
  account: z.string(),
  region: z.string(),
  mbps: z.coerce.number(),
  evidence: z.string(),
});
const FLAGS = [
  required('--account <account>', 'the cloud account at its far end, by name or id'),
  required('--region <region>', 'the region at its far end'),
  required('--mbps <number>', 'what campaigns may use of it, both ways together'),
  required('--evidence <text>', 'where the number comes from: a contract, a measurement and its day'),
];

export function addLinkCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'link', 'lines between home and the regions of clouds');
  line.verb(
    noun,
    'set <name>',
    'declare a line, so that no plan fills it further',
    { options: Declared, flags: FLAGS },
    async ({ session, args: [name = ''], options }) => {
      const { region, mbps: freeMbps, evidence } = options;
      const body = { accountId: await accountId(session, options.account), region, freeMbps, evidence };
      const link = await session.call(routes.linkPut, { params: { name }, body });
      session.print(link, () => [
        factsOf([
          ['Link', link.name],
          ['To', `${options.account}/${link.region}`],
          ['Free for campaigns', `${numberText(link.freeMbps)} Mbit/s`],
          ['Evidence', link.evidence],
        ]),
      ]);
    },
  );
  line.verb(noun, 'list', 'lines as they are declared', {}, async ({ session }) => {
    const { items } = await session.call(routes.linkList);
    session.print(items, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['account', (row) => row.accountId],
          ['region', (row) => row.region],
          ['Mbit/s', (row) => numberText(row.freeMbps)],
          ['evidence', (row) => row.evidence],
          ['declared', (row) => `${timeText(row.updatedAt)} by ${row.updatedBy}`],
        ],
        items,
      ),
    ]);
  });
  line.verb(
    noun,
    'remove <name>',
    'forget a line; plans know no limit of it any more',
    {},
    async ({ session, args: [name = ''] }) => {
      await session.call(routes.linkDelete, { params: { name } });
    },
  );
}
