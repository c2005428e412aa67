import { WorkloadSpecBody, routes, type WorkloadBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { readBody } from '../session/documents.js';
import { clusterId, workloadId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';

const WAIT = flag('--wait', 'until all members run, or it is stuck');

export function addWorkloadCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'workload', 'what runs in clusters; <workload> is namespace/name or an id');
  line.verb(
    noun,
    'deploy',
    'deploy a workload from a file with its spec, or change it to exactly that',
    {
      options: z.object({
        file: z.string(),
        cluster: z.string(),
        adopt: z.boolean().default(false),
        wait: z.boolean().default(false),
      }),
      flags: [
        required('-f, --file <path>', 'YAML or JSON; - for standard input'),
        required('--cluster <cluster>', 'its name or id'),
        flag('--adopt', 'take over one of that name that runs already'),
        WAIT,
      ],
    },
    async ({ session, options: { file, cluster, adopt, wait } }) => {
      const spec = await readBody(line.terminal, file, WorkloadSpecBody);
      const body = { clusterId: await clusterId(session, cluster), spec, adopt };
      return await shown(session, await session.call(routes.workloadApply, { body }), wait);
    },
  );
  line.verb(noun, 'list', 'workloads and how they are', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.workloadList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['workload', ({ spec }) => `${spec.namespace}/${spec.name}`],
          ['image', (row) => row.live?.image ?? row.spec.image],
          ['ready', (row) => readyText(row)],
          ['state', (row) => row.live?.phase ?? row.problem ?? '-'],
          ['version', (row) => row.version],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
  addChanges(noun, line);
}

function addChanges(noun: Command, line: CommandLine): void {
  line.verb(noun, 'get <workload>', 'one workload', {}, async ({ session, args: [reference = ''] }) => {
    const id = await workloadId(session, reference);
    return await shown(session, await session.call(routes.workloadGet, { params: { id } }), false);
  });
  const waiting = { options: z.object({ wait: z.boolean().default(false) }), flags: [WAIT] };
  line.verb(
    noun,
    'scale <workload> <members>',
    'set the number of members',
    waiting,
    async ({ session, args: [reference = '', members = ''], options }) => {
      const id = await workloadId(session, reference);
      const body = { replicas: z.coerce.number().int().min(0).parse(members) };
      const state = await session.call(routes.workloadScale, { params: { id }, body });
      return await shown(session, state, options.wait);
    },
  );
  line.verb(
    noun,
    'rollback <workload>',
    'go back to the version before',
    waiting,
    async ({ session, args: [reference = ''], options }) => {
      const id = await workloadId(session, reference);
      return await shown(
        session,
        await session.call(routes.workloadRollBack, { params: { id } }),
        options.wait,
      );
    },
  );
  line.verb(
    noun,
    'remove <workload>',
    'remove it and wait until it is gone',
    {
      options: z.object({ volumes: z.enum(['keep', 'delete']).default('keep') }),
      flags: [flag('--volumes <what>', 'keep or delete; they are kept unless you say so')],
    },
    async ({ session, args: [reference = ''], options: { volumes } }) => {
      const id = await workloadId(session, reference);
      const gone = await session.waitFor(
        `workload ${reference} to be gone`,
        async () => await session.call(routes.workloadRemove, { params: { id }, query: { volumes } }),
        ({ outcome }) => outcome === 'gone',
      );
      session.print(gone, () => [
        factsOf([
          ['Workload', reference],
          ['State', gone.outcome],
        ]),
      ]);
    },
  );
}

async function shown(session: Session, first: WorkloadBody, wait: boolean): Promise<ExitCode> {
  const { id } = first;
  const state = wait
    ? await session.waitFor(
        `workload ${first.spec.name} to run`,
        async () => await session.call(routes.workloadGet, { params: { id } }),
        ({ live }) => live !== null && live.phase !== 'progressing',
      )
    : first;
  session.print(state, () => workloadSections(state));
  return state.live?.phase === 'stuck' ? EXIT.error : EXIT.ok;
}

function readyText({ live }: WorkloadBody): string {
  return live === null ? '-' : `${live.ready} of ${live.desired}`;
}

function workloadSections(state: WorkloadBody): Section[] {
  const { spec, live } = state;
  const facts = factsOf([
    ['Workload', `${spec.namespace}/${spec.name}`],
    ['Id', state.id],
    ['Version', state.version],
    ['Image', live?.image ?? spec.image],
    ['Ready', readyText(state)],
    ['Updated', live === null ? null : `${live.updated} of ${live.desired}`],
    ['State', live?.phase ?? null],
    ['Problem', state.problem],
  ]);
  const obstacles = live?.obstacles ?? [];
  if (obstacles.length === 0) return [facts];
  return [
    facts,
    tableOf(
      [
        ['obstacle', (row) => row.code],
        ['members', (row) => row.members],
        ['in the cluster’s words', (row) => row.message],
      ],
      obstacles,
    ),
  ];
}
