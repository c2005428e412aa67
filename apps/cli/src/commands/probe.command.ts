import { routes, type ReadinessProbe } from '@springtide/contracts';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { timeText } from '../output/readable.js';
import { tableOf, type Section } from '../output/render.js';
import { campaignId } from '../session/references.js';
import type { CommandLine } from './command-line.js';

export function addProbeCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(
    program,
    'probe',
    'machines that try, from where a campaign will run, what its services call',
  );
  line.verb(
    noun,
    'start <campaign>',
    'buy one machine for some minutes in each network of its plan, and wait until each is gone; ends with 5 when something could not be reached',
    {},
    async ({ session, args: [reference = ''] }) => {
      const parts = { params: { id: await campaignId(session, reference) } };
      const begun = await session.call(routes.probeStart, parts);
      const own = new Set(begun.items.filter(({ outcome }) => outcome === null).map(({ id }) => id));
      session.progress(`${own.size} machines are bought to look, and are taken back afterwards …`);
      const { items } = await session.waitFor(
        'the probes',
        async () => await session.call(routes.probeList, parts),
        (answer) => answer.items.every(({ id, state }) => !own.has(id) || state === 'gone'),
      );
      const done = items.filter(({ id }) => own.has(id));
      session.print(done, () => sections(done));
      return exitOf(done);
    },
  );
  line.verb(noun, 'list <campaign>', 'those there were', {}, async ({ session, args: [reference = ''] }) => {
    const parts = { params: { id: await campaignId(session, reference) } };
    const { items } = await session.call(routes.probeList, parts);
    session.print(items, () => sections(items));
  });
}

function sections(probes: readonly ReadinessProbe[]): Section[] {
  return [
    tableOf(
      [
        ['asked', (row) => timeText(row.requestedAt)],
        ['place', (row) => row.place],
        ['state', (row) => row.state],
        ['outcome', (row) => row.outcome ?? ''],
        ['machine', (row) => row.machineId ?? ''],
        ['last seen as', (row) => row.machineState ?? ''],
        ['problem', (row) => row.problem ?? ''],
        ['gone', (row) => timeText(row.goneAt)],
      ],
      probes,
      'Probes',
    ),
    tableOf(
      [
        ['from', (row) => row.place],
        ['to', (row) => `${row.host}:${row.port}`],
        ['answer', (row) => row.answer],
      ],
      probes.flatMap(({ place, answers }) => answers.map((answer) => ({ place, ...answer }))),
      'Reach',
    ),
  ];
}

function exitOf(probes: readonly ReadinessProbe[]): ExitCode {
  const isOpen = probes.every(
    ({ outcome, answers }) => outcome === 'answered' && answers.every(({ answer }) => answer === 'open'),
  );
  return isOpen ? EXIT.ok : EXIT.conflict;
}
