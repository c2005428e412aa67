import { routes } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Grid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { ClusterStatus } from './cluster-status.js';
import { ReadAgo } from './read-ago.js';

const REFRESH_MS = 30_000;

export function ClustersPage() {
  const text = useText();
  const answer = useAnswer(routes.clusterList, {}, { everyMs: REFRESH_MS });
  return (
    <Page title={text('nav.clusters')} aside={<ReadAgo answer={answer} />}>
      <Waiting answer={answer}>
        {({ items }) => (
          <Grid
            label={text('nav.clusters')}
            rows={items}
            keyOf={(row) => row.id}
            empty={text('cluster.none')}
            columns={[
              {
                key: 'name',
                tight: true,
                title: text('common.name'),
                cell: (row) => <Link to={`/clusters/${row.id}`}>{row.name}</Link>,
              },
              {
                key: 'health',
                title: text('account.health'),
                cell: (row) => <ClusterStatus cluster={row} />,
              },
              { key: 'version', title: text('cluster.version'), cell: (row) => row.version ?? '–' },
              { key: 'region', title: text('account.regions'), cell: (row) => row.region ?? '–' },
            ]}
          />
        )}
      </Waiting>
    </Page>
  );
}
