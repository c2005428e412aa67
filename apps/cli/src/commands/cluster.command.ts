import { routes, type ClusterBody, type DrainBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../output/exit-code.js';
import { factsOf, tableOf } from '../output/render.js';
import { readDocument } from '../session/documents.js';
import { clusterId } from '../session/references.js';
import { addBuiltClusterCommands } from './built-cluster.command.js';
import { flag, required, type CommandLine } from './command-line.js';

const MINUTE_MS = 60_000;

export function addClusterCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'cluster', 'Kubernetes clusters');
  line.verb(
    noun,
    'register <name>',
    'register a cluster; everything must be embedded in its kubeconfig',
    {
      options: z.object({ kubeconfig: z.string(), kubeContext: z.string().optional() }),
      flags: [
        required('-k, --kubeconfig <path>', 'YAML; - for standard input'),
        flag('--kube-context <name>', 'another than its current context'),
      ],
    },
    async ({ session, args: [name = ''], options }) => {
      const kubeconfig = await readDocument(line.terminal, options.kubeconfig);
      const context = options.kubeContext === undefined ? {} : { context: options.kubeContext };
      const cluster = await session.call(routes.clusterRegister, { body: { name, kubeconfig, ...context } });
      session.print(cluster, () => [clusterFacts(cluster)]);
      return cluster.problem === null ? EXIT.ok : EXIT.error;
    },
  );
  line.verb(noun, 'list', 'clusters with their health', {}, async ({ session }) => {
    const { items } = await session.call(routes.clusterList);
    session.print(items, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['status', (row) => row.status],
          ['version', (row) => row.version ?? '-'],
          ['problem', (row) => row.problem ?? ''],
          ['id', (row) => row.id],
        ],
        items,
      ),
    ]);
  });
  addBuiltClusterCommands(noun, line);
}

export function addNodeCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'node', 'nodes of a Kubernetes cluster');
  line.verb(
    noun,
    'list <cluster>',
    'nodes as the cluster tells them now',
    {},
    async ({ session, args: [of = ''] }) => {
      const id = await clusterId(session, of);
      const { items } = await session.call(routes.nodeList, { params: { id } });
      session.print(items, () => [
        tableOf(
          [
            ['name', (row) => row.name],
            ['ready', (row) => (row.ready ? 'yes' : 'NO')],
            ['open', (row) => (row.schedulable ? 'yes' : 'no')],
            ['cpu', (row) => row.cpuMillis / 1_000],
            ['memory MiB', (row) => row.memoryMiB],
            ['zone', (row) => row.zone ?? '-'],
            ['version', (row) => row.version],
          ],
          items,
        ),
      ]);
    },
  );
  for (const verb of ['open', 'close'] as const) {
    const what = verb === 'open' ? 'let new members go there' : 'let no new member go there';
    line.verb(noun, `${verb} <cluster> <node>`, what, {}, async ({ session, args: [of = '', node = ''] }) => {
      const id = await clusterId(session, of);
      const body = { schedulable: verb === 'open' };
      await session.call(routes.nodeOpen, { params: { id, node }, body });
      session.progress(`Node ${node} is ${verb === 'open' ? 'open' : 'closed'}.`);
    });
  }
  addDrain(noun, line);
  line.verb(
    noun,
    'remove <cluster> <node>',
    'take a drained node out of its cluster; its machine stays',
    {},
    async ({ session, args: [of = '', node = ''] }) => {
      const id = await clusterId(session, of);
      await session.call(routes.nodeRemove, { params: { id, node } });
      session.progress(`Node ${node} is out of the cluster; the machine behind it still runs.`);
    },
  );
}

function addDrain(noun: Command, line: CommandLine): void {
  line.verb(
    noun,
    'drain <cluster> <node>',
    'close a node and empty it, budgets respected for so many minutes',
    {
      options: z.object({
        minutes: z.coerce.number().min(0).max(1_440),
        afterwards: z.enum(['force', 'give-up']),
      }),
      flags: [
        required('--minutes <number>', 'how long disruption budgets are respected'),
        required('--afterwards <what>', 'force: delete what is left; give-up: leave it there'),
      ],
    },
    async ({ session, args: [of = '', node = ''], options }) => {
      const id = await clusterId(session, of);
      const until = new Date(line.terminal.now().getTime() + options.minutes * MINUTE_MS).toISOString();
      const body = { until, escalation: options.afterwards };
      const drained = await session.waitFor(
        `node ${node} to be empty`,
        async () => await session.call(routes.nodeDrain, { params: { id, node }, body }),
        ({ outcome }) => outcome !== 'draining',
      );
      session.print(drained, () => drainSections(node, drained));
      return drained.outcome === 'empty' ? EXIT.ok : EXIT.leftovers;
    },
  );
}

function drainSections(node: string, drained: DrainBody) {
  const facts = factsOf([
    ['Node', node],
    ['Outcome', drained.outcome],
    ['Budgets overridden', drained.forced ? 'yes' : 'no'],
  ]);
  if (drained.held.length === 0) return [facts];
  return [
    facts,
    tableOf(
      [
        ['held', (row) => `${row.namespace}/${row.pod}`],
        ['why', (row) => row.why],
        ['in the cluster’s words', (row) => row.message],
      ],
      drained.held,
    ),
  ];
}

function clusterFacts(cluster: ClusterBody) {
  return factsOf([
    ['Name', cluster.name],
    ['Id', cluster.id],
    ['Status', cluster.status],
    ['Version', cluster.version],
    ['Problem', cluster.problem],
  ]);
}
