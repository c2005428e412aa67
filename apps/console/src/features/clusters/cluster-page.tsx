import { routes, type NodeBody } from '@springtide/contracts';
import { useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { ClusterStatus } from './cluster-status.js';
import { ReadAgo } from './read-ago.js';
import { Workloads } from './workloads.js';

const REFRESH_MS = 10_000;

export function ClusterPage() {
  const text = useText();
  const { id = '' } = useParams();
  const clusters = useAnswer(routes.clusterList, {});
  const cluster = clusters.data?.items.find((each) => each.id === id);
  return (
    <Page
      title={cluster?.name ?? text('type.cluster')}
      aside={cluster && <ClusterStatus cluster={cluster} />}
    >
      <Workloads clusterId={id} />
      <Nodes clusterId={id} />
    </Page>
  );
}

function Nodes({ clusterId }: Readonly<{ clusterId: string }>) {
  const text = useText();
  const format = useFormat();
  const answer = useAnswer(routes.nodeList, { params: { id: clusterId } }, { everyMs: REFRESH_MS });
  return (
    <Section title={text('cluster.nodes')} aside={<ReadAgo answer={answer} />}>
      <Waiting answer={answer}>
        {({ items }) => (
          <Grid
            label={text('cluster.nodes')}
            rows={items}
            keyOf={(row) => row.name}
            empty={text('cluster.no-nodes')}
            columns={[
              { key: 'name', tight: true, title: text('common.name'), cell: (row) => row.name },
              { key: 'state', title: text('common.state'), cell: (row) => <NodeState node={row} /> },
              { key: 'zone', title: text('common.zone'), cell: (row) => row.zone ?? '–' },
              {
                key: 'cpu',
                numeric: true,
                title: text('cluster.cores'),
                cell: (row) => format.number(row.cpuMillis / 1000),
              },
              {
                key: 'memory',
                numeric: true,
                title: text('cluster.memory'),
                cell: (row) => format.number(row.memoryMiB / 1024),
              },
              { key: 'version', title: text('cluster.version'), cell: (row) => row.version },
            ]}
          />
        )}
      </Waiting>
    </Section>
  );
}

function NodeState({ node }: Readonly<{ node: NodeBody }>) {
  const text = useText();
  if (!node.ready) return <Badge tone="bad">{text('cluster.node.not-ready')}</Badge>;
  if (!node.schedulable) return <Badge tone="warn">{text('cluster.node.closed')}</Badge>;
  return <Badge tone="good">{text('cluster.node.ready')}</Badge>;
}
