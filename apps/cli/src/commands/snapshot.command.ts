import { routes } from '@springtide/contracts';
import type { Command } from 'commander';
import { factsOf } from '../output/render.js';
import { machineId } from '../session/references.js';
import type { CommandLine } from './command-line.js';

/** Snapshots are listed with all other resources: `inventory resources list --type snapshot`. */
export function addSnapshotCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'snapshot', 'points in time of machines that Springtide did not make');
  line.verb(
    noun,
    'take <machine> <name>',
    'take a snapshot of its settings and disks, not of its memory',
    {},
    async ({ session, args: [machine = '', name = ''] }) => {
      const params = { id: await machineId(session, machine) };
      const taken = await session.call(routes.snapshotTake, { params, body: { name } });
      session.print(taken, () => [
        factsOf([
          ['Snapshot', taken.name],
          ['Id', taken.id],
        ]),
      ]);
    },
  );
  line.verb(
    noun,
    'revert <machine> <id>',
    'put it back to a snapshot: what it wrote since is lost, and it is powered off afterwards',
    {},
    async ({ session, args: [machine = '', snapshot = ''] }) => {
      const id = await machineId(session, machine);
      await session.call(routes.snapshotRevert, { params: { id, snapshot } });
      session.progress(
        `Machine ${machine} is what it was when snapshot ${snapshot} was taken, and powered off.`,
      );
    },
  );
  line.verb(
    noun,
    'delete <machine> <id>',
    'delete a snapshot that was taken here; the machine stays as it is',
    {},
    async ({ session, args: [machine = '', snapshot = ''] }) => {
      const id = await machineId(session, machine);
      await session.call(routes.snapshotDelete, { params: { id, snapshot } });
      session.progress(`Snapshot ${snapshot} of machine ${machine} is gone.`);
    },
  );
}
