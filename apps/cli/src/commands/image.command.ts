import { routes } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { factsOf } from '../output/render.js';
import { accountId } from '../session/references.js';
import { required, type CommandLine } from './command-line.js';

export function addImageCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'image', 'what machines are made from');
  line.verb(
    noun,
    'place <image>',
    'bring an image into step with its library and copy it to where machines will be made of it',
    {
      options: z.object({ account: z.string(), region: z.string(), zone: z.string() }),
      flags: [
        required('--account <account>', 'of the cloud that keeps it'),
        required('--region <region>', 'of the zone'),
        required('--zone <zone>', 'where machines will be made'),
      ],
    },
    async ({ session, args: [image = ''], options }) => {
      const { account, region, zone } = options;
      const body = { accountId: await accountId(session, account), region, zone, image };
      session.progress(`Copying ${image} to ${zone}, which takes minutes for large disks …`);
      const placed = await session.call(routes.imagePlace, { body });
      session.print(placed, () => [
        factsOf([
          ['Image', placed.image],
          ['Zone', placed.zone],
          ['Digest', placed.digest],
          ['In step since', placed.syncedAt],
        ]),
      ]);
    },
  );
}
