import { ManagedClusterInput, routes, type ManagedClusterBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { factsOf, tableOf } from '../output/render.js';
import { readBody } from '../session/documents.js';
import { accountId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';

const Order = ManagedClusterInput.omit({ accountId: true });

const PLACE = { account: z.string(), region: z.string() };
const PLACE_FLAGS = [
  required('--account <account>', 'of the cloud that runs it'),
  required('--region <region>', 'where'),
];

/** Clouds take a quarter of an hour for a control plane with its nodes, and as long to remove them. */
const PATIENCE = flag('--timeout <seconds>', 'how long to wait').default('1800');

/** Clusters that clouds run: ordered, registered once they run, and removed. */
export function addManagedClusterCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'managed-cluster', 'Kubernetes clusters that a cloud runs for you');
  line.verb(
    noun,
    'order',
    'order a cluster from a cloud, and with --wait register it as soon as it runs',
    {
      options: z.object({ file: z.string(), account: z.string(), wait: z.boolean().default(false) }),
      flags: [
        required('-f, --file <path>', 'its order in YAML or JSON; - for standard input'),
        required('--account <account>', 'of the cloud that runs it'),
        flag('--wait', 'until it runs, and register it under its name'),
        PATIENCE,
      ],
    },
    async ({ session, options }) => {
      const order = await readBody(line.terminal, options.file, Order);
      const account = await accountId(session, options.account);
      const made = await session.call(routes.managedClusterCreate, {
        body: { ...order, accountId: account },
      });
      if (!options.wait) {
        session.print(made, () => [factsFor(made)]);
        return made.state === 'failed' ? EXIT.error : EXIT.ok;
      }
      const { id, name, region } = made;
      session.progress(
        `Cluster ${name} is ordered and costs money from now on. If this command ends before it runs, nothing registers it: ` +
          `springtide managed-cluster register ${id} --account ${options.account} --region ${region} --name ${name}`,
      );
      const running = await untilItRuns(session, made);
      session.print(running, () => [factsFor(running)]);
      if (running.state !== 'running') return EXIT.error;
      return await register(session, running, running.name);
    },
  );
  line.verb(
    noun,
    'list',
    'clusters of one region, whoever made them',
    { options: z.object(PLACE), flags: PLACE_FLAGS },
    async ({ session, options }) => {
      const { items } = await listed(session, await accountId(session, options.account), options.region);
      session.print(items, () => [
        tableOf(
          [
            ['name', (row) => row.name],
            ['state', (row) => row.state],
            ['version', (row) => row.version],
            ['nodes', (row) => nodesText(row)],
            ['made here', (row) => (row.owned ? 'yes' : 'no')],
            ['id', (row) => row.id],
          ],
          items,
        ),
      ]);
    },
  );
  addEnds(noun, line);
}

function addEnds(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'register <id>',
    'register one that runs, with a user of our own that is made in it',
    {
      options: z.object({ ...PLACE, name: z.string() }),
      flags: [...PLACE_FLAGS, required('--name <name>', 'of the registered cluster')],
    },
    async ({ session, args: [id = ''], options: { account, region, name } }) =>
      await register(session, { accountId: await accountId(session, account), region, id }, name),
  );
  line.verb(
    noun,
    'remove <id>',
    'remove one that was made here, its nodes with it, and wait until it is gone',
    { options: z.object(PLACE), flags: [...PLACE_FLAGS, PATIENCE] },
    async ({ session, args: [id = ''], options: { account, region } }) => {
      const params = { accountId: await accountId(session, account), region, id };
      const gone = await session.waitFor(
        `cluster ${id} to be gone`,
        async () => await session.call(routes.managedClusterRemove, { params }),
        ({ outcome }) => outcome === 'gone',
      );
      session.print(gone, () => [
        factsOf([
          ['Cluster', id],
          ['State', gone.outcome],
        ]),
      ]);
    },
  );
}

type Place = Pick<ManagedClusterBody, 'accountId' | 'region' | 'id'>;

async function register(session: Session, { accountId: account, region, id }: Place, name: string) {
  const body = { accountId: account, region, id, name };
  const cluster = await session.call(routes.managedClusterRegister, { body });
  session.progress(`Cluster ${cluster.name} is registered as ${cluster.id}: ${cluster.status}.`);
  return cluster.problem === null ? EXIT.ok : EXIT.error;
}

async function untilItRuns(session: Session, made: ManagedClusterBody): Promise<ManagedClusterBody> {
  let last = made;
  return await session.waitFor(
    `cluster ${made.name} to run`,
    async () => {
      const { items } = await listed(session, made.accountId, made.region);
      last = items.find(({ id }) => id === made.id) ?? last;
      return last;
    },
    ({ state }) => state === 'running' || state === 'failed',
  );
}

async function listed(session: Session, account: string, region: string) {
  return await session.call(routes.managedClusterList, { query: { accountId: account, region } });
}

function nodesText({ nodePools }: ManagedClusterBody): string {
  const sum = (of: 'ready' | 'desired') => nodePools.reduce((all, pool) => all + pool[of], 0);
  return `${sum('ready')} of ${sum('desired')}`;
}

function factsFor(body: ManagedClusterBody) {
  return factsOf([
    ['Name', body.name],
    ['Id', body.id],
    ['State', body.state],
    ['Reason', body.reason],
    ['Version', body.version],
    ['Nodes ready', nodesText(body)],
  ]);
}
