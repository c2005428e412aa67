import { routes, type BuiltClusterBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { factsOf, tableOf } from '../output/render.js';
import { readDocument } from '../session/documents.js';
import { accountId, builtClusterId } from '../session/references.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';
import { parseMoney } from './parse-money.js';

const HOUR_MS = 3_600_000;

const BuildOptions = z.object({
  account: z.string(),
  region: z.string(),
  zone: z.string(),
  machineType: z.string(),
  image: z.string(),
  nodes: z.coerce.number().int(),
  kubernetes: z.string(),
  hours: z.coerce.number().positive(),
  budget: z.string(),
  endpoint: z.string().optional(),
  subnet: z.string().optional(),
  securityGroup: z.string().optional(),
  podNetwork: z.string().optional(),
  boughtAs: z.enum(['on-demand', 'spot', 'private']).default('on-demand'),
});

const BUILD_FLAGS = [
  required('--account <account>', 'of the cloud that gives the machines'),
  required('--region <region>', 'where'),
  required('--zone <zone>', 'where in it'),
  required('--machine-type <type>', 'of every machine'),
  required('--image <image>', 'with kubeadm, kubelet, kubectl and a container runtime in it'),
  required('--nodes <number>', 'machines for members, beside the one of the control plane'),
  required('--kubernetes <version>', 'as 1.36.3'),
  required('--hours <number>', 'how long it lives; then its machines are taken back'),
  required('--budget <money>', 'what all its machines may cost, as "CNY 500"'),
  flag(
    '--endpoint <host:port>',
    'that leads to its control plane; the first machine’s own address otherwise',
  ),
  flag('--subnet <subnet>', 'for its machines'),
  flag('--security-group <group>', 'for its machines'),
  flag(
    '--pod-network <path>',
    'manifests of what connects pods; those in the image at /etc/springtide/pod-network.yaml otherwise',
  ),
  flag('--bought-as <option>', 'on-demand, spot or private'),
];

/** Clusters on machines of any cloud, beside those that are registered. */
export function addBuiltClusterCommands(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'build <name>',
    'buy machines that become a cluster, and wait until it is ready',
    { options: BuildOptions, flags: BUILD_FLAGS },
    async ({ session, args: [name = ''], options }) => {
      const { account, hours, budget, kubernetes, securityGroup, boughtAs, podNetwork, ...rest } = options;
      const network =
        podNetwork === undefined ? {} : { podNetwork: await readDocument(line.terminal, podNetwork) };
      const until = new Date(line.terminal.now().getTime() + hours * HOUR_MS).toISOString();
      const built = await session.call(routes.builtClusterBuild, {
        body: {
          ...rest,
          ...network,
          name,
          accountId: await accountId(session, account),
          version: kubernetes,
          purchaseOption: boughtAs,
          securityGroups: securityGroup === undefined ? [] : [securityGroup],
          budget: parseMoney(budget),
          until,
        },
      });
      const body = await carriedOn(session, built, ['ready', 'gone']);
      session.print(body, () => [factsFor(body)]);
      return body.state === 'ready' ? EXIT.ok : EXIT.error;
    },
  );
  line.verb(noun, 'built', 'clusters that were built here and are not gone', {}, async ({ session }) => {
    const { items } = await session.call(routes.builtClusterList);
    session.print(items, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['state', (row) => row.state],
          ['zone', (row) => row.zone],
          ['nodes', (row) => row.nodes.wanted],
          ['until', (row) => row.until],
          ['problem', (row) => row.problem ?? ''],
          ['id', (row) => row.id],
        ],
        items,
      ),
    ]);
  });
  line.verb(
    noun,
    'take-back <built>',
    'take a built cluster back with everything that runs in it, and wait until it is gone',
    {},
    async ({ session, args: [of = ''] }) => {
      const id = await builtClusterId(session, of);
      const begun = await session.call(routes.builtClusterRelease, { params: { id } });
      const body = await carriedOn(session, begun, ['gone']);
      session.print(body, () => [factsFor(body)]);
    },
  );
}

async function carriedOn(
  session: Session,
  begun: BuiltClusterBody,
  ends: readonly BuiltClusterBody['state'][],
): Promise<BuiltClusterBody> {
  let told = '';
  const { id, name } = begun;
  return await session.waitFor(
    `cluster ${name}`,
    async () => {
      const body = await session.call(routes.builtClusterAdvance, { params: { id } });
      if (body.step !== told) session.progress(`${name}: ${body.step}`);
      told = body.step;
      return body;
    },
    ({ state }) => ends.includes(state),
  );
}

function factsFor(body: BuiltClusterBody) {
  return factsOf([
    ['Name', body.name],
    ['Id', body.id],
    ['State', body.state],
    ['Problem', body.problem],
    ['Nodes ready', `${body.nodes.ready} of ${body.nodes.wanted}`],
    ['Registered as', body.clusterId],
    ['Taken back at', body.until],
  ]);
}
