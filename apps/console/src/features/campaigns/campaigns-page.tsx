import { Select } from 'antd';
import { CAMPAIGN_STATUSES, routes } from '@springtide/contracts';
import { Link, useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { CampaignState } from './campaign-state.js';

const REFRESH_MS = 10_000;

export function CampaignsPage() {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearchParams();
  const status = CAMPAIGN_STATUSES.find((one) => one === search.get('status'));
  const pages = usePages(routes.campaignList, { limit: 50, ...(status ? { status } : {}) }, REFRESH_MS);
  return (
    <Page
      title={text('nav.campaigns')}
      aside={
        <>
          <Select
            aria-label={text('campaign.filter')}
            value={status ?? ''}
            onChange={(value) => setSearch(value === '' ? {} : { status: value })}
            options={[
              { value: '', label: text('common.all-states') },
              ...CAMPAIGN_STATUSES.map((value) => ({ value, label: text(`campaign.status.${value}`) })),
            ]}
            className="filter"
          />
          <Link to="/campaigns/new" className="button-link">
            {text('campaign.new')}
          </Link>
        </>
      }
    >
      <PagedGrid
        label={text('nav.campaigns')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('campaign.none')}
        columns={[
          {
            key: 'name',
            title: text('common.name'),
            cell: (row) => <Link to={`/campaigns/${row.id}`}>{row.name}</Link>,
          },
          {
            key: 'status',
            title: text('common.state'),
            cell: (row) => <CampaignState status={row.status} />,
          },
          {
            key: 'starts',
            title: text('campaign.starts'),
            cell: (row) => (row.phases[0] ? format.instant(row.phases[0].startsAt, row.timeZone) : '–'),
          },
          {
            key: 'peak',
            title: text('campaign.peak-demand'),
            numeric: true,
            cell: (row) => text('common.rps', { value: format.number(peakOf(row.demand), 0) }),
          },
          {
            key: 'budget',
            title: text('common.budget'),
            numeric: true,
            cell: (row) => <Amount value={row.budget} />,
          },
          { key: 'author', title: text('common.author'), cell: (row) => row.author.name },
        ]}
      />
    </Page>
  );
}

type DemandRow = Readonly<{ phase: string; requestsPerSecond: number }>;

/** The phase in which all services together want most. */
function peakOf(demand: readonly DemandRow[]): number {
  const sums = new Map<string, number>();
  for (const row of demand) sums.set(row.phase, (sums.get(row.phase) ?? 0) + row.requestsPerSecond);
  return Math.max(0, ...sums.values());
}
