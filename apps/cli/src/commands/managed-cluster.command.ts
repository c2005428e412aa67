import {
  ManagedClusterInput,
  NodeCount,
  routes,
  type ManagedClusterBody,
  type NodePoolBody,
} from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
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

/** Clusters that clouds run: ordered, registered once they run, scaled, and removed. */
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
      if (options.wait) await requireRightToRegister(session);
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
            [
              'node pools',
              (row) => row.nodePools.map(({ name, desired }) => `${name} ${desired}`).join(', '),
            ],
            ['made here', (row) => (row.owned ? 'yes' : 'no')],
            ['id', (row) => row.id],
          ],
          items,
        ),
      ]);
    },
  );
  addScaling(noun, line);
  addEnds(noun, line);
}

function addScaling(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'scale <id> <pool> <nodes>',
    'set the number of nodes of a node pool; they come and go for minutes, and they cost',
    {
      options: z.object({ ...PLACE, wait: z.boolean().default(false) }),
      flags: [...PLACE_FLAGS, flag('--wait', 'until so many nodes are ready'), PATIENCE],
    },
    async ({ session, args: [id = '', pool = '', count = ''], options: { account, region, wait } }) => {
      const nodes = nodeCountOf(count);
      const params = { accountId: await accountId(session, account), region, id, pool };
      const asked = await session.call(routes.managedNodePoolScale, { params, body: { nodes } });
      const scaled = wait ? await untilReady(session, params, { ...asked, desired: nodes }) : asked;
      session.print(scaled, () => [poolFacts(scaled)]);
    },
  );
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

/** Exactly so many, or somebody decided otherwise meanwhile. */
async function untilReady(session: Session, place: Place, wanted: NodePoolBody): Promise<NodePoolBody> {
  const { name, desired: nodes } = wanted;
  let last = wanted;
  const found = await session.waitFor(
    `node pool ${name} with ${nodes} nodes`,
    async () => {
      const { items } = await listed(session, place.accountId, place.region);
      const cluster = items.find(({ id }) => id === place.id);
      last = cluster?.nodePools.find((pool) => pool.id === wanted.id) ?? last;
      return last;
    },
    ({ desired, ready, version }) => version > wanted.version || (desired === nodes && ready === nodes),
  );
  if (found.version === wanted.version) return found;
  throw new CliFailure(
    `Something else was decided about node pool ${name} meanwhile: ${found.desired} nodes.`,
    EXIT.conflict,
    `See springtide managed-cluster list --account ${place.accountId} --region ${place.region}.`,
  );
}

/** What is ordered costs at once: who may not register it afterwards is told before. */
async function requireRightToRegister(session: Session): Promise<void> {
  const { permissions } = await session.call(routes.whoAmI);
  const { permission } = routes.managedClusterRegister;
  if (permissions.includes(permission)) return;
  throw new CliFailure(
    `--wait registers the cluster once it runs, and for that this token lacks ${permission}; nothing was ordered.`,
    EXIT.auth,
    'Order it without --wait and let somebody register it who may, or use a token that may.',
  );
}

function nodeCountOf(text: string): number {
  const read = /^-?\d+$/.test(text) ? NodeCount.safeParse(Number(text)) : undefined;
  if (read?.success) return read.data;
  throw new CliFailure(
    `A node pool has ${NodeCount.minValue} to ${NodeCount.maxValue} nodes, not "${text}"; no node was added or taken away.`,
    EXIT.usage,
  );
}

async function listed(session: Session, account: string, region: string) {
  return await session.call(routes.managedClusterList, { query: { accountId: account, region } });
}

function nodesText({ nodePools }: ManagedClusterBody): string {
  const sum = (of: 'ready' | 'desired') => nodePools.reduce((all, pool) => all + pool[of], 0);
  return `${sum('ready')} of ${sum('desired')}`;
}

function poolFacts(pool: NodePoolBody) {
  return factsOf([
    ['Node pool', pool.name],
    ['Id', pool.id],
    ['Machine type', pool.machineType],
    ['Nodes ready', `${pool.ready} of ${pool.desired}`],
    ['At most', pool.maximum],
    ['Version', pool.version],
  ]);
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
